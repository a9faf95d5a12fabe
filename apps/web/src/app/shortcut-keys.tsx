import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { Dialog } from '../components/dialog.tsx'
import { Keys } from '../components/keys.tsx'
import { paths } from './paths.ts'

/** Two keys in a row belong together when they follow each other this closely. */
const SEQUENCE_MS = 1_000

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, dialog') !== null)
  )
}

/** Shortcuts for what is done often: g d, g s, / and ?. They stay silent while one types. */
export function ShortcutKeys({ org, isAdmin }: { org: string; isAdmin: boolean }) {
  const navigate = useNavigate()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const before = useRef<{ key: string; at: number }>({ key: '', at: 0 })

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const previous = Date.now() - before.current.at < SEQUENCE_MS ? before.current.key : ''
      before.current = { key: event.key, at: Date.now() }
      if (previous === 'g' && event.key === 'd') void navigate(paths.dashboard(org))
      else if (previous === 'g' && event.key === 's') void navigate(paths.schedule(org))
      else if (event.key === '?') setHelpOpen(true)
      else if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('input[data-search]')
        if (field !== null) field.focus()
        else if (isAdmin) void navigate(`${paths.allRequests(org)}?search`)
        else return
      } else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, org, isAdmin])

  if (!isHelpOpen) return null
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setHelpOpen(false)}>
      <Keys
        keys={[
          { keys: ['g', 'd'], does: 'Dashboard' },
          { keys: ['g', 's'], does: 'My Schedule' },
          ...(isAdmin ? [{ keys: ['/'], does: 'Search requests' }] : []),
          { keys: ['?'], does: 'This help' },
          { keys: ['Esc'], does: 'Close a dialog' },
        ]}
      />
    </Dialog>
  )
}
