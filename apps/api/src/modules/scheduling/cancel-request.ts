import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { refundDue } from '../../domain/cancellation.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideCancelRequest } from '../../domain/training-request.ts'
import { AppError } from '../../errors/app-error.ts'
import { findBookingOfRequest, lockBooking } from '../bookings/repository.ts'
import { hasPayableCheckout } from '../payments/checkout-attempts.ts'
import { endPaidBooking } from '../payments/end-paid-booking.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import {
  findTrainingRequest,
  lockTrainingRequest,
  requestStateOf,
  stepTrainingRequest,
} from '../requests/repository.ts'
import { refundGroundsOf } from './refund-grounds.ts'
import { stopPaying } from './stop-paying.ts'

type CancelDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'calendars' | 'config'>

interface CancelInput {
  scope: OrganizationScope
  caller: Caller
  trainingRequestId: string
  reason?: string | undefined
}

/** What was read changes while the payment provider is asked: looked at again so many times before giving up. */
const TRIES = 3

/**
 * Closes a request for good, with its scheduling link and with whatever is booked or being paid.
 *
 * An unpaid hold's checkout is closed at the provider first; where the customer turns out to have paid, and for a paid or
 * confirmed booking, everything goes back (product.md §12). The customer is mailed from the events. Canceling again does
 * nothing. Refuses `invalid_state` (with `currentStatus`) once it is completed, `not_found` to other trainers, and
 * `payment_provider_unavailable` while nobody can say whether the customer has paid. Never inside a transaction.
 */
export async function cancelRequest(deps: CancelDeps, input: CancelInput): Promise<void> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const trainingRequest = await findTrainingRequest(deps.db, input.scope, input.trainingRequestId)
    if (trainingRequest === null) throw new AppError('not_found')
    if (isOver(input, trainingRequest)) return
    const booking = await findBookingOfRequest(deps.db, input.scope, input.trainingRequestId)
    if (booking !== null) await stopPaying(deps, input.scope, booking)
    const isDone = await inTransaction(deps.db, (tx) => close(tx, deps, input))
    if (isDone) return
  }
  throw new AppError('service_unavailable')
}

/** Whether it is canceled already; throws what the caller is refused. */
function isOver(input: CancelInput, trainingRequest: Parameters<typeof requestStateOf>[0]): boolean {
  const decision = decideCancelRequest(input.caller, requestStateOf(trainingRequest))
  if (!decision.allowed)
    throw new AppError(
      decision.reason,
      decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
    )
  return isAlreadyHeld(decision)
}

/** Answers false when things are no longer as they were read. */
async function close(tx: Tx, deps: CancelDeps, input: CancelInput): Promise<boolean> {
  const { scope, caller, trainingRequestId } = input
  const now = deps.clock.now()
  const actor = actorOf(caller)
  const words = input.reason ?? null
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  if (trainingRequest === null) throw new AppError('not_found')
  if (isOver(input, trainingRequest)) return true
  const current = await findBookingOfRequest(tx, scope, trainingRequestId)
  const booking = current === null ? null : await lockBooking(tx, scope, current.id)
  const isOpen = booking !== null && (booking.status === 'pending_payment' || booking.status === 'confirmed')
  if (isOpen) {
    if (booking.paymentStatus === 'unpaid' && (await hasPayableCheckout(tx, scope, booking.id))) return false
    const refund = refundDue({ ...refundGroundsOf(booking, now), side: 'organization' })
    const ended = await endPaidBooking(tx, deps, {
      scope,
      booking,
      endReason: 'request_canceled',
      words,
      canceledBy: 'organization',
      refund,
      refundReason: 'canceled_by_organization',
      actor,
      now,
    })
    if (ended === null) return false
  }
  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId,
    occasion: 'request_canceled',
    actor,
    reason: words,
    now,
    ids: deps.ids,
  })
  if (stepped === null) throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
  await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'revoked', now })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'request_canceled',
      payload: {
        requestId: trainingRequestId,
        bookingId: isOpen ? booking.id : null,
        status: stepped.status,
        trainerId: stepped.claimedByUserId,
        previousStatus: stepped.fromStatus,
      },
    },
  })
  return true
}
