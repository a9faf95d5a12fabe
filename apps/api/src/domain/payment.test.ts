import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BOOKING_STATUSES, type BookingState } from './booking.ts'
import {
  type CheckoutTruth,
  confirmPaymentRefusal,
  isConfirmationDue,
  isPaymentNotHonoured,
  type PaymentOutcome,
  type PaymentSituation,
  paymentOutcome,
  REFUND_REASONS,
  type SlotState,
} from './payment.ts'
import type { RequestStatus } from './training-request.ts'

const deadline = new Date('2026-05-01T11:00:00Z')
const startAt = new Date('2026-05-03T10:00:00Z')
const running = new Date(deadline.getTime() - 1)
const USD = (amount: number) => ({ amount, currency: 'USD' })

function truth(paymentStatus: CheckoutTruth['paymentStatus'], changes: Partial<CheckoutTruth> = {}): CheckoutTruth {
  const status = paymentStatus === 'unpaid' ? 'open' : 'complete'
  return {
    status,
    paymentStatus,
    amount: USD(5000),
    bookingId: 'b1',
    paymentId: paymentStatus === 'paid' ? 'pay1' : null,
    ...changes,
  }
}
type Changes = Partial<Omit<PaymentSituation, 'booking'>> & { booking?: Partial<PaymentSituation['booking']> }
const REQUEST_OF: Record<BookingState['status'], RequestStatus> = {
  pending_payment: 'pending_payment',
  confirmed: 'confirmed',
  completed: 'completed',
  no_show: 'completed',
  canceled: 'canceled',
  expired: 'expired',
}
function situation(changes: Changes = {}): PaymentSituation {
  const status = changes.booking?.status ?? 'pending_payment'
  const booking = {
    id: 'b1',
    price: USD(5000),
    status,
    paymentStatus: 'unpaid' as const,
    trainerId: 'tina',
    startAt,
    endAt: new Date('2026-05-03T11:00:00Z'),
    holdExpiresAt: deadline,
    completedAt: null,
  }
  return {
    requestStatus: REQUEST_OF[status],
    recordedPaymentId: null,
    isRefundRecorded: false,
    hasNewerChoice: false,
    slot: 'free',
    confirm: false,
    ...changes,
    booking: { ...booking, ...changes.booking },
  }
}
const nothing = (reason: string) => ({ kind: 'nothing', reason })
const refund = (reason: string) => ({ kind: 'refund', reason })
const paidPending = { paymentStatus: 'paid', holdExpiresAt: null } as const
const processing = { paymentStatus: 'processing', holdExpiresAt: null } as const

