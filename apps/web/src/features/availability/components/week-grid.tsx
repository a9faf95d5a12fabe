import { Button } from '@mantine/core'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import {
  addDays,
  bareTime,
  calendarDate,
  longDate,
  minutesOfDay,
  wallTime,
  weekdayName,
  weekdayOf,
} from '../../../lib/dates.ts'
import { wallTimeOf } from '../../../lib/wall-clock.ts'
import type { AvailabilityRule, Blackout } from '../queries.ts'
import { useGridDrag } from '../use-grid-drag.ts'
import {
  blocksOf,
  blockWords,
  type DayBlock,
  type Edge,
  type GridSession,
  type Hours,
  hoursShown,
  mondayOf,
  movedEdge,
} from '../week.ts'
import styles from './week-grid.module.css'

/** A time on the wall of a date, in minutes since midnight. */
export type WallMoment = { date: string; minute: number }

/** A click names the half hour it falls into: starts are rarely closer. */
const ASKED_STEP = 30

const hourName = (hour: number) => bareTime(Date.UTC(1970, 0, 1, hour), 'UTC').replace(':00', '')

/**
 * One week on the trainer's wall, to read at a glance and to change: a drag adds hours, a drag on an edge changes them, a
 * click asks about a time. The cells beneath are a grid for keyboard and screen reader that does the same.
 */
