import { useQuery } from '@tanstack/react-query'
import { Notice } from '../../../components/problem-notice.tsx'
import { addDays, dateKey } from '../../../lib/dates.ts'
import { affectedBookingsQuery, previewQuery, type Slots } from '../queries.ts'
import type { Choice } from './as-customer.tsx'
import { type BookingPath, SessionLinks, stayBooked } from './session-links.tsx'

const DAYS = 14

const NOTICE_TITLES: Record<NonNullable<Slots['notice']>['code'], string> = {
  no_open_slots: 'No open times in the coming two weeks',
  no_price: 'Customers find nothing to choose: a price is missing',
  payments_not_configured: 'Customers find nothing to choose: payments are not set up',
  calendar_unreadable: 'Customers find nothing to choose: your calendar cannot be read',
}

/** When customers would find nothing in the coming two weeks: that, and why. */
export function NothingOpen({
  org,
  choice,
  timeZone,
  now,
}: {
  org: string
  choice: Choice
  timeZone: string
  now: number
}) {
  const from = dateKey(now, timeZone)
  const preview = useQuery(previewQuery({ organization: org, ...choice, from, to: addDays(from, DAYS - 1), timeZone }))
  const notice = preview.data?.notice
  if (notice === undefined || notice === null) return null
  return (
    <Notice tone="amber" title={NOTICE_TITLES[notice.code]}>
      <p>{notice.message}</p>
    </Notice>
  )
}

/** Sessions that were booked in hours that are no more. They stay booked. */
export function OutsideHours({ timeZone, bookingPath }: { timeZone: string; bookingPath: BookingPath }) {
  const affected = useQuery(affectedBookingsQuery(null))
  if (affected.data === undefined || affected.data.length === 0) return null
  return (
    <Notice tone="amber" title={`${stayBooked(affected.data.length)} outside your weekly hours`}>
      <p>Changed hours cancel nothing. Move or cancel a session on its own page:</p>
      <SessionLinks bookings={affected.data} timeZone={timeZone} bookingPath={bookingPath} />
    </Notice>
  )
}
