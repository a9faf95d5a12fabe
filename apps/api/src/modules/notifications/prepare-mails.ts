import { inTransaction, type Tx } from '../../db/client.ts'
import type { events } from '../../db/schema/events.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isMoneyReceived } from '../../domain/booking.ts'
import { isOrgAdmin } from '../../domain/caller.ts'
import { isRemoteSessionMethod, JOIN_LINK_WAIT_SECONDS } from '../../domain/delivery.ts'
import type { EventName, EventPayloads } from '../../domain/events.ts'
import type { NotificationPreference } from '../../domain/notification-preferences.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundMissing } from '../../domain/refund.ts'
import { type BookingRow, getBooking, lockBooking, nextCalendarSequence } from '../bookings/repository.ts'
import { findDeliveryGrounds, findEvent, findSideEffectOfEvent, setRemoteSessionAside } from '../delivery/repository.ts'
import { type ActiveMember, getSettings, listActiveMembers } from '../organizations/repository.ts'
import { listReturnsByBank } from '../payments/dispute-repository.ts'
import { refundFactsOf } from '../payments/refund-repository.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { findLatestSchedulingLink } from '../scheduling/repository.ts'
import { followWithJoinLink } from './follow-with-join-link.ts'
import { type NewMail, queueMails, queueSendJobs } from './queue-mails.ts'
import { listCalendarMails, releaseMail } from './repository.ts'
import {
  findSiblingEvent,
  hasEarlierCalendarAlarm,
  listRefundsOfRequest,
  readAttentionFacts,
} from './request-facts-repository.ts'
import type { MailTemplate } from './templates/mail-facts.ts'

type PrepareDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>
type EventRow = typeof events.$inferSelect

/** What is known when the mails of an event are prepared: rows as they are by then, the request locked. */
interface Preparing {
  tx: Tx
  deps: PrepareDeps
  scope: OrganizationScope
  event: EventRow
  trainingRequest: TrainingRequestRow
  /** The booking that the event names. */
  booking: BookingRow | null
  members: readonly ActiveMember[]
  now: Date
}

/**
 * Writes down the mails that follow from an event, with their jobs, in one transaction and once: who is told, and what
 * about. What they say is made when they are sent, from the state of then; links and texts are never stored.
 */
export async function prepareMails(deps: PrepareDeps, payload: { eventId: string }): Promise<void> {
  const event = await findEvent(deps.db, payload.eventId)
  if (event === null || event.organizationId === null || event.trainingRequestId === null) return
  const scope = scopeOfRow({ organizationId: event.organizationId })
  const { trainingRequestId, bookingId } = event
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    if (trainingRequest === null) return
    const booking = bookingId === null ? null : await getBooking(tx, scope, bookingId)
    const members = await listActiveMembers(tx, scope)
    const preparing: Preparing = { tx, deps, scope, event, trainingRequest, booking, members, now }
    const prepare = PREPARATIONS[event.name] as Preparation<EventName> | undefined
    const mails = (await prepare?.(preparing, event.payload as never)) ?? []
    await queueMails(tx, deps, scope, {
      eventId: event.id,
      now,
      mails: mails.map((mail) => ({ trainingRequestId, bookingId, ...mail })),
    })
  })
}

type Preparation<Name extends EventName> = (
  preparing: Preparing,
  payload: EventPayloads[Name],
) => Promise<NewMail[]> | NewMail[]

