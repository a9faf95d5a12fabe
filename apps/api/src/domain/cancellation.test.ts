import { describe, expect, it } from 'vitest'
import type { UserCaller } from './caller.ts'
import {
  type CancellationPolicy,
  decideCancellationRefund,
  decideChooseRefund,
  policyEntitlement,
  policyOf,
  refundDue,
} from './cancellation.ts'

const HOUR = 3_600_000
const startAt = new Date('2026-05-10T10:00:00Z')
const hoursBefore = (hours: number, offset = 0) => new Date(startAt.getTime() - hours * HOUR + offset)
const USD = (amount: number) => ({ amount, currency: 'USD' })
const full: CancellationPolicy = { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 }
const partial: CancellationPolicy = { ...full, kind: 'partial' }
const none: CancellationPolicy = { ...full, kind: 'none' }

describe('the policy of a booking', () => {
  it('is frozen from the settings', () => {
    expect(
      policyOf({
        cancellationKind: 'partial',
        cancellationWindowHours: 48,
        cancellationPartialPercent: 30,
        rescheduleWindowHours: 12,
      }),
    ).toEqual({ kind: 'partial', windowHours: 48, partialPercent: 30, rescheduleWindowHours: 12 })
  })

  it.each([
    ['full', full, hoursBefore(24), 5001],
    ['full, a millisecond late', full, hoursBefore(24, 1), 0],
    ['partial, half up', partial, hoursBefore(24), 2501],
    ['partial, a millisecond late', partial, hoursBefore(24, 1), 0],
    ['none, ever so early', none, hoursBefore(1000), 0],
    ['full without notice, at the start', { ...full, windowHours: 0 }, startAt, 5001],
    ['full without notice, after the start', { ...full, windowHours: 0 }, new Date(startAt.getTime() + 1), 0],
  ])('gives by %s', (_name, policy, at, expected) => {
    expect(policyEntitlement(policy, USD(5001), startAt, at)).toEqual(USD(expected))
  })
})

describe('what canceling pays back', () => {
  type Input = Parameters<typeof refundDue>[0]
  const due = (changes: Partial<Input>) =>
    refundDue({
      side: 'customer',
      booking: { status: 'confirmed', startAt },
      policy: full,
      paid: USD(5000),
      refunded: USD(0),
      earlierMoves: [],
      now: hoursBefore(48),
      ...changes,
    })

  it.each([
    ['nothing was paid', { paid: USD(0) }, 0, 'nothing_paid'],
    ['by the organization, late', { side: 'organization', now: hoursBefore(1) }, 5000, 'full'],
    ['by the organization under a policy of none', { side: 'organization', policy: none }, 5000, 'full'],
    ['by the organization, part paid back', { side: 'organization', refunded: USD(1200) }, 3800, 'full'],
    ['by the organization, all paid back', { side: 'organization', refunded: USD(5000) }, 0, 'full'],
    [
      'paid, unconfirmed, by whomever',
      { booking: { status: 'pending_payment', startAt }, policy: none, now: hoursBefore(1) },
      5000,
      'full',
    ],
    ['by the customer in time', {}, 5000, 'policy_full'],
    ['by the customer at the last instant', { now: hoursBefore(24) }, 5000, 'policy_full'],
    ['by the customer too late', { now: hoursBefore(24, 1) }, 0, 'policy_none'],
    ['by the customer, partial', { policy: partial }, 2500, 'policy_partial'],
    ['by the customer, partial, some paid back', { policy: partial, refunded: USD(1000) }, 1500, 'policy_partial'],
    ['by the customer, partial, more paid back', { policy: partial, refunded: USD(3000) }, 0, 'policy_partial'],
    ['by the customer, none', { policy: none }, 0, 'policy_none'],
  ] as [string, Partial<Input>, number, string][])('%s', (_name, changes, amount, rule) => {
    expect(due(changes)).toEqual({ refund: USD(amount), rule })
  })

  it('is never more than at an earlier move by the customer', () => {
    const lateMove = { movedAt: hoursBefore(47), startAtBefore: hoursBefore(24) }
    const earlyMove = { movedAt: hoursBefore(48), startAtBefore: hoursBefore(24) }
    expect(due({ earlierMoves: [earlyMove] })).toEqual({ refund: USD(5000), rule: 'policy_full' })
    expect(due({ earlierMoves: [earlyMove, lateMove] })).toEqual({ refund: USD(0), rule: 'policy_none' })
    expect(due({ side: 'organization', earlierMoves: [lateMove] }).refund).toEqual(USD(5000))
  })

  it('keeps the currency', () => {
    const JPY = (amount: number) => ({ amount, currency: 'JPY' })
    expect(due({ policy: { ...partial, partialPercent: 33 }, paid: JPY(1000), refunded: JPY(0) }).refund).toEqual(
      JPY(330),
    )
    const KWD = (amount: number) => ({ amount, currency: 'KWD' })
    // 50 % of 9.010 is 4.505, which cannot be moved; half a step goes up.
    expect(due({ policy: partial, paid: KWD(9010), refunded: KWD(0) }).refund).toEqual(KWD(4510))
  })
})

