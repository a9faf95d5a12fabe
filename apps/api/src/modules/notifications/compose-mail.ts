import type { Deps } from '../../deps.ts'
import { isMoneyReceived } from '../../domain/booking.ts'
import { isWebAddress } from '../../domain/contact-details.ts'
import { isRemoteSessionMethod } from '../../domain/delivery.ts'
import { disputeReasonInWords } from '../../domain/dispute.ts'
import { money } from '../../domain/money.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import type { RefundReason } from '../../domain/payment.ts'
import { personalTimeZone } from '../../domain/personal-time-zone.ts'
import { isUnclaimed } from '../../domain/training-request.ts'
import type { OutgoingMail } from '../../platform/mailer.ts'
import { openCustomerUrl, openJoinUrl } from '../delivery/join-links.ts'
import type { MailGrounds } from './mail-grounds-repository.ts'
import { calendarObject } from './templates/calendar-object.ts'
import * as customer from './templates/customer-mails.ts'
import { type MailContent, oneLine, renderMail } from './templates/layout.ts'
import type { MailFacts, MailTemplate } from './templates/mail-facts.ts'
import * as staff from './templates/staff-mails.ts'

type ComposeDeps = Pick<Deps, 'secrets' | 'config'>

/** Secrets and files of a mail that lie outside its own rows. */
export interface MailExtras {
  /** The secret of the request's latest scheduling link, which shows the customer their booking. */
  bookingLinkSecret: string | null
  feedbackSecret: string | null
  /** An invitation to this booking has gone out, or may have. */
  wasInvited: boolean
}

/** Old news is no news: a mail about a request that somebody has claimed goes out only if it is this fresh. */
const NEWS_MS = 5 * 60_000

interface Kind {
  content: (facts: MailFacts) => MailContent
  /** Whether there is still a point in sending it, as things stand by now. */
  isDue: (grounds: MailGrounds, now: Date) => boolean
}

const always = () => true
const isConfirmed = ({ booking }: MailGrounds) => booking?.status === 'confirmed'
const isAwaitingConfirmation = ({ booking }: MailGrounds) =>
  booking?.status === 'pending_payment' && isMoneyReceived(booking)
const isPaymentFailed = ({ booking }: MailGrounds) =>
  booking?.status === 'expired' && booking.paymentStatus === 'failed'
const isHeldByReader = ({ mail, trainingRequest }: MailGrounds) =>
  trainingRequest.claimedByUserId === mail.recipientUserId
const isLinkAlive = ({ schedulingToken, trainingRequest }: MailGrounds, now: Date) =>
  schedulingToken !== null &&
  schedulingToken.endedAt === null &&
  now.getTime() < schedulingToken.expiresAt.getTime() &&
  trainingRequest.status !== 'canceled'

const KINDS: { readonly [Template in MailTemplate]: Kind } = {
  request_received: {
    content: customer.requestReceived,
    isDue: ({ trainingRequest }) => trainingRequest.status !== 'canceled',
  },
  scheduling_link: { content: customer.schedulingLink, isDue: isLinkAlive },
  scheduling_reminder: {
    content: customer.schedulingReminder,
    isDue: (grounds, now) => isLinkAlive(grounds, now) && grounds.trainingRequest.status === 'customer_scheduling',
  },
  payment_received: { content: customer.paymentReceived, isDue: isAwaitingConfirmation },
  booking_confirmed: { content: customer.bookingConfirmed, isDue: isConfirmed },
  join_link: { content: customer.joinLink, isDue: isConfirmed },
  booking_details: { content: customer.bookingDetails, isDue: ({ booking }) => booking !== null },
  booking_rescheduled: { content: customer.bookingRescheduled, isDue: isConfirmed },
  booking_canceled: { content: customer.bookingCanceled, isDue: always },
  request_canceled: { content: customer.requestCanceled, isDue: always },
  payment_failed: {
    content: customer.paymentFailed,
    isDue: (grounds) => isPaymentFailed(grounds) && grounds.trainingRequest.status === 'expired',
  },
  payment_not_honoured: { content: customer.paymentNotHonoured, isDue: always },
  refund_under_way: { content: customer.refundUnderWay, isDue: ({ refund }) => refund?.status === 'pending' },
  refund_made: { content: customer.refundMade, isDue: ({ refund }) => refund?.status === 'succeeded' },
  feedback_request: {
    content: customer.feedbackRequest,
    isDue: ({ booking, feedbackAt }) => booking?.status === 'completed' && feedbackAt === null,
  },

  new_request: {
    content: staff.newRequest,
    isDue: ({ mail, trainingRequest }, now) =>
      isUnclaimed(trainingRequest.status) ||
      (trainingRequest.status !== 'canceled' && now.getTime() < mail.createdAt.getTime() + NEWS_MS),
  },
  request_assigned: { content: staff.requestAssigned, isDue: isHeldByReader },
  request_taken_away: { content: staff.requestTakenAway, isDue: (grounds) => !isHeldByReader(grounds) },
  new_link_requested: { content: staff.newLinkRequested, isDue: isHeldByReader },
  times_requested: { content: staff.timesRequested, isDue: isHeldByReader },
  trainer_payment_received: { content: staff.trainerPaymentReceived, isDue: isAwaitingConfirmation },
  trainer_payment_overdue: { content: staff.trainerPaymentOverdue, isDue: isAwaitingConfirmation },
  trainer_payment_failed: { content: staff.trainerPaymentFailed, isDue: isPaymentFailed },
  trainer_booking_confirmed: { content: staff.trainerBookingConfirmed, isDue: isConfirmed },
  trainer_booking_rescheduled: { content: staff.trainerBookingRescheduled, isDue: isConfirmed },
  trainer_booking_canceled: { content: staff.trainerBookingCanceled, isDue: always },
  trainer_request_canceled: { content: staff.trainerRequestCanceled, isDue: always },

  attention_raised: { content: staff.attentionRaised, isDue: always },
  refund_failed: { content: staff.refundFailed, isDue: ({ refund }) => refund?.status === 'failed' },
  payment_disputed: { content: staff.paymentDisputed, isDue: ({ dispute }) => dispute?.status === 'open' },
  notifications_delayed: { content: staff.notificationsDelayed, isDue: always },
}

