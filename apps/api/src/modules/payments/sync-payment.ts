import { inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isMoneyReceived } from '../../domain/booking.ts'
import { type Actor, actorOf, SYSTEM } from '../../domain/caller.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  isRefundOfBooking,
  type PaymentOutcome,
  paymentOutcome,
  type RefundReason,
  type SlotState,
} from '../../domain/payment.ts'
import {
  type CheckoutSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking } from '../bookings/repository.ts'
import { getSettings } from '../organizations/repository.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { applyPaymentOutcome } from './apply-payment-outcome.ts'
import { hasNewerChoice } from './has-newer-choice.ts'
import { isTimeUntaken, lookAtCalendars } from './is-time-still-free.ts'
import { makeCheckout } from './make-checkout.ts'
import { type ReceivedEvent, recordReceivedEvent } from './received-events.ts'
import { lockRefundsOfBooking } from './refund-repository.ts'
import { findPayment, lockPaymentsOfBooking, type PaymentRow, updatePayment } from './repository.ts'

type SyncDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'config' | 'paymentGateways' | 'calendars'>

/** Ask, look at the calendar, close the checkout, ask again: more turns than these mean that the provider contradicts itself. */
const TURNS_MAX = 5

/**
 * Brings one attempt to be paid, its booking and its request to what the payment provider says: the only door through
 * which payment truth comes in (product.md §9).
 *
 * First the provider is asked, outside any transaction; then one transaction, under the locks of trainer, request,
 * booking and payment, does what `paymentOutcome` (domain/payment.ts) says and answers with it. Asked again, in whatever
 * order and however many at once, it answers `nothing` and changes nothing. Where a calendar has to be looked at or a
 * checkout closed first, that is done in between and the rule is asked afresh.
 *
 * `confirmFor`: who pressed Confirm Payment; null leaves it to the organization's setting. `receivedEvent`: the provider's
 * notice that led here, written down in the same transaction; when a twin was faster with it, nothing is left to do. Throws
 * {@link PaymentGatewayUnavailable} when the provider does not answer; then nothing has changed.
 */
export async function syncPayment(
  deps: SyncDeps,
  input: { scope: OrganizationScope; paymentId: string; confirmFor: Actor | null; receivedEvent?: ReceivedEvent },
): Promise<PaymentOutcome> {
  const { scope } = input
  const payment = await findPayment(deps.db, scope, input.paymentId)
  if (payment === null) throw new Error('There is no such payment.')
  const booking = await getBooking(deps.db, scope, payment.bookingId)
  let truth = await askProvider(deps, payment, booking)
  let calendars: SlotState | null = null
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const now = deps.clock.now()
    const step = await inTransaction(deps.db, (tx) =>
      settle(tx, deps, { ...input, payment, booking, truth, calendars, now }),
    )
    if (step.done) return step.outcome
    if (step.first === 'look_at_calendar') calendars = await lookAtCalendars(deps, scope, booking, now)
    else truth = await closeCheckout(deps, payment, truth.id)
  }
  throw new PaymentGatewayUnavailable('The provider says that a checkout is open which it has just closed.')
}

async function gatewayOf(deps: Pick<Deps, 'paymentGateways'>, payment: PaymentRow): Promise<PaymentGateway> {
  const gateway = await deps.paymentGateways.of(payment)
  if (gateway === null)
    throw new PaymentGatewayUnavailable(
      `The provider of this payment (${payment.provider}) cannot be asked: its keys are not known here.`,
    )
  return gateway
}

async function askProvider(deps: SyncDeps, payment: PaymentRow, booking: BookingRow): Promise<CheckoutSnapshot> {
  if (payment.providerCheckoutId === null) return finishMaking(deps, payment, booking)
  try {
    return await (await gatewayOf(deps, payment)).retrieveCheckout({
      organizationId: payment.organizationId,
      checkoutId: payment.providerCheckoutId,
    })
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return nothingThere(payment, booking)
    throw error
  }
}

/**
 * What became of a checkout whose making was begun, and whose id never got here: made again under the same key, which
 * finds the one that was made, or makes the one that was not; only looked for once it is too late to make it. One that was given up has no checkout: whoever pays needs the
 * address, and that is only given away after the checkout's id was stored.
 */
async function finishMaking(deps: SyncDeps, payment: PaymentRow, booking: BookingRow): Promise<CheckoutSnapshot> {
  if (payment.state !== 'creating') return nothingThere(payment, booking)
  const scope = scopeOfRow(payment)
  const made = await makeCheckout(deps, await gatewayOf(deps, payment), scope, { attempt: payment, booking })
  return made ?? nothingThere(payment, booking)
}

/** The provider knows of no such checkout, so it cannot be paid any more and never was. */
function nothingThere(payment: PaymentRow, booking: BookingRow): CheckoutSnapshot {
  return {
    id: payment.providerCheckoutId ?? '',
    url: null,
    status: 'expired',
    paymentStatus: 'unpaid',
    amount: money(payment.amountMinor, payment.currency),
    bookingId: booking.id,
    paymentId: null,
    expiresAt: payment.expiresAt,
  }
}

async function closeCheckout(deps: SyncDeps, payment: PaymentRow, checkoutId: string): Promise<CheckoutSnapshot> {
  return (await gatewayOf(deps, payment)).expireCheckout({
    organizationId: payment.organizationId,
    checkoutId,
  })
}

