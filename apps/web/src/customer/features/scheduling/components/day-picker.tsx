import { useEffect, useRef } from 'react'
import { classNames } from '../../../../components/customer/class-names.ts'
import { longDay, monthName, weekdayName, weekdayOf } from '../../../../lib/dates.ts'
import type { OfferedDay } from '../days.ts'
import { schedulingWords } from '../words.ts'
import styles from './day-picker.module.css'

type DayPickerProps = { days: OfferedDay[]; selected: string; onSelect: (date: string) => void }

/**
 * The strip of days: one row to swipe on a phone, weeks on a wide screen.
 * Radio buttons underneath, so arrow keys move from day to day; each says its weekday and number of free times.
 */
export function DayPicker({ days, selected, onSelect }: DayPickerProps) {
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Only sideways within the strip: the page itself must not jump under the customer's finger.
    const cell = strip.current?.querySelector<HTMLElement>(`[data-date="${selected}"]`)
    if (!strip.current || !cell) return
    const { left, right } = cell.getBoundingClientRect()
    const frame = strip.current.getBoundingClientRect()
    if (left < frame.left || right > frame.right) {
      strip.current.scrollLeft += left - frame.left - (frame.width - (right - left)) / 2
    }
  }, [selected])

  return (
    <fieldset className={styles.picker}>
      <legend className={styles.legend}>
        <h2 className={styles.heading}>{schedulingWords.dayLegend}</h2>
        <span className={styles.months} aria-hidden="true">
          {monthsOf(days)}
        </span>
      </legend>
      <div className={styles.strip} ref={strip}>
        {days.map((day) => (
          <DayCell key={day.date} day={day} isSelected={day.date === selected} onSelect={onSelect} />
        ))}
      </div>
    </fieldset>
  )
}

type DayCellProps = { day: OfferedDay; isSelected: boolean; onSelect: (date: string) => void }

function DayCell({ day: { date, times }, isSelected, onSelect }: DayCellProps) {
  const isFree = times.length > 0
  return (
    <label
      className={classNames(styles.day, isFree && styles.free, isSelected && styles.selected)}
      data-date={date}
      data-weekday={weekdayOf(date)}
    >
      <input
        className="visually-hidden"
        type="radio"
        name="day"
        value={date}
        checked={isSelected}
        onChange={() => onSelect(date)}
      />
      <span className="visually-hidden">
        {schedulingWords.dayLabel(longDay(`${date}T12:00:00Z`, 'UTC'), schedulingWords.freeTimes(times.length))}
      </span>
      <span className={styles.weekday} aria-hidden="true">
        {weekdayName(weekdayOf(date), 'short')}
      </span>
      <span className={styles.number} aria-hidden="true">
        {date.endsWith('-01') ? `${monthName(date).slice(0, 3)} 1` : Number(date.slice(8))}
      </span>
      <span className={styles.dot} aria-hidden="true" />
    </label>
  )
}

/** "November", or "November – December" when the strip reaches into the next month. */
function monthsOf(days: OfferedDay[]): string {
  const first = days[0]?.date
  const last = days.at(-1)?.date
  if (!first || !last) return ''
  return first.slice(0, 7) === last.slice(0, 7) ? monthName(first) : `${monthName(first)} – ${monthName(last)}`
}
