import { useId } from 'react'
import { longDate, weekdayName, weekdayOf } from '../../../lib/dates.ts'
import { type CustomerDay, type CustomerTime, DAY_PARTS, dayPartOf } from '../customer-days.ts'
import styles from './day-times.module.css'

/** "5 times", "1 time", "no times". */
export function timesWords(count: number): string {
  return count === 0 ? 'no times' : count === 1 ? '1 time' : `${count} times`
}

/** A strip of days with how many times each has; one of them is open. */
export function DayStrip({
  days,
  chosen,
  onChoose,
}: {
  days: readonly CustomerDay[]
  chosen: string
  onChoose: (date: string) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles.days}>
      <legend className="visually-hidden">Day</legend>
      <div className={styles.strip}>
        {days.map(({ date, times }) => (
          <label key={date} className={styles.day} data-free={times.length > 0 || undefined}>
            <input
              type="radio"
              name={name}
              aria-label={`${longDate(date)}, ${timesWords(times.length)}`}
              checked={date === chosen}
              onChange={() => onChoose(date)}
            />
            <span aria-hidden="true" className={styles.weekday}>
              {weekdayName(weekdayOf(date), 'short')}
            </span>
            <span aria-hidden="true" className={styles.date}>
              {Number(date.slice(8))}
            </span>
            <span aria-hidden="true" className={styles.count}>
              {times.length === 0 ? '–' : times.length}
              <span className={styles.word}>{times.length === 0 ? '' : times.length === 1 ? ' time' : ' times'}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** The times of one day by morning, afternoon and evening; to choose from when somebody listens. */
export function TimesOfDay({
  times,
  timeZone,
  chosen,
  onChoose,
}: {
  times: readonly CustomerTime[]
  timeZone: string
  chosen?: string | null
  onChoose?: (start: string) => void
}) {
  const name = useId()
  const groups = DAY_PARTS.map((part) => ({
    part,
    here: times.filter(({ start }) => dayPartOf(start, timeZone) === part),
  })).filter(({ here }) => here.length > 0)
  return (
    <div className={styles.parts}>
      {groups.map(({ part, here }) => (
        <div key={part} className={styles.part}>
          <h3>{part}</h3>
          <ul className={styles.times}>
            {here.map(({ start, label }) => (
              <li key={start}>
                {onChoose === undefined ? (
                  <div className={styles.time}>{label}</div>
                ) : (
                  <label className={styles.time}>
                    <input type="radio" name={name} checked={start === chosen} onChange={() => onChoose(start)} />
                    {label}
                  </label>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  )
}