const PREPARATIONS: { readonly [Name in EventName]?: Preparation<Name> } = {
  request_submitted: async ({ tx, scope }) =>
    (await getSettings(tx, scope)).sendRequestConfirmationEmail ? [toCustomer('request_received')] : [],

  request_assigned: (preparing, { trainerId, previousTrainerId }) => [
    ...toTrainer(preparing, trainerId, 'request_assigned', null),
    ...(previousTrainerId === null ? [] : toTrainer(preparing, previousTrainerId, 'request_taken_away', null)),
  ],

  request_released: (preparing, { occasion, previousTrainerId }) =>
    occasion === 'taken_back' ? toTrainer(preparing, previousTrainerId, 'request_taken_away', null) : [],

  request_canceled: async (preparing, { trainerId }) => {
    // One mail about it: that of the session, where one was booked or paid.
    const booked = await findSiblingEvent(preparing.tx, preparing.scope, siblingOf(preparing, 'booking_canceled'))
    if (booked !== null && (await isBookingWorthItsMail(preparing, booked))) return []
    return [
      toCustomer('request_canceled'),
      ...(trainerId === null ? [] : toTrainer(preparing, trainerId, 'trainer_request_canceled', 'bookingChanged')),
    ]
  },

  scheduling_link_sent: (_preparing, { schedulingTokenId }) => [toCustomer('scheduling_link', { schedulingTokenId })],

  customer_reminded: (_preparing, { schedulingTokenId }) => [toCustomer('scheduling_reminder', { schedulingTokenId })],

  new_link_requested: (preparing, { trainerId, schedulingTokenId }) =>
    toTrainer(preparing, trainerId, 'new_link_requested', 'newLinkRequested', { schedulingTokenId }),

  times_requested: (preparing, { trainerId, schedulingTokenId }) =>
    toTrainer(preparing, trainerId, 'times_requested', 'newLinkRequested', { schedulingTokenId }),

  booking_mail_requested: () => [toCustomer('booking_details')],

  booking_hold_expired: async (preparing, { trainerId, reason }) => {
    // A hold that merely ran out is nobody's news: the page counted down to it.
    if (reason === 'hold_ran_out') return []
    const link = await findLatestSchedulingLink(preparing.tx, preparing.scope, preparing.trainingRequest.id)
    return [
      toCustomer('payment_failed', { schedulingTokenId: link?.token.id ?? null }),
      ...toTrainer(preparing, trainerId, 'trainer_payment_failed', 'bookingChanged'),
    ]
  },

  payment_received: (preparing, { trainerId }) => aboutPayment(preparing, trainerId),
  late_payment_honoured: (preparing, { trainerId }) => aboutPayment(preparing, trainerId),

  payment_confirmation_overdue: (preparing, { trainerId }) =>
    isAwaitingConfirmation(preparing.booking)
      ? toTrainer(preparing, trainerId, 'trainer_payment_overdue', 'paymentReceived')
      : [],

  payment_not_honoured: () => [toCustomer('payment_not_honoured')],

  refund_changed: async (preparing, { refundId, refundStatus }) => {
    switch (refundStatus) {
      case 'succeeded':
        return [toCustomer('refund_made')]
      case 'pending':
        return (await isAnnouncedByItself(preparing, refundId)) ? [toCustomer('refund_under_way')] : []
      case 'failed':
        return (await isRefundOwed(preparing, refundId)) ? toAdmins(preparing, 'refund_failed') : []
    }
  },

  payment_disputed: (preparing) => toAdmins(preparing, 'payment_disputed'),

  booking_confirmed: (preparing, { trainerId }) => {
    const { booking, now } = preparing
    if (booking === null) return []
    const waitsForLink = isRemoteSessionMethod(booking.deliveryMethod)
    return [
      toCustomer('booking_confirmed', {
        sideEffectKind: 'customer_email',
        calendarSequence: booking.calendarSequence,
        sendAfter: waitsForLink ? joinLinkDeadline(now) : null,
      }),
      {
        template: 'trainer_booking_confirmed',
        recipient: 'user',
        recipientUserId: trainerId,
        sideEffectKind: 'trainer_email',
        isSkipped: !wants(preparing, trainerId, 'bookingConfirmed'),
      },
    ]
  },

  booking_rescheduled: async (preparing, { trainerId }) => [
    toCustomer('booking_rescheduled', {
      sideEffectKind: 'customer_email',
      calendarSequence: await nextSequence(preparing),
      sendAfter: (await isNewLinkAwaited(preparing)) ? joinLinkDeadline(preparing.now) : null,
    }),
    ...toTrainer(preparing, trainerId, 'trainer_booking_rescheduled', 'bookingChanged'),
  ],

  booking_canceled: async (preparing, { trainerId, previousStatus }) => {
    const requestCanceled = await findSiblingEvent(
      preparing.tx,
      preparing.scope,
      siblingOf(preparing, 'request_canceled'),
    )
    if (requestCanceled !== null && !(await isBookingWorthItsMail(preparing, preparing.event))) return []
    return [
      toCustomer('booking_canceled', {
        sideEffectKind: 'customer_email',
        calendarSequence: previousStatus === 'confirmed' ? await nextSequence(preparing) : null,
      }),
      ...toTrainer(preparing, trainerId, 'trainer_booking_canceled', 'bookingChanged'),
    ]
  },

  booking_completed: () => [toCustomer('feedback_request', { sideEffectKind: 'feedback_email' })],

  side_effect_changed: async (preparing) => {
    await letConfirmationGo(preparing)
    return []
  },

  attention_raised: async (preparing, { reason }) => {
    const { members, booking, trainingRequest } = preparing
    if (reason === 'calendar_unreadable' && (await isOutageTold(preparing))) return []
    // A dispute, and each refund that failed, has a mail of its own.
    if (reason === 'payment_disputed') return []
    if (reason === 'refund_failed' && (await isFailureTold(preparing))) return []
    const trainerId =
      reason === 'calendar_conflict'
        ? booking?.trainerUserId
        : reason === 'calendar_unreadable'
          ? trainingRequest.claimedByUserId
          : null
    return members
      .filter(({ caller }) => isOrgAdmin(caller) || caller.userId === trainerId)
      .filter(({ notificationPreferences }) => notificationPreferences.attention)
      .map(({ caller }) => ({ template: 'attention_raised', recipient: 'user', recipientUserId: caller.userId }))
  },
}

