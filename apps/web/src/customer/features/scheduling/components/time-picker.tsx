import { Button } from '../../../../components/customer/button.tsx'
import { classNames } from '../../../../components/customer/class-names.ts'
import { epochMillis, longDay } from '../../../../lib/dates.ts'
import { formatMoney } from '../../../../lib/money.ts'
import { DAY_PARTS, dayPart, nextFreeDay, type OfferedDay, type OfferedTime } from '../days.ts'
import { schedulingWords } from '../words.ts'
import styles from './time-picker.module.css'

type TimePickerProps = {
  day: OfferedDay
  days: OfferedDay[]
  timeZone: string
  /** The start that is chosen, or null. */
  selected: string | null
  /** Shown with each time where times cost different amounts. */
  showPrices: boolean
  onSelect: (start: string) => void
  onSelectDay: (date: string) => void
}

export const FIRST_TIME_ID = 'first-free-time'

/** The free times of one day in morning, afternoon and evening: one group of radio buttons, 44 px high. */
export function TimePicker(props: TimePickerProps) {
  const { day, days, timeZone, selected, showPrices, onSelect, onSelectDay } = props
  const dayName = longDay(`${day.date}T12:00:00Z`, 'UTC')
  if (day.times.length === 0)
    return <EmptyDay dayName={dayName} next={nextFreeDay(days, day.date)} onSelectDay={onSelectDay} />
  return (
    <fieldset className={styles.picker}>
      <legend className={styles.legend}>
        <h2 className={styles.heading}>{schedulingWords.timeLegend(dayName)}</h2>
      </legend>
      {DAY_PARTS.map((part) => {
        const times = day.times.filter((time) => dayPart(time.start, timeZone) === part)
        if (times.length === 0) return null
        return (
          <div key={part} className={styles.part}>
            <h3 className={styles.partName}>{schedulingWords.dayParts[part]}</h3>
            <div className={styles.times}>
              {times.map((time) => (
                <TimeOption
                  key={time.start}
                  time={time}
                  id={time === day.times[0] ? FIRST_TIME_ID : undefined}
                  isSelected={selected !== null && epochMillis(selected) === epochMillis(time.start)}
                  showPrice={showPrices}
                  onSelect={onSelect}
                />
              ))}
            </div>
          </div>
        )
      })}
    </fieldset>
  )
}

type TimeOptionProps = {
  time: OfferedTime
  id: string | undefined
  isSelected: boolean
  showPrice: boolean
  onSelect: (start: string) => void
}

function TimeOption({ time, id, isSelected, showPrice, onSelect }: TimeOptionProps) {
  return (
    <label className={classNames(styles.time, isSelected && styles.selected)}>
      <input
        id={id}
        className="visually-hidden"
        type="radio"
        name="time"
        value={time.start}
        checked={isSelected}
        onChange={() => onSelect(time.start)}
      />
      <span className="tabular">{time.label}</span>
      {time.zoneLabel ? <span className={styles.extra}> {time.zoneLabel}</span> : null}
      {showPrice ? (
        <span className={styles.extra}>
          <span className="visually-hidden">, </span>
          {time.price.amount === 0 ? schedulingWords.free : formatMoney(time.price)}
        </span>
      ) : null}
    </label>
  )
}

type EmptyDayProps = { dayName: string; next: OfferedDay | null; onSelectDay: (date: string) => void }

function EmptyDay({ dayName, next, onSelectDay }: EmptyDayProps) {
  return (
    <div className={styles.empty} role="status">
      <p>{schedulingWords.emptyDay(dayName)}</p>
      {next ? (
        <Button variant="outline" onClick={() => onSelectDay(next.date)}>
          {schedulingWords.nextFreeDay(
            longDay(`${next.date}T12:00:00Z`, 'UTC'),
            schedulingWords.freeTimes(next.times.length),
          )}
        </Button>
      ) : (
        <p>{schedulingWords.noLaterDay}</p>
      )}
    </div>
  )
}