const TABLE: readonly [string, CheckoutTruth, Changes, Date, object][] = [
  // Paid in time.
  ['paid within the hold', truth('paid'), {}, running, { kind: 'record_paid' }],
  ['paid within the hold, to be confirmed', truth('paid'), { confirm: true }, running, { kind: 'confirm' }],
  ['paid after it was processing', truth('paid'), { booking: processing }, deadline, { kind: 'record_paid' }],
  [
    'paid after it was processing, a millisecond before the start',
    truth('paid'),
    { booking: processing },
    new Date(startAt.getTime() - 1),
    { kind: 'confirm' },
  ],
  [
    'paid after it was processing, at the start',
    truth('paid'),
    { booking: processing, confirm: true },
    startAt,
    refund('session_started'),
  ],
  [
    'paid before the start, to be confirmed after it',
    truth('paid'),
    { booking: paidPending, recordedPaymentId: 'pay1', confirm: true },
    startAt,
    { kind: 'confirm' },
  ],
  [
    'heard of again',
    truth('paid'),
    { booking: paidPending, recordedPaymentId: 'pay1' },
    running,
    nothing('already_recorded'),
  ],
  [
    'recorded before, now to be confirmed',
    truth('paid'),
    { booking: paidPending, recordedPaymentId: 'pay1', confirm: true },
    running,
    { kind: 'confirm' },
  ],
  [
    'heard of again after the confirmation',
    truth('paid'),
    { booking: { status: 'confirmed', ...paidPending }, recordedPaymentId: 'pay1', confirm: true },
    running,
    nothing('already_recorded'),
  ],
  [
    'heard of again after the session',
    truth('paid'),
    { booking: { status: 'completed', ...paidPending }, recordedPaymentId: 'pay1' },
    startAt,
    nothing('already_recorded'),
  ],
  [
    'heard of again after a cancellation without refund',
    truth('paid'),
    { booking: { status: 'canceled', ...paidPending }, recordedPaymentId: 'pay1' },
    running,
    nothing('already_recorded'),
  ],
  // Paid late.
  [
    'late, slot free',
    truth('paid'),
    { booking: { status: 'expired' } },
    deadline,
    { kind: 'honour_late', confirm: false },
  ],
  [
    'late, slot free, to be confirmed',
    truth('paid'),
    { booking: { status: 'expired' }, confirm: true },
    deadline,
    { kind: 'honour_late', confirm: true },
  ],
  [
    'late, slot taken',
    truth('paid'),
    { booking: { status: 'expired' }, slot: 'taken' },
    deadline,
    refund('slot_taken'),
  ],
  [
    'late, slot unknown',
    truth('paid'),
    { booking: { status: 'expired' }, slot: 'unknown' },
    deadline,
    refund('slot_unknown'),
  ],
  ['late, not yet swept, slot free', truth('paid'), {}, deadline, { kind: 'honour_late', confirm: false }],
  ['late, not yet swept, slot taken', truth('paid'), { slot: 'taken' }, deadline, refund('slot_taken')],
  [
    'late, a newer link exists',
    truth('paid'),
    { booking: { status: 'expired' }, hasNewerChoice: true },
    deadline,
    refund('replaced'),
  ],
  [
    'late, the request moved on',
    truth('paid'),
    { booking: { status: 'expired' }, requestStatus: 'customer_scheduling' },
    deadline,
    refund('replaced'),
  ],
  [
    'late, the request was released',
    truth('paid'),
    { booking: { status: 'expired' }, requestStatus: 'trainers_notified' },
    deadline,
    refund('replaced'),
  ],
  [
    'late, the request was canceled',
    truth('paid'),
    { booking: { status: 'expired' }, requestStatus: 'canceled' },
    deadline,
    refund('request_canceled'),
  ],
  [
    'late, a millisecond before the start',
    truth('paid'),
    { booking: { status: 'expired' } },
    new Date(startAt.getTime() - 1),
    { kind: 'honour_late', confirm: true },
  ],
  ['late, at the start', truth('paid'), { booking: { status: 'expired' } }, startAt, refund('session_started')],
  // Paid for what is over, paid twice, paid wrongly.
  [
    'paid for a canceled request',
    truth('paid'),
    { booking: { status: 'canceled' } },
    running,
    refund('request_canceled'),
  ],
  [
    'paid for a slot since changed',
    truth('paid'),
    { booking: { status: 'canceled' }, requestStatus: 'pending_payment', hasNewerChoice: true },
    running,
    refund('replaced'),
  ],
  [
    'paid for a canceled booking',
    truth('paid'),
    { booking: { status: 'canceled' }, requestStatus: 'customer_scheduling' },
    running,
    refund('booking_canceled'),
  ],
  [
    'paid twice',
    truth('paid', { paymentId: 'pay2' }),
    { booking: { status: 'confirmed', ...paidPending }, recordedPaymentId: 'pay1' },
    running,
    refund('paid_twice'),
  ],
  [
    'paid twice while unconfirmed, though Confirm Payment was pressed',
    truth('paid', { paymentId: 'pay2' }),
    { booking: paidPending, recordedPaymentId: 'pay1', confirm: true },
    running,
    refund('paid_twice'),
  ],
  [
    'paid for a free session',
    truth('paid'),
    { booking: { status: 'confirmed', paymentStatus: 'not_required' } },
    running,
    refund('not_due'),
  ],
  [
    'too little',
    truth('paid', { amount: USD(4999) }),
    { confirm: true },
    running,
    { kind: 'mismatch', reason: 'amount', refund: 'amount_mismatch' },
  ],
  [
    'the wrong currency',
    truth('paid', { amount: { amount: 5000, currency: 'EUR' } }),
    {},
    running,
    { kind: 'mismatch', reason: 'currency', refund: 'currency_mismatch' },
  ],
  [
    'too much, under way',
    truth('processing', { amount: USD(5001) }),
    {},
    running,
    { kind: 'mismatch', reason: 'amount', refund: null },
  ],
  [
    'another booking’s checkout',
    truth('paid', { bookingId: 'b2' }),
    { confirm: true },
    running,
    { kind: 'mismatch', reason: 'booking', refund: null },
  ],
  [
    'sent back already',
    truth('paid', { amount: USD(4999) }),
    { isRefundRecorded: true },
    running,
    nothing('already_refunded'),
  ],
  [
    'sent back already, and the hold has lapsed',
    truth('paid', { amount: USD(4999) }),
    { isRefundRecorded: true },
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: false },
  ],
  [
    'another booking’s checkout, and the hold has lapsed',
    truth('unpaid', { bookingId: 'b2' }),
    {},
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: false },
  ],
  // Under way.
  ['processing within the hold', truth('processing'), {}, running, { kind: 'record_processing' }],
  ['processing, heard of after the hold', truth('processing'), {}, deadline, { kind: 'record_processing' }],
  [
    'processing, heard of after the hold, slot taken',
    truth('processing'),
    { slot: 'taken' },
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: false },
  ],
  [
    'processing, heard of at the start',
    truth('processing'),
    {},
    startAt,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: false },
  ],
  ['processing again', truth('processing'), { booking: processing }, deadline, nothing('processing')],
  [
    'processing, heard of after paid',
    truth('processing'),
    { booking: paidPending, recordedPaymentId: 'pay1' },
    running,
    nothing('already_recorded'),
  ],
  [
    'processing for an expired booking',
    truth('processing'),
    { booking: { status: 'expired' } },
    deadline,
    nothing('processing'),
  ],
  // Failed.
  [
    'a delayed payment failed',
    truth('failed'),
    { booking: processing },
    deadline,
    { kind: 'expire', reason: 'delayed_payment_failed', closeCheckout: false },
  ],
  [
    'a delayed payment failed before we heard of it',
    truth('failed'),
    {},
    running,
    { kind: 'expire', reason: 'delayed_payment_failed', closeCheckout: false },
  ],
  ['a card was declined', truth('failed', { status: 'open' }), {}, running, nothing('declined')],
  [
    'a card was declined and the hold has lapsed',
    truth('failed', { status: 'open' }),
    {},
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: true },
  ],
  [
    'failed, after we saw it paid',
    truth('failed'),
    { booking: paidPending, recordedPaymentId: 'pay1' },
    running,
    nothing('already_recorded'),
  ],
  [
    'failed for an expired booking',
    truth('failed'),
    { booking: { status: 'expired' } },
    deadline,
    nothing('already_ended'),
  ],
  [
    'failed for a booking that was canceled while the money was under way',
    truth('failed'),
    { booking: { status: 'canceled', ...processing } },
    deadline,
    { kind: 'record_failed' },
  ],
  [
    'failed for that booking, heard of again',
    truth('failed'),
    { booking: { status: 'canceled', paymentStatus: 'failed', holdExpiresAt: null } },
    deadline,
    nothing('already_ended'),
  ],
  // Not paid.
  ['not paid, the hold runs', truth('unpaid'), {}, running, nothing('not_paid')],
  ['not paid, though Confirm Payment was pressed', truth('unpaid'), { confirm: true }, running, nothing('not_paid')],
  [
    'not paid at the deadline',
    truth('unpaid'),
    {},
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: true },
  ],
  [
    'not paid at the deadline, the checkout closed',
    truth('unpaid', { status: 'expired' }),
    {},
    deadline,
    { kind: 'expire', reason: 'hold_ran_out', closeCheckout: false },
  ],
  ['the checkout closed before the hold', truth('unpaid', { status: 'expired' }), {}, running, nothing('not_paid')],
  [
    'an old answer after we saw it paid',
    truth('unpaid'),
    { booking: paidPending, recordedPaymentId: 'pay1' },
    running,
    nothing('already_recorded'),
  ],
  [
    'a canceled booking whose checkout is open',
    truth('unpaid'),
    { booking: { status: 'canceled' } },
    running,
    { kind: 'close_checkout' },
  ],
  [
    'an expired booking whose checkout is closed',
    truth('unpaid', { status: 'expired' }),
    { booking: { status: 'expired' } },
    deadline,
    nothing('already_ended'),
  ],
]