export function WeekGrid({
  monday,
  today,
  now,
  onMove,
  rules,
  blackouts,
  sessions,
  timeZone,
  asked,
  onAsk,
  onMark,
  onEdge,
}: {
  monday: string
  today: string
  now: number
  onMove: (monday: string) => void
  rules: readonly AvailabilityRule[]
  blackouts: readonly Blackout[]
  sessions: readonly GridSession[]
  timeZone: string
  /** The time that is being asked about; the hours around it show their grips. */
  asked: WallMoment | null
  onAsk: (moment: WallMoment) => void
  /** Hours were marked to be added on a date. */
  onMark: (date: string, hours: Hours) => void
  /** An edge of a rule was moved on a date. */
  onEdge: (rule: AvailabilityRule, edge: Edge, hours: Hours, date: string) => void
}) {
  const [isWholeDay, setWholeDay] = useState(false)
  const [cursor, setCursor] = useState<{ date: string; hour: number } | null>(null)
  const [anchor, setAnchor] = useState<number | null>(null)
  const table = useRef<HTMLTableElement>(null)
  const follow = useRef(false)
  const helpId = useId()

  const dates = Array.from({ length: 7 }, (_, index) => addDays(monday, index))
  const shown = hoursShown(dates.flatMap((date) => blocksOf(date, rules, blackouts, sessions, timeZone)))
  const { first, last } = isWholeDay ? { first: 0, last: 24 } : shown
  const hours = Array.from({ length: last - first }, (_, index) => first + index)

  const { drag, surface } = useGridDrag({
    first,
    last,
    ruleOf: (ruleId) => rules.find(({ id }) => id === ruleId),
    onTap: (date, minute) => {
      const time = Math.min(Math.floor(minute / ASKED_STEP) * ASKED_STEP, last * 60 - ASKED_STEP)
      moveTo({ date, hour: Math.floor(time / 60) })
      onAsk({ date, minute: time })
    },
    onMark: (date, { start, end }) => onMark(date, { startTime: wallTimeOf(start), endTime: wallTimeOf(end) }),
    onEdge: ({ rule, edge, minute, date }) => {
      const next = movedEdge(rule, edge, minute)
      if (next.startTime !== rule.startTime || next.endTime !== rule.endTime) onEdge(rule, edge, next, date)
    },
  })

  // While an edge is dragged, every day of its rule moves along: that is what letting go will do.
  const rulesNow =
    drag?.kind === 'edge'
      ? rules.map((rule) => (rule.id === drag.rule.id ? { ...rule, ...movedEdge(rule, drag.edge, drag.minute) } : rule))
      : rules
  const byDate = new Map(dates.map((date) => [date, blocksOf(date, rulesNow, blackouts, sessions, timeZone)]))
  const minuteNow = minutesOfDay(now, timeZone)
  const on = cursor !== null && dates.includes(cursor.date) ? cursor : { date: monday, hour: first }
  const atHour = Math.min(Math.max(on.hour, first), last - 1)
  const marked =
    anchor === null ? null : { from: Math.min(anchor, atHour) * 60, until: (Math.max(anchor, atHour) + 1) * 60 }

  function moveTo(next: { date: string; hour: number }, keepAnchor = false) {
    follow.current = true
    setCursor(next)
    if (!keepAnchor) setAnchor(null)
  }

  useEffect(() => {
    if (!follow.current) return
    follow.current = false
    table.current?.querySelector<HTMLElement>('td[tabindex="0"]')?.focus({ preventScroll: true })
  })

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
        if (event.shiftKey) setAnchor(anchor ?? atHour)
        moveTo(
          { date: on.date, hour: Math.min(Math.max(atHour + (event.key === 'ArrowUp' ? -1 : 1), first), last - 1) },
          event.shiftKey,
        )
        break
      case 'ArrowLeft':
        step(-1)
        break
      case 'ArrowRight':
        step(1)
        break
      case 'Home':
        moveTo({ date: monday, hour: atHour })
        break
      case 'End':
        moveTo({ date: addDays(monday, 6), hour: atHour })
        break
      case 'PageUp':
        step(-7)
        break
      case 'PageDown':
        step(7)
        break
      case 'Escape':
        setAnchor(null)
        break
      case 'Enter':
      case ' ':
        act()
        break
      default:
        return
    }
    event.preventDefault()
  }

  function step(days: number) {
    const date = addDays(on.date, days)
    if (mondayOf(date) !== monday) onMove(mondayOf(date))
    moveTo({ date, hour: atHour })
  }

  function act() {
    if (marked === null) return onAsk({ date: on.date, minute: atHour * 60 })
    setAnchor(null)
    onMark(on.date, { startTime: wallTimeOf(marked.from), endTime: wallTimeOf(marked.until) })
  }

  const place = (start: number, end: number) => {
    const from = Math.max(start, first * 60)
    const until = Math.min(end, last * 60)
    const whole = (last - first) * 60
    return until <= from
      ? null
      : { top: `${(100 * (from - first * 60)) / whole}%`, height: `${(100 * (until - from)) / whole}%` }
  }

  return (
    <div className={styles.week}>
      <div className={styles.bar}>
        <p className={styles.range}>
          {calendarDate(monday).replace(/, \d{4}$/, '')} to {calendarDate(addDays(monday, 6))}
        </p>
        <div className={styles.move}>
          {monday !== mondayOf(today) && (
            <Button variant="default" size="compact-sm" onClick={() => onMove(mondayOf(today))}>
              This week
            </Button>
          )}
          <Button variant="default" size="compact-sm" onClick={() => onMove(addDays(monday, -7))}>
            Previous week
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => onMove(addDays(monday, 7))}>
            Next week
          </Button>
        </div>
      </div>
      <div className={styles.frame} style={{ '--hours': hours.length } as React.CSSProperties}>
        <table
          ref={table}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is moved through cell by cell
          role="grid"
          aria-label="Your week"
          aria-describedby={helpId}
          aria-multiselectable="true"
          className={styles.cells}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col" className={styles.hourName}>
                <span className="visually-hidden">Time</span>
              </th>
              {dates.map((date) => (
                <th key={date} scope="col" className={styles.dayName} data-today={date === today || undefined}>
                  <span aria-hidden="true">
                    {weekdayName(weekdayOf(date), 'short')} <span className="numbers">{Number(date.slice(8))}</span>
                  </span>
                  <span className="visually-hidden">{longDate(date)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour}>
                <th scope="row" className={styles.hourName}>
                  <span className={styles.hourLabel}>{hourName(hour)}</span>
                </th>
                {dates.map((date) => {
                  const isHere = date === on.date && hour === atHour
                  const isMarked =
                    marked !== null && date === on.date && hour * 60 >= marked.from && hour * 60 < marked.until
                  return (
                    <td
                      key={date}
                      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the cell of a grid
                      role="gridcell"
                      tabIndex={isHere ? 0 : -1}
                      aria-selected={isMarked}
                      aria-label={`${longDate(date)}, ${hourName(hour)}: ${blockWords(byDate.get(date) ?? [], hour * 60, hour * 60 + 60)}`}
                      className={styles.cell}
                      onFocus={() => {
                        if (!isHere) setCursor({ date, hour })
                      }}
                    />
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
        <div
          {...surface}
          className={styles.surface}
          data-dragging={drag?.kind}
          data-testid="week-surface"
          aria-hidden="true"
        >
          {dates.map((date) => (
            <div key={date} className={styles.column} data-date={date} data-today={date === today || undefined}>
              {byDate.get(date)?.map((block) => {
                const where = place(block.start, block.end)
                return where === null ? null : (
                  <Block
                    key={block.key}
                    block={block}
                    where={where}
                    asked={asked?.date === date ? asked.minute : null}
                  />
                )
              })}
              {drag?.kind === 'mark' && drag.date === date && (
                <Ghost where={place(drag.start, drag.end)} label={rangeLabel(drag.start, drag.end)} />
              )}
              {marked !== null && on.date === date && (
                <Ghost where={place(marked.from, marked.until)} label={rangeLabel(marked.from, marked.until)} />
              )}
              {date === today && <NowLine where={place(minuteNow, minuteNow + 1)} />}
              {asked?.date === date && <AskedMark where={place(asked.minute, asked.minute + ASKED_STEP)} />}
              {on.date === date && (
                <span className={styles.cursor} style={place(atHour * 60, atHour * 60 + 60) ?? {}} data-cursor />
              )}
            </div>
          ))}
        </div>
      </div>
      <div className={styles.foot}>
        <p className={styles.key}>
          <span data-kind="open">Open</span>
          <span data-kind="booked">Session</span>
          <span data-kind="blackout">Blackout</span>
        </p>
        {(isWholeDay || shown.first > 0 || shown.last < 24) && (
          <Button variant="subtle" size="compact-sm" onClick={() => setWholeDay(!isWholeDay)}>
            {isWholeDay ? 'Show fewer hours' : 'Show all 24 hours'}
          </Button>
        )}
      </div>
      <p id={helpId} className={styles.help}>
        <span className={styles.fine}>
          Drag over a day to add hours, drag an edge to change them, click a time to ask about it.
        </span>
        <span className={styles.coarse}>
          Hold and drag over a day to add hours. Tap a time to ask about it; tapped hours can be dragged by their edges.
        </span>{' '}
        By keyboard: arrow keys move, Enter asks, Shift with the arrow keys marks hours to add.
      </p>
    </div>
  )
}

function rangeLabel(start: number, end: number): string {
  return `${wallTime(wallTimeOf(start))} – ${wallTime(wallTimeOf(end))}`
}

type Where = { top: string; height: string }

function Block({ block, where, asked }: { block: DayBlock; where: Where; asked: number | null }) {
  const isSelected = asked !== null && asked >= block.start && asked < block.end
  return (
    <div
      className={styles.block}
      data-kind={block.kind}
      data-selected={(block.kind === 'open' && isSelected) || undefined}
      style={where}
      title={block.label}
    >
      <span>{block.label}</span>
      {block.kind === 'open' &&
        block.edges.map((edge) => <i key={edge} className={styles.edge} data-edge={edge} data-rule={block.rule.id} />)}
    </div>
  )
}

function Ghost({ where, label }: { where: Where | null; label: string }) {
  return where === null ? null : (
    <div className={styles.ghost} style={where}>
      <span>{label}</span>
    </div>
  )
}

function NowLine({ where }: { where: Where | null }) {
  return where === null ? null : <span className={styles.now} style={{ top: where.top }} />
}

function AskedMark({ where }: { where: Where | null }) {
  return where === null ? null : <span className={styles.asked} style={where} />
}
