import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import { isDatabaseUnavailable } from '../../db/pg-errors.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { failureNote, nextSideEffectAttemptAt } from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { MailRefused } from '../../platform/mailer.ts'
import { findBookingLinkSecret } from '../bookings/insert-booking-token.ts'
import { lockBooking } from '../bookings/repository.ts'
import { findDeliveryGrounds } from '../delivery/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { findLatestSchedulingLink } from '../scheduling/repository.ts'
import { composeMail, type MailExtras } from './compose-mail.ts'
import { followWithJoinLink } from './follow-with-join-link.ts'
import { findMailGrounds, type MailGrounds } from './mail-grounds-repository.ts'
import { refreshAttention } from './refresh-attention.ts'
import { beginMail, listCalendarMails, type MailRow, updateMail } from './repository.ts'

type SendDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'mailer' | 'config'>

type Sent =
  | { state: 'done'; linkFollows: boolean }
  | { state: 'skipped' }
  | { state: 'retrying'; lastError: string; nextAttemptAt: Date }
  | { state: 'failed'; lastError: string }

/**
 * Sends one mail, made from the state of this moment; leaves it out when there is no point in it any more.
 *
 * What the mail server refuses for good is `failed`, for all to see; anything else is tried again later under the same
 * Message-ID (domain/delivery.ts). A process that dies between sending and writing it down sends once more under that
 * Message-ID: no mail is lost, and a repeat can be told from a second mail.
 */
export async function sendMail(deps: SendDeps, payload: { mailId: string }): Promise<void> {
  const mail = await beginMail(deps.db, payload.mailId, deps.clock.now())
  if (mail === null) return
  const scope = scopeOfRow(mail)
  await endTry(deps, scope, mail, await attempt(deps, scope, mail))
}

async function attempt(deps: SendDeps, scope: OrganizationScope, mail: MailRow): Promise<Sent> {
  try {
    const grounds = await findMailGrounds(deps.db, scope, mail.id)
    if (grounds === null) return { state: 'skipped' }
    const composed = composeMail(deps, grounds, await extrasOf(deps, scope, grounds), deps.clock.now())
    if (composed === null) return { state: 'skipped' }
    await deps.mailer.send(composed.mail)
    return { state: 'done', linkFollows: composed.linkFollows }
  } catch (error) {
    // Not the mail's fault; the job comes again.
    if (isDatabaseUnavailable(error)) throw error
    const lastError = failureNote(error instanceof Error ? error.message : String(error))
    const nextAttemptAt = nextSideEffectAttemptAt(mail.attempts, deps.clock.now())
    if (error instanceof MailRefused || nextAttemptAt === null) return { state: 'failed', lastError }
    return { state: 'retrying', lastError, nextAttemptAt }
  }
}

async function extrasOf(deps: SendDeps, scope: OrganizationScope, grounds: MailGrounds): Promise<MailExtras> {
  const { mail, booking, trainingRequest } = grounds
  const none: MailExtras = { bookingLinkSecret: null, feedbackSecret: null, wasInvited: false }
  if (mail.recipient !== 'customer' || booking === null) return none
  const link = await findLatestSchedulingLink(deps.db, scope, trainingRequest.id)
  const invitations = (await listCalendarMails(deps.db, scope, booking.id)).filter((one) => one.id !== mail.id)
  return {
    bookingLinkSecret: link === null ? null : deps.secrets.linkSecret('scheduling', link.token),
    feedbackSecret: await findBookingLinkSecret(deps.db, deps, scope, { bookingId: booking.id, purpose: 'feedback' }),
    // Tried is enough: the server may have taken it and its answer got lost.
    wasInvited: invitations.some((one) => one.state !== 'failed' && one.attempts > (one.state === 'skipped' ? 1 : 0)),
  }
}

async function endTry(deps: SendDeps, scope: OrganizationScope, mail: MailRow, sent: Sent): Promise<void> {
  const now = deps.clock.now()
  const isOver = sent.state === 'done' || sent.state === 'skipped'
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest =
      mail.trainingRequestId === null ? null : await lockTrainingRequest(tx, scope, mail.trainingRequestId)
    const booking = mail.bookingId === null ? null : await lockBooking(tx, scope, mail.bookingId)
    const isAboutTime = mail.template === 'booking_confirmed' || mail.template === 'booking_rescheduled'
    const linkFollows = sent.state === 'done' && isAboutTime && sent.linkFollows
    const isWritten = await updateMail(tx, scope, {
      mailId: mail.id,
      from: ['running'],
      set: {
        state: sent.state,
        lastError: 'lastError' in sent ? sent.lastError : null,
        nextAttemptAt: 'nextAttemptAt' in sent ? sent.nextAttemptAt : null,
        doneAt: isOver ? now : null,
        linkFollows,
      },
    })
    if (!isWritten) return
    if (linkFollows && booking !== null) {
      const grounds = await findDeliveryGrounds(tx, scope, booking.id)
      const remoteSession = grounds?.remoteSession ?? null
      await followWithJoinLink(tx, deps, scope, { mail: { ...mail, state: 'done', linkFollows }, remoteSession, now })
    }
    if (mail.sideEffectKind !== null && booking !== null)
      await appendEvent(tx, deps, {
        organizationId: scope.organizationId,
        actor: actorOf(SYSTEM),
        now,
        event: {
          name: 'side_effect_changed',
          payload: {
            requestId: booking.trainingRequestId,
            bookingId: booking.id,
            status: booking.status,
            trainerId: booking.trainerUserId,
            sideEffectId: mail.id,
          },
        },
      })
    else if (trainingRequest !== null && sent.state === 'failed')
      await refreshAttention(tx, deps, scope, { trainingRequest, now, sideEffectFailedAt: now })
  })
}