describe('what must happen when the provider says', () => {
  it.each(TABLE)('%s', (_name, checkout, changes, now, expected) => {
    expect(paymentOutcome(checkout, situation(changes), now)).toEqual(expected)
  })
})

describe('confirming by itself', () => {
  it('happens from an hour before the start', () => {
    const due = new Date(startAt.getTime() - 3_600_000)
    expect(isConfirmationDue(false, startAt, new Date(due.getTime() - 1))).toBe(false)
    expect(isConfirmationDue(false, startAt, due)).toBe(true)
    expect(isConfirmationDue(true, startAt, new Date(0))).toBe(true)
    expect(paymentOutcome(truth('paid'), situation({ booking: processing }), due)).toEqual({ kind: 'confirm' })
  })
})

describe('what Confirm Payment answers', () => {
  it.each([
    [{ kind: 'confirm' }, null],
    [{ kind: 'honour_late', confirm: true }, null],
    [{ kind: 'honour_late', confirm: false }, 'payment_not_completed'],
    [{ kind: 'nothing', reason: 'not_paid' }, 'payment_not_completed'],
    [{ kind: 'nothing', reason: 'declined' }, 'payment_not_completed'],
    [{ kind: 'nothing', reason: 'processing' }, 'payment_not_completed'],
    [{ kind: 'nothing', reason: 'already_refunded' }, 'invalid_state'],
    [{ kind: 'nothing', reason: 'already_ended' }, 'invalid_state'],
    [{ kind: 'record_processing' }, 'payment_not_completed'],
    [{ kind: 'record_failed' }, 'invalid_state'],
    [{ kind: 'expire', reason: 'hold_ran_out', closeCheckout: true }, 'payment_not_completed'],
    [{ kind: 'close_checkout' }, 'payment_not_completed'],
    [{ kind: 'mismatch', reason: 'amount', refund: 'amount_mismatch' }, 'payment_mismatch'],
    [{ kind: 'mismatch', reason: 'booking', refund: null }, 'payment_mismatch'],
    [{ kind: 'refund', reason: 'slot_taken' }, 'invalid_state'],
  ] as [PaymentOutcome, string | null][])('%j: %s', (outcome, expected) => {
    expect(confirmPaymentRefusal(outcome)).toBe(expected)
  })
})

