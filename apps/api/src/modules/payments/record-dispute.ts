import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { disputeStatusAfter } from '../../domain/dispute.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  type DisputeSnapshot,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { type BookingRow, getBooking, lockBooking } from '../bookings/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { insertDispute, lockDispute, updateDispute } from './dispute-repository.ts'
import { type ReceivedEvent, recordReceivedEvent } from './received-events.ts'
import { findPayment, type PaymentRow } from './repository.ts'

/**
 * A customer asks their bank for the money back: writes the dispute down beside its payment, from which the request's flag
 * and the admins' mail follow. Nothing is refunded by it: the organization answers at the provider, and the banks decide.
 *
 * The provider is asked how the dispute stands, so this may be called any number of times and in any order; what is
 * decided stays decided. `receivedEvent`: the notice that led to it, written down with its effect. Answers whether anything
 * changed. Throws {@link PaymentGatewayUnavailable} when the provider does not answer; then nothing has changed.
 */
export async function recordDispute(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>,
  input: {
    scope: OrganizationScope
    paymentId: string
    /** The provider's id. */
    disputeId: string
    receivedEvent?: ReceivedEvent | undefined
  },
): Promise<boolean> {
  const { scope, receivedEvent } = input
  const payment = await findPayment(deps.db, scope, input.paymentId)
  if (payment === null) throw new Error('There is no such payment.')
  const dispute = await askProvider(deps, payment, input.disputeId)
  return recordToldDispute(deps, { scope, payment, dispute, receivedEvent })
}

/**
 * The same for what the provider has just told in answer to a question; null: it knows of no such dispute, and only that
 * the notice was received is written down.
 */
export async function recordToldDispute(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: {
    scope: OrganizationScope
    payment: PaymentRow
    dispute: DisputeSnapshot | null
    receivedEvent?: ReceivedEvent | undefined
  },
): Promise<boolean> {
  const { scope, payment, dispute, receivedEvent } = input
  const { trainingRequestId } = await getBooking(deps.db, scope, payment.bookingId)
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, trainingRequestId)
    const booking = await lockBooking(tx, scope, payment.bookingId)
    if (booking === null) throw new Error('A payment has its booking.')
    if (receivedEvent !== undefined && !(await recordReceivedEvent(tx, receivedEvent, deps.clock.unmoved())))
      return false
    return dispute !== null && write(tx, deps, { scope, booking, payment, dispute, now })
  })
}

/** Null: the provider knows of no such dispute of this payment. */
async function askProvider(
  deps: Pick<Deps, 'paymentGateways'>,
  payment: PaymentRow,
  disputeId: string,
): Promise<DisputeSnapshot | null> {
  const gateway = await deps.paymentGateways.of(payment)
  if (gateway === null)
    throw new PaymentGatewayUnavailable(
      `The provider of this payment (${payment.provider}) cannot be asked: its keys are not known here.`,
    )
  try {
    const dispute = await gateway.retrieveDispute({ organizationId: payment.organizationId, disputeId })
    return dispute.paymentId === payment.providerPaymentId ? dispute : null
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return null
    throw error
  }
}

async function write(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    booking: BookingRow
    payment: PaymentRow
    dispute: DisputeSnapshot
    now: Date
  },
): Promise<boolean> {
  const { scope, booking, payment, dispute, now } = input
  const about = {
    requestId: booking.trainingRequestId,
    bookingId: booking.id,
    status: booking.status,
    paymentId: payment.id,
  }
  const event = { organizationId: scope.organizationId, actor: actorOf(SYSTEM), now }
  const known = await lockDispute(tx, scope, dispute.id)
  const facts = { amountMinor: dispute.amount.amount, reason: dispute.reason, respondBy: dispute.respondBy }
  const { isInquiry } = dispute
  if (known === null) {
    const disputeId = deps.ids.next()
    const isNew = await insertDispute(tx, scope, {
      id: disputeId,
      bookingId: booking.id,
      paymentId: payment.id,
      providerDisputeId: dispute.id,
      currency: dispute.amount.currency,
      status: dispute.status,
      isInquiry,
      createdAt: now,
      closedAt: dispute.status === 'open' ? null : now,
      ...facts,
    })
    if (isNew)
      await appendEvent(tx, deps, { ...event, event: { name: 'payment_disputed', payload: { ...about, disputeId } } })
    return isNew
  }
  const status = disputeStatusAfter(known.status, dispute.status)
  const isClosed = status !== known.status
  // Once the bank has taken the money it asks no more, whatever an older answer said.
  const isTaken = known.isInquiry && !isInquiry
  await updateDispute(tx, scope, known.id, {
    ...facts,
    status,
    isInquiry: known.isInquiry && isInquiry,
    closedAt: isClosed ? now : known.closedAt,
  })
  if (isTaken && status === 'open')
    await appendEvent(tx, deps, {
      ...event,
      event: { name: 'payment_disputed', payload: { ...about, disputeId: known.id } },
    })
  if (isClosed)
    await appendEvent(tx, deps, {
      ...event,
      event: { name: 'dispute_closed', payload: { ...about, disputeId: known.id, disputeStatus: status } },
    })
  return isClosed || isTaken
}
