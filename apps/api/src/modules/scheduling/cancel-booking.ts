import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { decideCancelBooking } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { decideCancellationRefund, type RefundPreview } from '../../domain/cancellation.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { Money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideRefundAmount } from '../../domain/refund.ts'
import { linkExpiresAt } from '../../domain/scheduling-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking } from '../bookings/repository.ts'
import { getSettings } from '../organizations/repository.ts'
import { hasPayableCheckout } from '../payments/checkout-attempts.ts'
import { endPaidBooking } from '../payments/end-paid-booking.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { lockTrainingRequest, type SteppedTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'
import { refundGroundsOf } from './refund-grounds.ts'
import { insertSchedulingToken } from './repository.ts'
import { stopPaying } from './stop-paying.ts'

type CancelDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'calendars' | 'config'>

interface CancelBookingInput {
  scope: OrganizationScope
  caller: Caller
  bookingId: string
  reason?: string | undefined
  /** The customer asked for it: the policy that they booked under decides what goes back. */
  onBehalfOfCustomer?: boolean | undefined
  refundAmount?: Money | undefined
  /** The request stays open and its customer gets a fresh link. */
  letCustomerPickAgain?: boolean | undefined
}

/** What was read changes while the payment provider is asked: looked at again so many times before giving up. */
const TRIES = 3

/**
 * Cancels a session, by its trainer or an admin: the time is free again, the money goes back as product.md §12 says, and
 * the request is canceled with it, or goes back to its customer with a fresh link. Mails, the calendar's event and the
 * remote session follow from the events.
 *
 * An unpaid hold's checkout is closed at the provider first. Canceling again does nothing. Refuses `invalid_state` (with
 * `currentStatus`) once it is over, `not_found` to other trainers, `org_admin_required` to a trainer who chooses the
 * refund, `refund_exceeds_paid` and `payment_mismatch` for an amount that cannot be, and `payment_provider_unavailable`
 * while nobody can say whether the customer has paid. Whoever picks again gets everything back, so an amount or the policy
 * together with that is `validation_failed`. Never inside a transaction.
 */
export async function cancelBooking(deps: CancelDeps, input: CancelBookingInput): Promise<void> {
  if (input.letCustomerPickAgain === true && (input.onBehalfOfCustomer === true || input.refundAmount !== undefined)) {
    const message = 'A customer who picks again gets everything back. Leave the refund out, or cancel for good.'
    throw new AppError('validation_failed', { errors: [{ pointer: '/letCustomerPickAgain', message }] })
  }
  if (input.refundAmount !== undefined && input.refundAmount.amount > 0) {
    const named = decideRefundAmount(input.refundAmount, input.refundAmount.currency)
    const message = 'Cannot be moved in this currency. Use steps of 10 of the smallest unit, or whole units.'
    if (!named.allowed)
      throw new AppError('validation_failed', { errors: [{ pointer: '/refundAmount/amount', message }] })
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    const now = deps.clock.now()
    const booking = await getBooking(deps.db, input.scope, input.bookingId)
    if (isOver(input, booking, now)) return
    refundOf(input, booking, now)
    await stopPaying(deps, input.scope, booking)
    const isDone = await inTransaction(deps.db, (tx) => close(tx, deps, input, booking))
    if (isDone) return
  }
  throw new AppError('service_unavailable')
}

/** Whether it is canceled already; throws what the caller is refused. */
function isOver(input: CancelBookingInput, booking: BookingRow, now: Date): boolean {
  // The organization's side never needs the customer's rights.
  const decision = decideCancelBooking(input.caller, bookingStateOf(booking), { customerMayCancel: false }, now)
  if (!decision.allowed)
    throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
  return isAlreadyHeld(decision)
}

function refundOf(input: CancelBookingInput, booking: BookingRow, now: Date): RefundPreview {
  const decision = decideCancellationRefund(input.caller, {
    ...refundGroundsOf(booking, now),
    onBehalfOfCustomer: input.onBehalfOfCustomer ?? false,
    chosen: input.refundAmount ?? null,
  })
  if (!decision.allowed)
    throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
  return decision.preview
}

/** Answers false when things are no longer as they were read. */
async function close(tx: Tx, deps: CancelDeps, input: CancelBookingInput, seen: BookingRow): Promise<boolean> {
  const { scope, caller } = input
  const { trainingRequestId } = seen
  const now = deps.clock.now()
  const actor = actorOf(caller)
  const words = input.reason ?? null
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  const booking = await lockBooking(tx, scope, seen.id)
  if (trainingRequest === null || booking === null) throw new AppError('not_found')
  if (isOver(input, booking, now)) return true
  if (booking.paymentStatus === 'unpaid' && (await hasPayableCheckout(tx, scope, booking.id))) return false
  const isPickedAgain = input.letCustomerPickAgain ?? false
  const reason = isPickedAgain
    ? 'customer_picks_again'
    : input.onBehalfOfCustomer === true
      ? 'canceled_by_customer'
      : 'canceled_by_organization'
  const ended = await endPaidBooking(tx, deps, {
    scope,
    booking,
    endReason: reason,
    words,
    canceledBy: reason === 'canceled_by_customer' ? 'customer' : 'organization',
    refund: refundOf(input, booking, now),
    refundReason: reason,
    actor,
    now,
  })
  if (ended === null) return false
  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId,
    occasion: isPickedAgain ? 'customer_picks_again' : 'booking_canceled',
    actor,
    reason: words,
    now,
    ids: deps.ids,
  })
  if (stepped === null) throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
  if (isPickedAgain) await sendFreshLink(tx, deps, input, { booking, stepped, now })
  else await closeRequest(tx, deps, input, { booking, stepped, now })
  return true
}

interface Closing {
  booking: BookingRow
  stepped: SteppedTrainingRequest
  now: Date
}

async function sendFreshLink(
  tx: Tx,
  deps: CancelDeps,
  { scope, caller }: CancelBookingInput,
  { booking, stepped, now }: Closing,
): Promise<void> {
  const { trainingRequestId, trainerUserId } = booking
  await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'replaced', now })
  const { schedulingLinkLifetimeHours } = await getSettings(tx, scope)
  const token = await insertSchedulingToken(tx, deps, scope, {
    trainingRequestId,
    trainerUserId,
    sentAt: now,
    expiresAt: linkExpiresAt(now, schedulingLinkLifetimeHours),
  })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(caller),
    now,
    event: {
      name: 'scheduling_link_sent',
      payload: {
        requestId: trainingRequestId,
        bookingId: null,
        status: stepped.status,
        trainerId: trainerUserId,
        schedulingTokenId: token.id,
        resent: true,
      },
    },
  })
}

async function closeRequest(
  tx: Tx,
  deps: CancelDeps,
  { scope, caller }: CancelBookingInput,
  { booking, stepped, now }: Closing,
): Promise<void> {
  const { trainingRequestId } = booking
  await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'revoked', now })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(caller),
    now,
    event: {
      name: 'request_canceled',
      payload: {
        requestId: trainingRequestId,
        bookingId: booking.id,
        status: stepped.status,
        trainerId: stepped.claimedByUserId,
        previousStatus: stepped.fromStatus,
      },
    },
  })
}