interface Settling {
  scope: OrganizationScope
  confirmFor: Actor | null
  receivedEvent?: ReceivedEvent
  payment: PaymentRow
  booking: BookingRow
  truth: CheckoutSnapshot
  /** Null: not looked at yet. */
  calendars: SlotState | null
  now: Date
}

type Settled =
  | { readonly done: true; readonly outcome: PaymentOutcome }
  | { readonly done: false; readonly first: 'look_at_calendar' | 'close_checkout' }

async function settle(tx: Tx, deps: SyncDeps, input: Settling): Promise<Settled> {
  const { scope, truth, now } = input
  await lockTrainer(tx, input.booking.trainerUserId)
  const trainingRequest = await lockTrainingRequest(tx, scope, input.booking.trainingRequestId)
  const booking = await lockBooking(tx, scope, input.booking.id)
  const attempts = await lockPaymentsOfBooking(tx, scope, input.booking.id)
  const payment = attempts.find((attempt) => attempt.id === input.payment.id)
  if (trainingRequest === null || booking === null || payment === undefined)
    throw new Error('A payment has its booking and its request.')
  const situation = await readSituation(tx, scope, { ...input, trainingRequest, booking, attempts, payment })
  const judge = (slot: SlotState) => paymentOutcome(truth, { ...situation, slot }, now)
  let outcome = judge('taken')
  // Only where it makes a difference is anybody's calendar looked at.
  if (judge('free').kind !== outcome.kind && (await isTimeUntaken(tx, scope, booking, now))) {
    if (input.calendars === null) return { done: false, first: 'look_at_calendar' }
    outcome = judge(input.calendars)
  }
  const mustClose = outcome.kind === 'close_checkout' || (outcome.kind === 'expire' && outcome.closeCheckout)
  if (mustClose) return { done: false, first: 'close_checkout' }
  const { receivedEvent } = input
  if (receivedEvent !== undefined && !(await recordReceivedEvent(tx, receivedEvent, deps.clock.unmoved())))
    return { done: true, outcome: { kind: 'nothing', reason: 'already_recorded' } }
  await notePayment(tx, scope, payment, outcome, truth, now)
  await applyPaymentOutcome(tx, deps, {
    scope,
    trainingRequest,
    booking,
    payment,
    outcome,
    captured: truth.amount,
    isRecorded: situation.recordedPaymentId !== null,
    actor: input.confirmFor ?? actorOf(SYSTEM),
    now,
  })
  return { done: true, outcome }
}

async function readSituation(
  tx: Tx,
  scope: OrganizationScope,
  input: Settling & {
    trainingRequest: TrainingRequestRow
    booking: BookingRow
    attempts: readonly PaymentRow[]
    payment: PaymentRow
  },
) {
  const { booking, payment, attempts, trainingRequest } = input
  const refunds = await lockRefundsOfBooking(tx, scope, booking.id)
  const isBeside = (paymentId: string) =>
    refunds.some((refund) => refund.paymentId === paymentId && !isRefundOfBooking(refund.reason as RefundReason))
  const recorded = attempts.find(
    (attempt) => attempt.state === 'paid' && attempt.providerPaymentId !== null && !isBeside(attempt.id),
  )
  return {
    booking: { ...bookingStateOf(booking), id: booking.id, price: money(booking.priceMinor, booking.currency) },
    requestStatus: trainingRequest.status,
    recordedPaymentId: recorded?.providerPaymentId ?? null,
    // Part of it sent back by hand leaves the rest the booking's; all of it would have ended the reservation.
    isRefundRecorded:
      refunds.some((refund) => refund.paymentId === payment.id) &&
      !(booking.status === 'pending_payment' && isMoneyReceived(booking) && recorded?.id === payment.id),
    hasNewerChoice: await hasNewerChoice(tx, scope, booking),
    confirm: input.confirmFor !== null || (await getSettings(tx, scope)).confirmAutomaticallyWhenPaid,
  }
}

/** What the attempt's own row keeps of the truth. Money once captured stays captured, whatever an older answer said. */
async function notePayment(
  tx: Tx,
  scope: OrganizationScope,
  payment: PaymentRow,
  outcome: PaymentOutcome,
  truth: CheckoutSnapshot,
  now: Date,
): Promise<void> {
  const isOurs = outcome.kind !== 'mismatch' || outcome.reason !== 'booking'
  if (payment.state === 'paid' || !isOurs) return updatePayment(tx, scope, payment.id, { syncedAt: now })
  const state = stateOf(truth)
  return updatePayment(tx, scope, payment.id, {
    state,
    syncedAt: now,
    ...(state === 'paid' ? { providerPaymentId: truth.paymentId, paidAt: now } : {}),
    // Asked about again, it has not ended again.
    ...(isEndedUnpaid(state) && !isEndedUnpaid(payment.state) ? { endedAt: now } : {}),
  })
}

function isEndedUnpaid(state: PaymentRow['state']): boolean {
  return state === 'expired' || state === 'failed'
}

function stateOf(truth: CheckoutSnapshot): PaymentRow['state'] {
  if (truth.paymentStatus === 'paid' || truth.paymentStatus === 'processing') return truth.paymentStatus
  if (truth.status === 'open') return 'open'
  return truth.paymentStatus === 'failed' ? 'failed' : 'expired'
}
