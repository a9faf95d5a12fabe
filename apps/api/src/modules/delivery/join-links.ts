import type { calendarEvents, remoteSessions } from '../../db/schema/delivery.ts'
import type { Secrets } from '../../platform/secrets.ts'

/*
 * Whoever has a join link is let into the session, so links lie sealed in their rows, each bound to its row and to whom
 * it is for: a link copied to another row, or from customer to trainer, does not open.
 */

type RemoteSessionLinks = Pick<typeof remoteSessions.$inferSelect, 'id' | 'technicianUrlSealed' | 'customerUrlSealed'>
type CalendarEventLink = Pick<typeof calendarEvents.$inferSelect, 'id' | 'joinUrlSealed'>

const technicianContext = (rowId: string) => `remote-session:${rowId}:technician`
const customerContext = (rowId: string) => `remote-session:${rowId}:customer`
const joinContext = (rowId: string) => `calendar-event:${rowId}:join`

/** The columns of a remote session's row that hold its two links. */
export function sealRemoteSessionLinks(
  secrets: Pick<Secrets, 'seal'>,
  rowId: string,
  links: { technicianUrl: string; customerUrl: string },
): { technicianUrlSealed: Buffer; customerUrlSealed: Buffer } {
  return {
    technicianUrlSealed: secrets.seal(links.technicianUrl, technicianContext(rowId)),
    customerUrlSealed: secrets.seal(links.customerUrl, customerContext(rowId)),
  }
}

/** Where the trainer joins; null while there is no link. For that trainer's eyes only. */
export function openTechnicianUrl(secrets: Pick<Secrets, 'open'>, row: RemoteSessionLinks): string | null {
  return opened(secrets, row.technicianUrlSealed, technicianContext(row.id))
}

/** Where the customer joins; null while there is no link. */
export function openCustomerUrl(secrets: Pick<Secrets, 'open'>, row: RemoteSessionLinks): string | null {
  return opened(secrets, row.customerUrlSealed, customerContext(row.id))
}

/** The column of a calendar event's row that holds its meeting link, the same for both sides. */
export function sealJoinUrl(secrets: Pick<Secrets, 'seal'>, rowId: string, joinUrl: string): Buffer {
  return secrets.seal(joinUrl, joinContext(rowId))
}

/** The meeting link that came with a calendar event; null when there is none. */
export function openJoinUrl(secrets: Pick<Secrets, 'open'>, row: CalendarEventLink): string | null {
  return opened(secrets, row.joinUrlSealed, joinContext(row.id))
}

function opened(secrets: Pick<Secrets, 'open'>, sealed: Buffer | null, context: string): string | null {
  return sealed === null ? null : secrets.open(sealed, context).toString('utf8')
}