/** A mail to every admin who wants to hear of trouble. */
function toAdmins({ members }: Preparing, template: MailTemplate): NewMail[] {
  return members
    .filter(({ caller, notificationPreferences }) => isOrgAdmin(caller) && notificationPreferences.attention)
    .map(({ caller }) => ({ template, recipient: 'user', recipientUserId: caller.userId }))
}

async function refundsOf({ tx, scope, trainingRequest }: Preparing) {
  return listRefundsOfRequest(tx, scope, trainingRequest.id)
}

/** Whether no other mail has told the customer that this money comes back: it was sent back by hand, here or at the provider. */
async function isAnnouncedByItself(preparing: Preparing, refundId: string): Promise<boolean> {
  const found = (await refundsOf(preparing)).find(({ refund }) => refund.id === refundId)
  return found !== undefined && ['refunded_by_admin', 'refunded_at_provider'].includes(found.refund.reason)
}

/** Whether the customer still lacks the money of a refund that failed. */
async function isRefundOwed(preparing: Preparing, refundId: string): Promise<boolean> {
  const all = await refundsOf(preparing)
  const failed = all.find(({ refund }) => refund.id === refundId)
  if (failed === undefined) return false
  const { tx, scope, trainingRequest } = preparing
  const returns = await listReturnsByBank(tx, scope, { trainingRequestId: trainingRequest.id })
  const returned = [...all.map(({ refund }) => refundFactsOf(refund)), ...returns]
  const ofPayment = returned.filter(({ paymentId }) => paymentId === failed.refund.paymentId)
  return isRefundMissing(refundFactsOf(failed.refund), ofPayment, failed.payment)
}

/** Whether the flag is about refunds that failed: admins were told of each, with the amount and what happened. */
async function isFailureTold(preparing: Preparing): Promise<boolean> {
  for (const { refund } of await refundsOf(preparing))
    if (refund.status === 'failed' && (await isRefundOwed(preparing, refund.id))) return true
  return false
}

function toCustomer(template: MailTemplate, more: Partial<NewMail> = {}): NewMail {
  return { template, recipient: 'customer', ...more }
}

/** A mail to a trainer who is still there, wants it (where there is a choice), and did not do the thing themselves. */
function toTrainer(
  preparing: Preparing,
  userId: string,
  template: MailTemplate,
  preference: NotificationPreference | null,
  more: Partial<NewMail> = {},
): NewMail[] {
  const { actor } = preparing.event
  if (actor.kind === 'user' && actor.id === userId) return []
  if (!wants(preparing, userId, preference)) return []
  return [{ template, recipient: 'user', recipientUserId: userId, ...more }]
}

function wants({ members }: Preparing, userId: string, preference: NotificationPreference | null): boolean {
  const member = members.find(({ caller }) => caller.userId === userId)
  return member !== undefined && (preference === null || member.notificationPreferences[preference])
}

