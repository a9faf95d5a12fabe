import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import styles from './notes.module.css'

type Note = { key: number; text: string }
type Say = (text: string) => void

const NotesContext = createContext<Say>(() => {})
const SHOWN_MS = 6_000

/** Quiet notes in the corner, read out to screen readers. They say what has happened and never ask for anything. */
export function Notes({ children }: { children: ReactNode }) {
  const [notes, setNotes] = useState<Note[]>([])
  const counter = useRef(0)
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())

  const say = useCallback<Say>((text) => {
    counter.current += 1
    const key = counter.current
    setNotes((shown) => [...shown.filter((note) => note.text !== text).slice(-2), { key, text }])
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      setNotes((shown) => shown.filter((note) => note.key !== key))
    }, SHOWN_MS)
    timers.current.add(timer)
  }, [])

  useEffect(() => {
    const running = timers.current
    return () => {
      for (const timer of running) clearTimeout(timer)
    }
  }, [])

  const value = useMemo(() => say, [say])
  return (
    <NotesContext value={value}>
      {children}
      <div className={styles.notes} role="status" aria-live="polite">
        {notes.map((note) => (
          <p key={note.key} className={styles.note}>
            {note.text}
          </p>
        ))}
      </div>
    </NotesContext>
  )
}

/** The function that says a quiet note. */
export function useNote(): Say {
  return useContext(NotesContext)
}
