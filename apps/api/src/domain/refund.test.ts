import { describe, expect, it } from 'vitest'
import type { UserCaller } from './caller.ts'
import {
  capturedMinorOf,
  decideRefundAmount,
  decideRetryRefund,
  isRefundMissing,
  nextRefundTryAt,
  type RefundFacts,
  refundedMinorOf,
  refundNeedsPersonAt,
  refundStatusAfter,
  returnByBank,
  settledRefundsMinorOf,
} from './refund.ts'

const at = (text: string) => new Date(`2026-05-01T${text}Z`)
const payment = { amountMinor: 9000 }
const refund = (changes: Partial<RefundFacts> = {}): RefundFacts => ({
  id: 'r1',
  paymentId: 'p1',
  amountMinor: 3000,
  status: 'failed',
  retriesRefundId: null,
  isTakenOn: true,
  createdAt: at('10:00:00'),
  settledAt: at('11:00:00'),
  ...changes,
})
const later = (changes: Partial<RefundFacts> = {}) =>
  refund({ id: 'r2', status: 'pending', createdAt: at('12:00:00'), settledAt: null, ...changes })

/** A lost dispute, closed at the very instant at which the refund failed. */
const returned = (changes: Partial<Parameters<typeof returnByBank>[0]> = {}) =>
  returnByBank({ id: 'd1', paymentId: 'p1', amountMinor: 3000, closedAt: at('11:00:00'), ...changes })

describe('what a payment captured', () => {
  it('is what was asked, or the larger amount that had to go back', () => {
    expect(capturedMinorOf(payment, [refund()])).toBe(9000)
    expect(capturedMinorOf(payment, [refund({ amountMinor: 12_000 })])).toBe(12_000)
  })
})

describe('a refund that the provider could not be asked for', () => {
  it('is tried again after a minute, then twice as long, up to an hour', () => {
    const minutes = (attempts: number) =>
      (nextRefundTryAt(attempts, at('10:00:00')).getTime() - at('10:00:00').getTime()) / 60_000
    expect([1, 2, 3, 6, 7, 8, 5000].map(minutes)).toEqual([1, 2, 4, 32, 60, 60, 60])
  })
})

describe('the status of a refund', () => {
  it('goes from under way to arrived to failed and never back', () => {
    expect(refundStatusAfter('pending', 'succeeded')).toBe('succeeded')
    expect(refundStatusAfter('pending', 'failed')).toBe('failed')
    expect(refundStatusAfter('succeeded', 'failed')).toBe('failed')
    expect(refundStatusAfter('succeeded', 'pending')).toBe('succeeded')
    expect(refundStatusAfter('failed', 'succeeded')).toBe('failed')
    expect(refundStatusAfter('failed', 'pending')).toBe('failed')
  })
})

describe('what has gone back of a payment', () => {
  it('counts what is under way, not what failed, and never more than was paid', () => {
    const all = [refund(), later(), later({ status: 'succeeded', amountMinor: 1000 })]
    expect(refundedMinorOf(9000, all)).toBe(4000)
    expect(settledRefundsMinorOf(all)).toBe(1000)
    expect(refundedMinorOf(9000, [later({ amountMinor: 9000 }), later({ amountMinor: 9000 })])).toBe(9000)
    expect(refundedMinorOf(0, [])).toBe(0)
  })
})

describe('a failed refund', () => {
  it.each([
    ['alone', [], true],
    ['beside one that went through before it', [later({ createdAt: at('09:00:00'), amountMinor: 3000 })], true],
    ['made again', [later({ retriesRefundId: 'r1' })], false],
    ['made again in vain', [later({ retriesRefundId: 'r1', status: 'failed' })], false],
    ['followed by one as large, at the very instant', [later({ createdAt: at('11:00:00') })], false],
    ['followed by one a cent smaller', [later({ amountMinor: 2999 })], true],
    ['when everything has gone back', [later({ createdAt: at('09:00:00'), amountMinor: 9000 })], false],
    ['when the bank has returned as much since', [returned({ amountMinor: 3000 })], false],
    ['when the bank has returned a cent less since', [returned({ amountMinor: 2999 })], true],
    ['when the bank had returned as much before it', [returned({ closedAt: at('10:59:59.999') })], true],
    ['when the bank has returned everything', [returned({ amountMinor: 9000, closedAt: at('09:00:00') })], false],
    ['when all but a cent has gone back', [later({ createdAt: at('09:00:00'), amountMinor: 8999 })], true],
  ] as [string, RefundFacts[], boolean][])('%s', (_title, others, expected) => {
    expect(isRefundMissing(refund(), [refund(), ...others], payment)).toBe(expected)
  })

  it('waits for a person since it failed; one that is under way does not', () => {
    expect(refundNeedsPersonAt(refund(), [refund()], payment)).toEqual(at('11:00:00'))
    expect(refundNeedsPersonAt(refund({ status: 'succeeded' }), [], payment)).toBeNull()
    expect(refundNeedsPersonAt(later(), [later()], payment)).toBeNull()
  })

  it('that the provider has not taken on waits for a person after an hour', () => {
    const waiting = later({ isTakenOn: false })
    expect(refundNeedsPersonAt(waiting, [waiting], payment)).toEqual(at('13:00:00'))
  })
})

describe('making a failed refund again', () => {
  const person = (role: 'trainer' | 'org_admin', userId = 'tina'): UserCaller => ({
    kind: 'user',
    userId,
    role,
    canTrain: false,
    skills: [],
    active: true,
  })
  const answer = (caller: UserCaller, one: RefundFacts, others: RefundFacts[] = []) => {
    const decision = decideRetryRefund(caller, { trainerId: 'tina' }, one, [one, ...others], payment)
    return decision.allowed ? ('alreadyHolds' in decision ? 'already' : 'allowed') : decision.reason
  }
  const admin = person('org_admin', 'ada')

  it('is an admin’s, while so much is left of the payment', () => {
    expect(answer(admin, refund())).toBe('allowed')
    expect(answer(person('trainer'), refund())).toBe('org_admin_required')
    expect(answer(person('trainer', 'tom'), refund())).toBe('not_found')
    expect(answer(admin, later())).toBe('invalid_state')
    expect(answer(admin, refund(), [later({ retriesRefundId: 'r1' })])).toBe('already')
    expect(answer(admin, refund(), [later({ amountMinor: 6000 })])).toBe('allowed')
    expect(answer(admin, refund(), [later({ amountMinor: 6001 })])).toBe('refund_exceeds_paid')
    expect(answer(admin, refund({ amountMinor: 12_000 }))).toBe('allowed')
    expect(answer(admin, refund(), [returned({ amountMinor: 6000 })])).toBe('allowed')
    expect(answer(admin, refund(), [returned({ amountMinor: 6001 })])).toBe('refund_exceeds_paid')
  })
})

describe('the amount of a refund', () => {
  const answer = (amount: number, currency: string, paidIn = currency) => {
    const decision = decideRefundAmount({ amount, currency }, paidIn)
    return decision.allowed ? 'allowed' : decision.reason
  }

  it('is positive, in the currency that was paid, in steps that can be moved', () => {
    expect(answer(1, 'USD')).toBe('allowed')
    expect(answer(0, 'USD')).toBe('not_positive')
    expect(answer(-1, 'USD')).toBe('not_positive')
    expect(answer(100, 'EUR', 'USD')).toBe('other_currency')
    expect(answer(1, 'JPY')).toBe('allowed')
    expect(answer(1010, 'KWD')).toBe('allowed')
    expect(answer(1005, 'KWD')).toBe('not_a_multiple')
  })
})
