import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { TextSkeleton } from '../../../components/skeletons.tsx'
import { addDays, calendarDate, dateKey, duration, longDate, zoneName } from '../../../lib/dates.ts'
import { formatMoney } from '../../../lib/money.ts'
import { customerDays } from '../customer-days.ts'
import { type CustomerView, previewQuery } from '../queries.ts'
import { DayStrip, TimesOfDay } from './day-times.tsx'
import styles from './open-times.module.css'

const DAYS = 14

/** The open times of two weeks at a time, in any zone; to choose from when somebody listens. */
export function OpenTimes({
  view,
  timeZone,
  now,
  chosen,
  onChoose,
}: {
  view: CustomerView
  timeZone: string
  now: number
  chosen?: string | null
  onChoose?: (start: string) => void
}) {
  const [page, setPage] = useState(0)
  const [date, setDate] = useState<string | null>(null)
  const from = addDays(dateKey(now, timeZone), page * DAYS)
  const to = addDays(from, DAYS - 1)
  const preview = useQuery(previewQuery({ ...view, from, to, timeZone }))
  if (preview.isError && preview.data === undefined) {
    return <ProblemNotice error={preview.error} onRetry={() => void preview.refetch()} />
  }
  if (preview.data === undefined) return <TextSkeleton lines={4} label="Loading the times" />

  const { slots, notice, horizonEnd } = preview.data
  const days = customerDays(slots, timeZone, from, DAYS)
  const open = days.find((one) => one.date === date) ?? days.find(({ times }) => times.length > 0) ?? days[0]
  if (open === undefined) return null
  const next = days.find((one) => one.date > open.date && one.times.length > 0)
  const price = open.times[0]?.price
  const turn = (pages: number) => {
    setPage(page + pages)
    setDate(null)
  }

  return (
    <div className={styles.days} data-stale={preview.isPlaceholderData || undefined}>
      <div className={styles.bar}>
        <p className={styles.range}>
          {calendarDate(from).replace(/, \d{4}$/, '')} to {calendarDate(to)}
        </p>
        <div className={styles.move}>
          <Button variant="default" size="compact-sm" disabled={page === 0} onClick={() => turn(-1)}>
            Earlier days
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={dateKey(horizonEnd, timeZone) <= to}
            onClick={() => turn(1)}
          >
            Later days
          </Button>
        </div>
      </div>
      {notice !== null && slots.length === 0 && (
        <Notice tone="amber" title="Nothing to choose">
          <p>{notice.message}</p>
        </Notice>
      )}
      <DayStrip days={days} chosen={open.date} onChoose={setDate} />
      <div aria-live="polite">
        <p className={styles.title}>
          <strong>{longDate(open.date)}</strong>
          <span className="dim">
            {duration(view.durationMinutes)}
            {price !== undefined && ` · ${formatMoney(price)}`} · Times in {zoneName(timeZone, now)}
          </span>
        </p>
        {open.times.length === 0 && (
          <p className="dim">
            No times on this day.{' '}
            {next !== undefined && (
              <Button variant="subtle" size="compact-sm" onClick={() => setDate(next.date)}>
                Next: {longDate(next.date)}
              </Button>
            )}
          </p>
        )}
      </div>
      <TimesOfDay
        times={open.times}
        timeZone={timeZone}
        {...(onChoose === undefined ? {} : { onChoose, chosen: chosen ?? null })}
      />
    </div>
  )
}
