import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { AvailabilityRule } from './queries.ts'
import { type Edge, edgeMinute, markedHours } from './week.ts'

/** What is being dragged: new hours on a day, or one edge of a rule. Minutes count from midnight of the day. */
export type GridDrag =
  | { kind: 'mark'; date: string; start: number; end: number }
  | { kind: 'edge'; date: string; rule: AvailabilityRule; edge: Edge; minute: number }

type Press = {
  pointerId: number
  date: string
  column: Element
  x: number
  y: number
  from: number
  grip: { rule: AvailabilityRule; edge: Edge } | null
  started: boolean
  hold: ReturnType<typeof setTimeout> | null
}

/** A mouse that moves less than this has clicked. */
const CLICK_PX = 4
/** A finger that moves more than this before the hold is over scrolls the page. */
const SCROLL_PX = 8
/** How long a finger rests before it marks hours instead of scrolling. */
const HOLD_MS = 350
/** What a finger that has only held marks. */
const HELD_MINUTES = 60

/**
 * The hands of the week grid: a drag over a day marks hours, a drag on an edge moves it, a click or tap asks about a time.
 * A finger marks after a short hold, so that the page still scrolls. Escape gives up.
 */
export function useGridDrag({
  first,
  last,
  ruleOf,
  onTap,
  onMark,
  onEdge,
}: {
  /** The hours shown, from the first to before the last. */
  first: number
  last: number
  ruleOf: (ruleId: string) => AvailabilityRule | undefined
  onTap: (date: string, minute: number) => void
  onMark: (date: string, hours: { start: number; end: number }) => void
  onEdge: (drag: GridDrag & { kind: 'edge' }) => void
}) {
  const surface = useRef<HTMLDivElement>(null)
  const press = useRef<Press | null>(null)
  const [drag, setDrag] = useState<GridDrag | null>(null)
  const isDragging = drag !== null

  function stop() {
    if (press.current?.hold != null) clearTimeout(press.current.hold)
    press.current = null
    setDrag(null)
  }

  useEffect(() => {
    if (!isDragging) return
    const giveUp = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      press.current = null
      setDrag(null)
    }
    window.addEventListener('keydown', giveUp)
    return () => window.removeEventListener('keydown', giveUp)
  }, [isDragging])

  useEffect(() => {
    const element = surface.current
    // React listens passively; only an active listener keeps the page from scrolling under a finger that drags.
    const holdStill = (event: TouchEvent) => {
      if (press.current?.started === true && event.cancelable) event.preventDefault()
    }
    element?.addEventListener('touchmove', holdStill, { passive: false })
    return () => {
      element?.removeEventListener('touchmove', holdStill)
      if (press.current?.hold != null) clearTimeout(press.current.hold)
    }
  }, [])

  function minuteAt(column: Element, clientY: number): number {
    const { top, height } = column.getBoundingClientRect()
    const share = height === 0 ? 0 : (clientY - top) / height
    return Math.min(Math.max(first * 60 + share * (last - first) * 60, first * 60), last * 60)
  }

  function show(pressed: Press, clientY: number) {
    const minute = minuteAt(pressed.column, clientY)
    setDrag(
      pressed.grip === null
        ? { kind: 'mark', date: pressed.date, ...markedHours(pressed.from, minute) }
        : // The edge keeps its distance to where it was taken hold of.
          {
            kind: 'edge',
            date: pressed.date,
            ...pressed.grip,
            minute: edgeMinute(pressed.grip.rule, pressed.grip.edge) + minute - pressed.from,
          },
    )
  }

  return {
    drag,
    surface: {
      ref: surface,
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        if (event.button !== 0 || !event.isPrimary || !(event.target instanceof Element)) return
        const column = event.target.closest('[data-date]')
        const date = column?.getAttribute('data-date')
        if (column === null || date == null) return
        const grip = event.target.closest('[data-edge]')
        const rule = ruleOf(grip?.getAttribute('data-rule') ?? '')
        const pressed: Press = {
          pointerId: event.pointerId,
          date,
          column,
          x: event.clientX,
          y: event.clientY,
          from: minuteAt(column, event.clientY),
          grip:
            rule === undefined ? null : { rule, edge: grip?.getAttribute('data-edge') === 'start' ? 'start' : 'end' },
          started: false,
          hold: null,
        }
        press.current = pressed
        if (event.pointerType !== 'touch') {
          // Selecting text is not what a drag over the week is for; the click sets the focus itself.
          event.preventDefault()
          return
        }
        if (pressed.grip !== null) return
        pressed.hold = setTimeout(() => {
          pressed.started = true
          setDrag({ kind: 'mark', date, ...markedHours(pressed.from, pressed.from + HELD_MINUTES) })
        }, HOLD_MS)
      },
      onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
        const pressed = press.current
        if (pressed === null || pressed.pointerId !== event.pointerId) return
        const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y)
        if (!pressed.started) {
          if (event.pointerType === 'touch' && pressed.grip === null) {
            if (moved > SCROLL_PX) stop()
            return
          }
          if (moved < CLICK_PX) return
          pressed.started = true
          surface.current?.setPointerCapture?.(event.pointerId)
        }
        show(pressed, event.clientY)
      },
      onPointerUp: (event: PointerEvent<HTMLDivElement>) => {
        const pressed = press.current
        if (pressed === null || pressed.pointerId !== event.pointerId) return
        const dragged = drag
        stop()
        if (!pressed.started) onTap(pressed.date, pressed.from)
        else if (dragged?.kind === 'mark') onMark(dragged.date, dragged)
        else if (dragged?.kind === 'edge') onEdge(dragged)
      },
      onPointerCancel: stop,
      onContextMenu: (event: React.MouseEvent) => {
        // A finger's hold opens no menu.
        if (press.current !== null) event.preventDefault()
      },
    },
  }
}