function isAwaitingConfirmation(booking: BookingRow | null): boolean {
  return booking?.status === 'pending_payment' && isMoneyReceived(booking)
}

/** Where the booking is confirmed by the same payment, its confirmation says everything. */
function aboutPayment(preparing: Preparing, trainerId: string): NewMail[] {
  if (!isAwaitingConfirmation(preparing.booking)) return []
  return [
    toCustomer('payment_received'),
    ...toTrainer(preparing, trainerId, 'trainer_payment_received', 'paymentReceived'),
  ]
}

function siblingOf({ event, trainingRequest }: Preparing, name: EventName) {
  return { trainingRequestId: trainingRequest.id, name, occurredAt: event.occurredAt }
}

/** Whether a canceled booking had come so far that its customer hears of the session, and not only of the request. */
async function isBookingWorthItsMail(preparing: Preparing, canceled: EventRow): Promise<boolean> {
  if (canceled.bookingId === null) return false
  if ('previousStatus' in canceled.payload && canceled.payload.previousStatus === 'confirmed') return true
  const booking = await getBooking(preparing.tx, preparing.scope, canceled.bookingId)
  // Money that was under way is worth one too, whatever became of it since: whoever paid is told that it goes back.
  return booking.paymentStatus !== 'unpaid' && booking.paymentStatus !== 'not_required'
}

async function nextSequence({ tx, scope, event }: Preparing): Promise<number | null> {
  if (event.bookingId === null) return null
  // A repeated job has written its mail already and must not count on.
  const isPrepared = (await listCalendarMails(tx, scope, event.bookingId)).some((mail) => mail.eventId === event.id)
  return isPrepared ? null : nextCalendarSequence(tx, scope, event.bookingId)
}

/** Until when a mail waits for the link to join that belongs into it. */
function joinLinkDeadline(now: Date): Date {
  return new Date(now.getTime() + JOIN_LINK_WAIT_SECONDS * 1000)
}

/**
 * Whether the remote session that belongs to the new time is still to be made. Until then the link that is there leads to
 * a session that will be ended, so it is set aside: no mail may carry it.
 */
async function isNewLinkAwaited({ tx, scope, event, booking }: Preparing): Promise<boolean> {
  if (booking === null || !isRemoteSessionMethod(booking.deliveryMethod)) return false
  const made = await findSideEffectOfEvent(tx, scope, { eventId: event.id, kind: 'remote_session' })
  if (made !== null && !['queued', 'running', 'retrying'].includes(made.state)) return false
  await setRemoteSessionAside(tx, scope, booking.id)
  return true
}

/**
 * A calendar that cannot be read flags every request of its trainer; one mail to each reader tells of them all. The
 * first event speaks for the outage.
 */
async function isOutageTold({ tx, scope, event, trainingRequest }: Preparing): Promise<boolean> {
  const trainerUserId = trainingRequest.claimedByUserId
  if (trainerUserId === null) return false
  const { calendarUnreadableSince } = await readAttentionFacts(tx, scope, trainingRequest.id)
  // Over by now: then of those that were flagged with it.
  const since = calendarUnreadableSince ?? event.occurredAt
  return hasEarlierCalendarAlarm(tx, scope, { event, trainerUserId, since })
}

/**
 * The remote session is there, or will not come by itself: the confirmation that waited for its link goes now. One that
 * went without it is followed by a mail with the link.
 */
async function letConfirmationGo(preparing: Preparing): Promise<void> {
  const { tx, deps, scope, event, now } = preparing
  if (event.bookingId === null) return
  await lockBooking(tx, scope, event.bookingId)
  const grounds = await findDeliveryGrounds(tx, scope, event.bookingId)
  if (grounds?.remoteSession == null || grounds.remoteSession.state === 'pending') return
  // After a move the latest of them speaks for the session; the link of an earlier one is over.
  const mail = (await listCalendarMails(tx, scope, event.bookingId))
    .filter(({ template }) => template === 'booking_confirmed' || template === 'booking_rescheduled')
    .at(-1)
  if (mail === undefined) return
  if (await releaseMail(tx, scope, mail.id)) await queueSendJobs(tx, [mail])
  await followWithJoinLink(tx, deps, scope, { mail, remoteSession: grounds.remoteSession, now })
}
