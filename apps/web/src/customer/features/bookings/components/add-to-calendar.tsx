import { CalendarIcon } from '../../../../components/customer/icons.tsx'
import type { CustomerBooking } from '../../scheduling/scheduling.ts'
import { type CalendarEntry, calendarFile, googleCalendarUrl, outlookCalendarUrl } from '../calendar-file.ts'
import { bookingWords } from '../words.ts'
import styles from './add-to-calendar.module.css'

/** The ways into the customer's calendar: a file that every program opens, or a prepared entry on the web. */
export function AddToCalendar({ booking }: { booking: CustomerBooking }) {
  const entry = calendarEntry(booking)
  return (
    <details className={styles.details}>
      <summary className={styles.summary}>
        <CalendarIcon />
        {bookingWords.addToCalendar}
      </summary>
      <ul className={styles.list}>
        <li>
          <button type="button" className={styles.item} onClick={() => saveFile(calendarFile(entry, new Date()))}>
            {bookingWords.calendarFile}
          </button>
        </li>
        <li>
          <a className={styles.item} href={googleCalendarUrl(entry)} target="_blank" rel="noopener noreferrer">
            {bookingWords.google}
          </a>
        </li>
        <li>
          <a className={styles.item} href={outlookCalendarUrl(entry)} target="_blank" rel="noopener noreferrer">
            {bookingWords.outlook}
          </a>
        </li>
      </ul>
    </details>
  )
}

function calendarEntry(booking: CustomerBooking): CalendarEntry {
  const { organization, trainer, sessionType, delivery } = booking
  return {
    id: booking.id,
    start: booking.start,
    end: booking.end,
    title: bookingWords.entryTitle(sessionType.name, organization.name),
    description: bookingWords.entryText(trainer.firstName, booking.reference, organization.supportEmail),
    location: delivery.customerUrl ?? delivery.details ?? delivery.label,
  }
}

function saveFile(content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/calendar;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = bookingWords.fileName
  link.click()
  URL.revokeObjectURL(url)
}
