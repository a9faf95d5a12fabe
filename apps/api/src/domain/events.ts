import type { AttentionReason } from './attention.ts'
import type { BookingEndReason, BookingStatus } from './booking.ts'
import type { RefundDecider } from './cancellation.ts'
import type { DisputeStatus } from './dispute.ts'
import type { IntegrationChange } from './integration.ts'
import type { RequestStatus } from './training-request.ts'

/**
 * Everything that the product can say has happened, in the past tense, with the kind of thing that it happened to: the
 * one list of event names (architecture.md, law 3). A command inserts an event in the transaction of its change; the
 * relay makes tasks, live updates, webhooks and audit rows of it.
 */
export const EVENTS = {
  user_signed_up: 'user',
  member_changed: 'user',
  settings_changed: 'organization',
  integration_changed: 'organization',

  request_submitted: 'request',
  request_renotified: 'request',
  request_claimed: 'request',
  request_released: 'request',
  request_assigned: 'request',
  request_updated: 'request',
  request_canceled: 'request',
  scheduling_link_sent: 'request',
  new_link_requested: 'request',
  times_requested: 'request',
  booking_mail_requested: 'request',
  customer_reminded: 'request',
  attention_raised: 'request',
  attention_cleared: 'request',

  booking_held: 'booking',
  booking_hold_replaced: 'booking',
  booking_hold_expired: 'booking',
  payment_processing: 'booking',
  payment_failed: 'booking',
  payment_received: 'booking',
  late_payment_honoured: 'booking',
  payment_not_honoured: 'booking',
  payment_confirmation_overdue: 'booking',
  booking_confirmed: 'booking',
  booking_rescheduled: 'booking',
  booking_canceled: 'booking',
  booking_completed: 'booking',
  booking_marked_no_show: 'booking',
  payment_refund_requested: 'booking',
  refund_changed: 'booking',
  payment_disputed: 'booking',
  dispute_closed: 'booking',
  payout_recorded: 'booking',
  side_effect_changed: 'booking',
  feedback_submitted: 'booking',
} as const satisfies Record<string, 'user' | 'organization' | 'request' | 'booking'>

export type EventName = keyof typeof EVENTS
export type EventResource = (typeof EVENTS)[EventName]

export const EVENT_NAMES = Object.keys(EVENTS) as EventName[]

/** In every payload: which request and booking it is about, and the status of the event's own resource afterwards. */
interface AboutNothing {
  readonly requestId: null
  readonly bookingId: null
  readonly status: null
}
interface AboutRequest {
  readonly requestId: string
  readonly bookingId: string | null
  readonly status: RequestStatus
}
interface AboutBooking {
  readonly requestId: string
  readonly bookingId: string
  readonly status: BookingStatus
}

/**
 * What each event carries: ids, statuses and reasons from lists only. Never a secret, a name, an address or free text:
 * handlers read those from their rows when they run, so that an erased customer is erased here too.
 */
export interface EventPayloads {
  user_signed_up: AboutNothing & { readonly userId: string }
  /** Role, skills or activity changed: open requests may appear for or vanish from this person. */
  member_changed: AboutNothing & { readonly userId: string }
  settings_changed: AboutNothing
  /** An account at a vendor was connected or disconnected, or its keys were changed. */
  integration_changed: AboutNothing & { readonly integrationId: string; readonly change: IntegrationChange }

  /** The mails to eligible trainers follow from this one event; `status` is `new` when nobody is eligible. */
  request_submitted: AboutRequest & { readonly formVersionId: string }
  request_renotified: AboutRequest
  request_claimed: AboutRequest & { readonly trainerId: string }
  request_released: AboutRequest & { readonly occasion: 'released' | 'taken_back'; readonly previousTrainerId: string }
  request_assigned: AboutRequest & { readonly trainerId: string; readonly previousTrainerId: string | null }
  request_updated: AboutRequest & { readonly trainerId: string | null }
  request_canceled: AboutRequest & { readonly trainerId: string | null; readonly previousStatus: RequestStatus }
  scheduling_link_sent: AboutRequest & {
    readonly trainerId: string
    readonly schedulingTokenId: string
    readonly resent: boolean
  }
  new_link_requested: AboutRequest & { readonly trainerId: string; readonly schedulingTokenId: string }
  times_requested: AboutRequest & { readonly trainerId: string; readonly schedulingTokenId: string }
  /** The customer wants the details of `bookingId` in a mail. */
  booking_mail_requested: AboutRequest
  customer_reminded: AboutRequest & { readonly schedulingTokenId: string }
  attention_raised: AboutRequest & { readonly reason: AttentionReason }
  attention_cleared: AboutRequest & { readonly reason: AttentionReason }

