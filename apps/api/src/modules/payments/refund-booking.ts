import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES, decideRefund } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { isMoneyHeldByBank } from '../../domain/dispute.ts'
import { type Money, money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideRefundAmount, type RefundAmountRefusal } from '../../domain/refund.ts'
import { AppError } from '../../errors/app-error.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { lockMoneyOfBooking } from './counted-payment.ts'
import { listDisputesOfBooking } from './dispute-repository.ts'
import { requestRefund } from './request-refund.ts'

const AMOUNT_MESSAGES: Readonly<Record<RefundAmountRefusal, { pointer: string; message: string }>> = {
  not_positive: { pointer: '/amount/amount', message: 'Must be more than nothing.' },
  other_currency: { pointer: '/amount/currency', message: 'Must be the currency that the customer paid in.' },
  not_a_multiple: {
    pointer: '/amount/amount',
    message: 'Cannot be moved in this currency. Use steps of 10 of the smallest unit, or whole units.',
  },
}

const DISPUTED =
  'The customer’s bank is deciding on this payment and holds the money. Nothing can be refunded until it has decided.'

/**
 * An admin sends money of a booking back by hand: all of what was paid, or a part, up to what is not refunded or on its
 * way yet. The money is asked of the provider by the job that follows from the event, so the answer shows it as pending.
 *
 * Counted on the booking at once, under its lock, so that two who do it at the same moment never pay back more than came
 * in; the other keeper is `bookings_refund_within_paid`. `note` is read by the customer. Refuses `org_admin_required` to
 * its trainer, `not_found` to others, `invalid_state` (with `currentStatus`) while it is Pending Payment or a bank decides on a dispute,
 * `payment_not_completed` when nothing was paid, `refund_exceeds_paid` (with what is left), and `validation_failed` for an
 * amount that cannot be moved.
 */
export async function refundBooking(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: {
    scope: OrganizationScope
    caller: Caller
    bookingId: string
    amount: Money
    note?: string | undefined
  },
): Promise<void> {
  const { scope, caller, bookingId, amount } = input
  const seen = await getBooking(deps.db, scope, bookingId)
  // Whoever may not refund at all is told that first.
  refuseUnlessAllowed(caller, seen, await isHeldByBank(deps.db, scope, bookingId))
  const named = decideRefundAmount(amount, seen.currency)
  if (!named.allowed) throw new AppError('validation_failed', { errors: [AMOUNT_MESSAGES[named.reason]] })
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, seen.trainingRequestId)
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking === null) throw new AppError('not_found')
    refuseUnlessAllowed(caller, booking, await isHeldByBank(tx, scope, bookingId), amount.amount)
    const { counted } = await lockMoneyOfBooking(tx, scope, bookingId)
    if (counted === null) throw new Error('A booking that counts money as paid has the payment it came with.')
    const note = input.note ?? null
    const actor = actorOf(caller)
    const recorded = await recordOnBooking(tx, scope, {
      bookingId,
      statusIn: BOOKING_STATUSES,
      set: { refundedMinor: booking.refundedMinor + amount.amount },
      reason: note ?? 'refund_requested',
      actor,
      now,
      ids: deps.ids,
    })
    if (recorded === null) throw new Error('The booking whose row is locked is there.')
    await requestRefund(tx, deps, {
      scope,
      booking,
      paymentId: counted.id,
      amountMinor: amount.amount,
      currency: booking.currency,
      reason: 'refunded_by_admin',
      note,
      actor,
      now,
    })
  })
}

async function isHeldByBank(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<boolean> {
  return (await listDisputesOfBooking(db, scope, bookingId)).some(isMoneyHeldByBank)
}

function refuseUnlessAllowed(caller: Caller, booking: BookingRow, isHeldByBank: boolean, amountMinor?: number): void {
  const decision = decideRefund(caller, bookingStateOf(booking), { ...booking, isHeldByBank }, amountMinor)
  if (decision.allowed) return
  switch (decision.reason) {
    case 'invalid_state':
      throw new AppError('invalid_state', {
        currentStatus: booking.status,
        ...(isHeldByBank && booking.status !== 'pending_payment' ? { detail: DISPUTED } : {}),
      })
    case 'payment_not_completed':
      throw new AppError('payment_not_completed', { detail: 'Nothing was paid for this session.' })
    case 'refund_exceeds_paid':
      throw new AppError('refund_exceeds_paid', {
        refundable: money(booking.paidMinor - booking.refundedMinor, booking.currency),
      })
    default:
      throw new AppError(decision.reason)
  }
}