describe('choosing the refund', () => {
  const admin: UserCaller = {
    kind: 'user',
    userId: 'a',
    role: 'org_admin',
    canTrain: false,
    skills: [],
    active: true,
  }
  const answer = (caller: UserCaller, amount: { amount: number; currency: string } | null) => {
    const decision = decideChooseRefund(caller, amount, USD(5000), USD(1000))
    return decision.allowed ? 'allowed' : decision.reason
  }

  it('is an admin’s, between nothing and what is left', () => {
    expect(answer(admin, null)).toBe('allowed')
    expect(answer(admin, USD(0))).toBe('allowed')
    expect(answer(admin, USD(4000))).toBe('allowed')
    expect(answer(admin, USD(4001))).toBe('refund_exceeds_paid')
    expect(answer(admin, USD(-1))).toBe('refund_exceeds_paid')
    expect(answer(admin, { amount: 100, currency: 'EUR' })).toBe('payment_mismatch')
    expect(answer({ ...admin, role: 'trainer' }, null)).toBe('org_admin_required')
  })
})

describe('the refund of a cancellation by the organization’s side', () => {
  const person = (role: 'trainer' | 'org_admin'): UserCaller => ({
    kind: 'user',
    userId: 'u1',
    role,
    canTrain: false,
    skills: [],
    active: true,
  })
  type Input = Parameters<typeof decideCancellationRefund>[1]
  const decide = (role: 'trainer' | 'org_admin', changes: Partial<Input>) =>
    decideCancellationRefund(person(role), {
      booking: { status: 'confirmed', startAt },
      policy: partial,
      paid: USD(5000),
      refunded: USD(1000),
      earlierMoves: [],
      now: hoursBefore(48),
      onBehalfOfCustomer: false,
      chosen: null,
      ...changes,
    })
  const paysBack = (amount: number, rule: string) => ({ allowed: true, preview: { refund: USD(amount), rule } })

  it.each([
    ['left alone', {}, paysBack(4000, 'full')],
    ['on behalf of the customer', { onBehalfOfCustomer: true }, paysBack(1500, 'policy_partial')],
    ['a chosen amount', { chosen: USD(1) }, paysBack(1, 'chosen')],
    ['all that is left', { chosen: USD(4000) }, paysBack(4000, 'chosen')],
    ['a cent more', { chosen: USD(4001) }, { allowed: false, reason: 'refund_exceeds_paid' }],
    ['the amount before the policy', { onBehalfOfCustomer: true, chosen: USD(0) }, paysBack(0, 'chosen')],
  ] as const)('by an admin, %s', (_name, changes, expected) => {
    expect(decide('org_admin', changes)).toEqual(expected)
  })

  it('is not the trainer’s to choose, and everything where they leave it alone', () => {
    expect(decide('trainer', {})).toEqual(paysBack(4000, 'full'))
    for (const changes of [{ onBehalfOfCustomer: true }, { chosen: USD(4000) }])
      expect(decide('trainer', changes)).toEqual({ allowed: false, reason: 'org_admin_required' })
  })

  it('of a paid session that nobody confirmed is everything and nothing else', () => {
    const booking = { status: 'pending_payment', startAt } as const
    expect(decide('org_admin', { booking, onBehalfOfCustomer: true })).toEqual(paysBack(4000, 'full'))
    expect(decide('org_admin', { booking, chosen: USD(4000) })).toEqual(paysBack(4000, 'chosen'))
    expect(decide('org_admin', { booking, chosen: USD(3999) })).toEqual({ allowed: false, reason: 'invalid_state' })
  })
})