/**
 * Makes a mail from the state of now, ready to go; null when there is no point in it any more: its link was replaced, its
 * booking canceled, its reader has left the organization.
 *
 * `linkFollows`: it says that the link to join follows, because it is not there yet.
 */
export function composeMail(
  deps: ComposeDeps,
  grounds: MailGrounds,
  extras: MailExtras,
  now: Date,
): { mail: OutgoingMail; linkFollows: boolean } | null {
  const { mail } = grounds
  const kind = KINDS[mail.template]
  if (!kind.isDue(grounds, now)) return null
  if (mail.recipient === 'user' && (grounds.reader === null || grounds.readerStatus !== 'active')) return null
  const settings = resolveSettings(grounds.organization.settings)
  const facts = factsOf(deps, grounds, extras, now)
  const rendered = renderMail(facts.organization, kind.content(facts), facts.reader.locale)
  const calendar = calendarOf(deps, grounds, extras, facts, now)
  const { hostname } = new URL(deps.config.appUrl)
  return {
    linkFollows: facts.isJoinLinkToFollow,
    mail: {
      // The row's id, so that a repeat after a crash can be recognised as one.
      messageId: `<${mail.id}@${hostname}>`,
      from: { name: oneLine(settings.name), address: deps.config.mailFrom },
      replyTo: settings.supportEmail,
      to: recipientOf(grounds),
      ...rendered,
      ...(calendar === null ? {} : { calendar }),
      // RFC 3834: out-of-office programs leave it unanswered.
      headers: { 'Auto-Submitted': 'auto-generated' },
    },
  }
}

function recipientOf({ mail, reader, trainingRequest }: MailGrounds): OutgoingMail['to'] {
  return mail.recipient === 'user' && reader !== null
    ? { name: oneLine(`${reader.firstName} ${reader.lastName}`), address: reader.email }
    : { name: oneLine(trainingRequest.customerName), address: trainingRequest.customerEmail }
}

function readerOf(grounds: MailGrounds, organizationTimeZone: string): MailFacts['reader'] {
  const { mail, reader, trainingRequest, booking } = grounds
  if (mail.recipient === 'user' && reader !== null)
    return { timeZone: personalTimeZone(reader.timeZone, [organizationTimeZone]), locale: reader.locale }
  return {
    timeZone: booking?.customerTimeZone ?? trainingRequest.customerTimeZone ?? organizationTimeZone,
    locale: trainingRequest.customerLocale,
  }
}

