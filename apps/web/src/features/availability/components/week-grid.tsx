import { Button } from '@mantine/core'
import { addDays, bareTime, calendarDate, weekdayName } from '../../../lib/dates.ts'
import type { AvailabilityRule, Blackout } from '../queries.ts'
import { blocksOf, hoursShown, mondayOf } from '../week.ts'
import styles from './week-grid.module.css'

/**
 * One week on the trainer's wall. A picture: screen readers and keyboards use the lists beside it, which say the same.
 */
export function WeekGrid({
  monday,
  today,
  onMove,
  rules,
  blackouts,
  sessions,
  timeZone,
}: {
  monday: string
  today: string
  onMove: (monday: string) => void
  rules: readonly AvailabilityRule[]
  blackouts: readonly Blackout[]
  sessions: readonly { id: string; start: string; end: string; label: string }[]
  timeZone: string
}) {
  const dates = Array.from({ length: 7 }, (_, index) => addDays(monday, index))
  const byDate = dates.map((date) => blocksOf(date, rules, blackouts, sessions, timeZone))
  const { first, last } = hoursShown(byDate.flat())
  const hours = Array.from({ length: last - first }, (_, index) => first + index)
  const percent = (minutes: number) => `${(100 * (minutes - first * 60)) / ((last - first) * 60)}%`
  const clip = (minutes: number) => Math.min(Math.max(minutes, first * 60), last * 60)

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
      <div className={styles.grid} role="img" aria-label="Your week as a picture. The lists on this page say the same.">
        <div className={styles.hours} aria-hidden="true">
          {hours.map((hour) => (
            <span key={hour} style={{ top: percent(hour * 60) }}>
              {bareTime(Date.UTC(1970, 0, 1, hour), 'UTC').replace(':00', '')}
            </span>
          ))}
        </div>
        {dates.map((date, index) => (
          <div key={date} className={styles.day} data-today={date === today || undefined} aria-hidden="true">
            <p className={styles.dayName}>
              {weekdayName(index + 1, 'short')} <span className="numbers">{Number(date.slice(8))}</span>
            </p>
            <div className={styles.column} style={{ '--rows': last - first } as React.CSSProperties}>
              {byDate[index]?.map((block) => {
                const start = clip(block.start)
                const end = clip(block.end)
                if (end <= start) return null
                return (
                  <div
                    key={block.key}
                    className={styles.block}
                    data-kind={block.kind}
                    style={{ top: percent(start), height: `${(100 * (end - start)) / ((last - first) * 60)}%` }}
                    title={block.label}
                  >
                    <span>{block.label}</span>
                  </div>
                )
              })}
            </div>
          </div>
        ))}
      </div>
      <p className={styles.key}>
        <span data-kind="open">Open</span>
        <span data-kind="booked">Session</span>
        <span data-kind="blackout">Blackout</span>
      </p>
    </div>
  )
}
