import { Link } from 'react-router'
import { dateAndTime } from '../../../lib/dates.ts'
import type { AffectedBooking } from '../queries.ts'
import styles from './forms.module.css'

export type BookingPath = (organizationSlug: string, bookingId: string) => string

/** Sessions that stay booked, each with the way to it. */
export function SessionLinks({
  bookings,
  timeZone,
  bookingPath,
}: {
  bookings: readonly AffectedBooking[]
  timeZone: string
  bookingPath: BookingPath
}) {
  return (
    <ul className={styles.sessions}>
      {bookings.map(({ id, organizationSlug, start }) => (
        <li key={id}>
          <Link to={bookingPath(organizationSlug, id)}>{dateAndTime(start, timeZone)}</Link>
        </li>
      ))}
    </ul>
  )
}

/** "1 session stays booked", "3 sessions stay booked". */
export function stayBooked(count: number): string {
  return count === 1 ? '1 session stays booked' : `${count} sessions stay booked`
}