function factsOf(deps: ComposeDeps, grounds: MailGrounds, extras: MailExtras, now: Date): MailFacts {
  const { booking, trainingRequest, trainer, refund, dispute, schedulingToken, event } = grounds
  const settings = resolveSettings(grounds.organization.settings)
  const { appUrl } = deps.config
  const joinUrl = joinUrlOf(deps, grounds)
  return {
    appUrl,
    organization: { ...settings, slug: grounds.organization.slug },
    reader: readerOf(grounds, settings.timeZone),
    trainingRequest: {
      id: trainingRequest.id,
      reference: trainingRequest.reference,
      formTitle: grounds.formTitle,
      sessionTypeName: grounds.sessionTypeName,
      category: trainingRequest.category,
      customer: {
        name: trainingRequest.customerName,
        email: trainingRequest.customerEmail,
        phone: trainingRequest.customerPhone,
      },
    },
    trainer: trainer && { firstName: trainer.firstName, name: `${trainer.firstName} ${trainer.lastName}` },
    booking: booking && {
      id: booking.id,
      sessionTypeName: grounds.bookedSessionTypeName ?? grounds.sessionTypeName,
      startAt: booking.startAt,
      endAt: booking.endAt,
      durationMinutes: booking.durationMinutes,
      price: money(booking.priceMinor, booking.currency),
      paid: money(booking.paidMinor, booking.currency),
      refunded: money(booking.refundedMinor, booking.currency),
      refundUnderWay: money(grounds.refundUnderWayMinor, booking.currency),
      isMoneyAwaited: booking.paymentStatus === 'processing',
      isOver: booking.endAt.getTime() <= now.getTime(),
      deliveryMethod: booking.deliveryMethod,
      deliveryDetails: booking.deliveryDetails,
      canceledBy: booking.canceledBy,
      isCustomerToPickAgain: 'reason' in event.payload && event.payload.reason === 'customer_picks_again',
    },
    schedulingLink: schedulingToken && {
      url: `${appUrl}/book/${deps.secrets.linkSecret('scheduling', schedulingToken)}`,
      expiresAt: schedulingToken.expiresAt,
      isAlive: isLinkAlive(grounds, now),
      timesMessage: schedulingToken.timesMessage,
    },
    joinUrl,
    isJoinLinkToFollow:
      booking !== null &&
      booking.status === 'confirmed' &&
      isRemoteSessionMethod(booking.deliveryMethod) &&
      joinUrl === null,
    bookingUrl: extras.bookingLinkSecret === null ? null : `${appUrl}/book/${extras.bookingLinkSecret}`,
    feedbackUrl: extras.feedbackSecret === null ? null : `${appUrl}/feedback/${extras.feedbackSecret}`,
    refund: refund && {
      amount: money(refund.amountMinor, refund.currency),
      status: refund.status,
      reason: refund.reason as RefundReason,
      note: refund.note,
      problem: refund.lastError,
    },
    refundDecidedBy: 'refundDecidedBy' in event.payload ? event.payload.refundDecidedBy : null,
    dispute: dispute && {
      amount: money(dispute.amountMinor, dispute.currency),
      isInquiry: dispute.isInquiry,
      reason: disputeReasonInWords(dispute.reason),
      respondBy: dispute.respondBy,
    },
    attentionReason:
      event.name === 'attention_raised' && 'reason' in event.payload
        ? (event.payload.reason as MailFacts['attentionReason'])
        : null,
  }
}

/** Where the customer joins: the remote session's link for them, a meeting's, or the one that the session type names. */
function joinUrlOf({ secrets }: ComposeDeps, grounds: MailGrounds): string | null {
  const { booking, remoteSession, calendarEvent } = grounds
  if (booking === null || booking.status !== 'confirmed') return null
  if (isRemoteSessionMethod(booking.deliveryMethod))
    return remoteSession?.state === 'ready' ? openCustomerUrl(secrets, remoteSession) : null
  const meeting = calendarEvent === null ? null : openJoinUrl(secrets, calendarEvent)
  const details = booking.deliveryDetails
  return meeting ?? (details !== null && isWebAddress(details) ? details : null)
}

function calendarOf(
  deps: ComposeDeps,
  grounds: MailGrounds,
  extras: MailExtras,
  facts: MailFacts,
  now: Date,
): NonNullable<OutgoingMail['calendar']> | null {
  const { mail } = grounds
  const { booking, organization, joinUrl } = facts
  if (mail.calendarSequence === null || booking === null) return null
  const method = mail.template === 'booking_canceled' ? ('CANCEL' as const) : ('REQUEST' as const)
  // Canceling what nobody was invited to would put a stranger's event into their calendar.
  if (method === 'CANCEL' && !extras.wasInvited) return null
  return {
    method,
    content: calendarObject({
      method,
      bookingId: booking.id,
      host: new URL(deps.config.appUrl).hostname,
      sequence: mail.calendarSequence,
      stampedAt: now,
      startAt: booking.startAt,
      endAt: booking.endAt,
      summary: `${booking.sessionTypeName} (${organization.name})`,
      description: [
        `${booking.sessionTypeName}, ${booking.durationMinutes} minutes`,
        ...(facts.trainer === null ? [] : [`With ${facts.trainer.firstName}`]),
        ...(joinUrl === null ? [] : [`Join: ${joinUrl}`]),
        ...(booking.deliveryDetails === null || booking.deliveryDetails === joinUrl ? [] : [booking.deliveryDetails]),
        `Reference: ${facts.trainingRequest.reference}`,
        `Questions: ${organization.supportEmail}`,
      ].join('\n'),
      location: joinUrl ?? booking.deliveryDetails ?? organization.name,
      url: joinUrl ?? facts.bookingUrl,
      organizer: { name: organization.name, address: deps.config.mailFrom },
      attendee: { name: grounds.trainingRequest.customerName, address: grounds.trainingRequest.customerEmail },
    }),
  }
}
