import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { nextCalendarSequence } from '../bookings/repository.ts'
import type { RemoteSessionRow } from '../delivery/repository.ts'
import { queueMails } from './queue-mails.ts'
import { listCalendarMails, type MailRow } from './repository.ts'

/**
 * Keeps the promise of a confirmation that said "the remote link follows": as soon as the link is there, it is mailed.
 *
 * Asked both when the session is made and when the confirmation has gone, whichever comes last; the lock on the booking
 * puts the two in order, and the mail is made once.
 */
export async function followWithJoinLink(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: {
    mail: Pick<MailRow, 'eventId' | 'bookingId' | 'trainingRequestId' | 'state' | 'linkFollows'>
    remoteSession: Pick<RemoteSessionRow, 'state'> | null
    now: Date
  },
): Promise<void> {
  const { mail, remoteSession, now } = input
  if (mail.state !== 'done' || !mail.linkFollows || mail.bookingId === null || remoteSession?.state !== 'ready') return
  const sent = await listCalendarMails(tx, scope, mail.bookingId)
  if (sent.some((one) => one.template === 'join_link' && one.eventId === mail.eventId)) return
  await queueMails(tx, deps, scope, {
    eventId: mail.eventId,
    now,
    mails: [
      {
        template: 'join_link',
        recipient: 'customer',
        trainingRequestId: mail.trainingRequestId,
        bookingId: mail.bookingId,
        sideEffectKind: 'customer_email',
        calendarSequence: await nextCalendarSequence(tx, scope, mail.bookingId),
      },
    ],
  })
}