  booking_held: AboutBooking & { readonly trainerId: string }
  booking_hold_replaced: AboutBooking & { readonly trainerId: string; readonly reason: BookingEndReason }
  booking_hold_expired: AboutBooking & {
    readonly trainerId: string
    readonly reason: 'hold_ran_out' | 'delayed_payment_failed'
  }
  payment_processing: AboutBooking & { readonly trainerId: string }
  /** Money that was under way for a booking since canceled will not come; a reservation that waits for it ends instead. */
  payment_failed: AboutBooking & { readonly trainerId: string }
  payment_received: AboutBooking & { readonly trainerId: string; readonly paymentId: string }
  late_payment_honoured: AboutBooking & { readonly trainerId: string; readonly paymentId: string }
  /** Money arrived that cannot be used; its refund is `refundId`. */
  payment_not_honoured: AboutBooking & {
    readonly trainerId: string
    readonly paymentId: string
    readonly refundId: string
  }
  /** The trainer is told once more that a payment awaits their click. */
  payment_confirmation_overdue: AboutBooking & { readonly trainerId: string }
  booking_confirmed: AboutBooking & { readonly trainerId: string }
  booking_rescheduled: AboutBooking & { readonly trainerId: string; readonly movedBy: 'customer' | 'organization' }
  booking_canceled: AboutBooking & {
    readonly trainerId: string
    readonly previousStatus: BookingStatus
    readonly canceledBy: 'customer' | 'organization' | 'system'
    readonly reason: BookingEndReason
    /** The refund that this cancellation made; null: it sends nothing back. */
    readonly refundId: string | null
    readonly refundDecidedBy: RefundDecider
  }
  booking_completed: AboutBooking & { readonly trainerId: string }
  booking_marked_no_show: AboutBooking & { readonly trainerId: string }
  payment_refund_requested: AboutBooking & { readonly refundId: string }
  refund_changed: AboutBooking & {
    readonly refundId: string
    readonly refundStatus: 'pending' | 'succeeded' | 'failed'
  }
  /** The customer's bank asks for the money back. */
  payment_disputed: AboutBooking & { readonly paymentId: string; readonly disputeId: string }
  dispute_closed: AboutBooking & {
    readonly paymentId: string
    readonly disputeId: string
    readonly disputeStatus: DisputeStatus
  }
  payout_recorded: AboutBooking & { readonly trainerId: string; readonly payoutLineId: string }
  side_effect_changed: AboutBooking & { readonly trainerId: string; readonly sideEffectId: string }
  feedback_submitted: AboutBooking & { readonly trainerId: string }
}

export type EventPayload<Name extends EventName = EventName> = EventPayloads[Name]

/** One event as a command hands it to the outbox: a name with the payload that belongs to it. */
export type DomainEvent = {
  [Name in EventName]: { readonly name: Name; readonly payload: EventPayloads[Name] }
}[EventName]

/** What kind of thing an event happened to. */
export function eventResource(name: EventName): EventResource {
  return EVENTS[name]
}

/**
 * The id of the thing an event happened to, for the event's row: the request's, the booking's or the person's; null for
 * the organization itself.
 */
export function eventResourceId(event: DomainEvent): string | null {
  switch (EVENTS[event.name]) {
    case 'request':
      return event.payload.requestId
    case 'booking':
      return event.payload.bookingId
    case 'user':
      return 'userId' in event.payload ? event.payload.userId : null
    case 'organization':
      return null
  }
}