describe('whatever the order', () => {
  /** Carries an outcome out the way the use case does, on the state alone. */
  function carryOut(outcome: PaymentOutcome, before: PaymentSituation, checkout: CheckoutTruth): PaymentSituation {
    const change = (booking: Partial<PaymentSituation['booking']>, rest: Partial<PaymentSituation> = {}) => ({
      ...before,
      ...rest,
      booking: { ...before.booking, ...booking },
    })
    const recorded = { recordedPaymentId: checkout.paymentId }
    switch (outcome.kind) {
      case 'nothing':
      case 'close_checkout':
        return before
      case 'record_processing':
        return change(processing)
      case 'record_failed':
        return change({ paymentStatus: 'failed' })
      case 'record_paid':
        return change(paidPending, recorded)
      case 'confirm':
        return change({ status: 'confirmed', ...paidPending }, { ...recorded, requestStatus: 'confirmed' })
      case 'expire':
        return change({ status: 'expired' }, { requestStatus: 'expired' })
      case 'honour_late':
        return change(
          { status: outcome.confirm ? 'confirmed' : 'pending_payment', ...paidPending },
          { ...recorded, requestStatus: outcome.confirm ? 'confirmed' : 'pending_payment' },
        )
      case 'refund':
        return { ...before, isRefundRecorded: true }
      case 'mismatch':
        return { ...before, isRefundRecorded: before.isRefundRecorded || outcome.refund !== null }
    }
  }

  const situations = fc
    .record({
      status: fc.constantFrom(...BOOKING_STATUSES),
      requestStatus: fc.option(fc.constantFrom<RequestStatus>('canceled', 'customer_scheduling', 'expired')),
      hasNewerChoice: fc.boolean(),
      slot: fc.constantFrom<SlotState>('free', 'taken', 'unknown'),
      confirm: fc.boolean(),
    })
    .map(({ status, requestStatus, ...rest }) =>
      situation({ ...rest, booking: { status }, requestStatus: requestStatus ?? REQUEST_OF[status] }),
    )
  const instants = fc
    .integer({ min: -2, max: 50 * 60 })
    .map((minutes) => new Date(deadline.getTime() + minutes * 60_000))
  const amounts = fc.constantFrom(USD(5000), USD(5000), USD(4999))

  it('every captured payment ends reserved, booked or sent back, and asking again changes nothing', () => {
    fc.assert(
      fc.property(situations, instants, amounts, (before, now, amount) => {
        const checkout = truth('paid', { amount })
        let after = before
        for (let round = 0; round < 3; round++) {
          after = carryOut(paymentOutcome(checkout, after, now), after, checkout)
        }
        const isKept =
          after.recordedPaymentId === 'pay1' && ['pending_payment', 'confirmed'].includes(after.booking.status)
        expect(isKept !== after.isRefundRecorded).toBe(true)
        const again = paymentOutcome(checkout, after, now)
        expect(again.kind).toBe('nothing')
      }),
      { numRuns: 500 },
    )
  })

  it('a truth that comes late or twice never undoes a payment', () => {
    const truths = fc.constantFrom<CheckoutTruth>(
      truth('unpaid'),
      truth('unpaid', { status: 'expired' }),
      truth('processing'),
      truth('failed'),
      truth('paid'),
    )
    fc.assert(
      fc.property(fc.array(truths, { maxLength: 8 }), fc.boolean(), (stale, confirm) => {
        let state = situation({ confirm })
        for (const checkout of [truth('processing'), truth('paid'), ...stale, truth('paid')]) {
          state = carryOut(paymentOutcome(checkout, state, running), state, checkout)
        }
        expect(state.booking.status).toBe(confirm ? 'confirmed' : 'pending_payment')
        expect(state.booking.paymentStatus).toBe('paid')
        expect(state.isRefundRecorded).toBe(false)
      }),
    )
  })
})

describe('a refund', () => {
  it('that nobody decided on is of a payment that could not be used', () => {
    expect(REFUND_REASONS.filter(isPaymentNotHonoured)).toEqual([
      'request_canceled',
      'booking_canceled',
      'slot_taken',
      'slot_unknown',
      'replaced',
      'session_started',
      'paid_twice',
      'not_due',
      'amount_mismatch',
      'currency_mismatch',
    ])
  })
})
