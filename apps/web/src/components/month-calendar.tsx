import { Button } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { addDays, longDate, monthName, weekdayName, weekdayOf } from '../lib/dates.ts'
import { addMonths } from '../lib/wall-clock.ts'
import styles from './month-calendar.module.css'

/** What a day of the calendar shows. */
export type DayMark = { fill: 'whole' | 'part' | null; dot: boolean; words: string }

const NO_MARK: DayMark = { fill: null, dot: false, words: '' }

/**
 * A month to pick days from: a click takes one, a drag takes several, and so do the arrow keys with Shift. Days before
 * `firstDate` can be looked at and not taken.
 */
export function MonthCalendar({
  label,
  today,
  firstDate,
  markOf,
  onPick,
}: {
  label: string
  today: string
  firstDate: string
  markOf: (date: string) => DayMark | null
  onPick: (from: string, to: string) => void
}) {
  const [cursor, setCursor] = useState(today)
  const [anchor, setAnchor] = useState<string | null>(null)
  const grid = useRef<HTMLTableElement>(null)
  const follow = useRef(false)
  const pressed = useRef(false)
  const first = addMonths(cursor, 0)
  const start = addDays(first, 1 - weekdayOf(first))
  const weeks = Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => addDays(start, week * 7 + day)),
  ).filter((week) => week.some((date) => date.slice(0, 7) === first.slice(0, 7)))
  const [from, to] = anchor !== null && anchor > cursor ? [cursor, anchor] : [anchor ?? cursor, cursor]
  const isPicking = anchor !== null && anchor !== cursor

  useEffect(() => {
    if (!follow.current) return
    follow.current = false
    grid.current?.querySelector<HTMLElement>('button[tabindex="0"]')?.focus()
  })

  useEffect(() => {
    // The button may be let go anywhere.
    const letGo = () => {
      pressed.current = false
    }
    window.addEventListener('pointerup', letGo)
    return () => window.removeEventListener('pointerup', letGo)
  }, [])

  function moveTo(date: string, extend: boolean) {
    follow.current = true
    if (extend) setAnchor(anchor ?? cursor)
    else setAnchor(null)
    setCursor(date)
  }

  function pick(a: string, b: string) {
    setAnchor(null)
    const earliest = a < firstDate ? firstDate : a
    if (b >= firstDate) onPick(earliest, b)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const target: Record<string, string> = {
      ArrowLeft: addDays(cursor, -1),
      ArrowRight: addDays(cursor, 1),
      ArrowUp: addDays(cursor, -7),
      ArrowDown: addDays(cursor, 7),
      Home: addDays(cursor, 1 - weekdayOf(cursor)),
      End: addDays(cursor, 7 - weekdayOf(cursor)),
      PageUp: addMonths(cursor, -1),
      PageDown: addMonths(cursor, 1),
    }
    const date = target[event.key]
    if (date === undefined) {
      if (event.key === 'Escape') setAnchor(null)
      return
    }
    event.preventDefault()
    moveTo(date, event.shiftKey)
  }

  const month = `${monthName(first)} ${first.slice(0, 4)}`
  return (
    <div className={styles.calendar}>
      <div className={styles.bar}>
        <p className={styles.title} aria-live="polite">
          {month}
        </p>
        <div className={styles.move}>
          <Button variant="default" size="compact-sm" onClick={() => setCursor(addMonths(cursor, -1))}>
            <span aria-hidden="true">‹</span>
            <span className="visually-hidden">Previous month</span>
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => setCursor(addMonths(cursor, 1))}>
            <span aria-hidden="true">›</span>
            <span className="visually-hidden">Next month</span>
          </Button>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is moved through cell by cell */}
      <table ref={grid} role="grid" aria-label={`${label}, ${month}`} className={styles.days} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
              <th key={weekday} scope="col" abbr={weekdayName(weekday, 'long')}>
                {weekdayName(weekday, 'short').slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((date) => {
                if (date.slice(0, 7) !== first.slice(0, 7)) return <td key={date} />
                const mark = markOf(date) ?? NO_MARK
                return (
                  <td key={date}>
                    <button
                      type="button"
                      className={styles.day}
                      tabIndex={date === cursor ? 0 : -1}
                      aria-label={mark.words === '' ? longDate(date) : `${longDate(date)}, ${mark.words}`}
                      aria-disabled={date < firstDate || undefined}
                      aria-current={date === today ? 'date' : undefined}
                      data-today={date === today || undefined}
                      data-mark={mark.fill ?? undefined}
                      data-dot={mark.dot || undefined}
                      data-picked={(isPicking && date >= from && date <= to) || undefined}
                      onPointerDown={(event) => {
                        if (event.pointerType === 'touch' || event.button !== 0) return
                        event.preventDefault()
                        pressed.current = true
                        setAnchor(date)
                        setCursor(date)
                      }}
                      onPointerEnter={() => {
                        if (pressed.current) setCursor(date)
                      }}
                      onPointerUp={() => {
                        // A drag that ends on another day is no click.
                        if (pressed.current && isPicking) pick(from, to)
                        pressed.current = false
                      }}
                      onClick={() => pick(isPicking ? from : date, isPicking ? to : date)}
                    >
                      <span>{Number(date.slice(8))}</span>
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
