import type { AttentionReason } from '../../../domain/attention.ts'
import type { RefundDecider } from '../../../domain/cancellation.ts'
import type { DeliveryMethod } from '../../../domain/delivery.ts'
import type { Money } from '../../../domain/money.ts'
import type { RefundReason, RefundStatus } from '../../../domain/payment.ts'
import type { MailOrganization } from './layout.ts'

/** Every kind of mail that is sent. Customers' first, then trainers', then admins'. */
export const MAIL_TEMPLATES = [
  'request_received',
  'scheduling_link',
  'scheduling_reminder',
  'payment_received',
  'booking_confirmed',
  'join_link',
  'booking_details',
  'booking_rescheduled',
  'booking_canceled',
  'request_canceled',
  'payment_not_honoured',
  'payment_failed',
  'refund_under_way',
  'refund_made',
  'feedback_request',

  'new_request',
  'request_assigned',
  'request_taken_away',
  'new_link_requested',
  'times_requested',
  'trainer_payment_received',
  'trainer_payment_overdue',
  'trainer_payment_failed',
  'trainer_booking_confirmed',
  'trainer_booking_rescheduled',
  'trainer_booking_canceled',
  'trainer_request_canceled',

  'attention_raised',
  'refund_failed',
  'payment_disputed',
  'notifications_delayed',
] as const
export type MailTemplate = (typeof MAIL_TEMPLATES)[number]

/** What the templates may say, read when the mail is sent. Times are instants; the reader's zone and locale lie beside. */
export interface MailFacts {
  readonly appUrl: string
  readonly organization: MailOrganization & { readonly slug: string }
  readonly reader: { readonly timeZone: string; readonly locale: string }
  readonly trainingRequest: {
    readonly id: string
    readonly reference: string
    readonly formTitle: string
    readonly sessionTypeName: string
    readonly category: string | null
    readonly customer: { readonly name: string; readonly email: string; readonly phone: string | null }
  }
  readonly trainer: { readonly firstName: string; readonly name: string } | null
  readonly booking: {
    readonly id: string
    readonly sessionTypeName: string
    readonly startAt: Date
    readonly endAt: Date
    readonly durationMinutes: number
    readonly price: Money
    readonly paid: Money
    /** What has gone back and what is on its way. */
    readonly refunded: Money
    /** What of that is on its way. */
    readonly refundUnderWay: Money
    /** The customer's money has been under way since before the booking ended. */
    readonly isMoneyAwaited: boolean
    /** Its end has come. */
    readonly isOver: boolean
    readonly deliveryMethod: DeliveryMethod
    readonly deliveryDetails: string | null
    readonly canceledBy: 'customer' | 'organization' | 'system' | null
    readonly isCustomerToPickAgain: boolean
  } | null
  readonly schedulingLink: {
    readonly url: string
    readonly expiresAt: Date
    /** A time can still be chosen with it. */
    readonly isAlive: boolean
    readonly timesMessage: string | null
  } | null
  /** Where the customer joins; null: none, or not yet. */
  readonly joinUrl: string | null
  /** A remote session is being made whose link is not there yet. */
  readonly isJoinLinkToFollow: boolean
  readonly bookingUrl: string | null
  readonly feedbackUrl: string | null
  /** The refund that the mail's event names. */
  readonly refund: {
    readonly amount: Money
    readonly status: RefundStatus
    readonly reason: RefundReason
    /** What an admin wrote for the customer. */
    readonly note: string | null
    /** What went wrong with it, in words. */
    readonly problem: string | null
  } | null
  /** What decided how much goes back, where the mail is about a booking that has ended. */
  readonly refundDecidedBy: RefundDecider | null
  readonly dispute: {
    readonly amount: Money
    /** The bank only asks: no money has been taken. */
    readonly isInquiry: boolean
    /** What the customer's bank says it is about, in words. */
    readonly reason: string
    readonly respondBy: Date | null
  } | null
  readonly attentionReason: AttentionReason | null
}
