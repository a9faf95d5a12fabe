import { describe, expect, it } from 'vitest'
import type { BookingState } from './booking.ts'
import {
  decideFinishPayment,
  decideRequestBookingMail,
  decideRequestNewLink,
  decideUseLink,
  isMailDueAgain,
  LINK_END_REASONS,
  LINK_NEXT_STEPS,
  LINK_REFUSALS,
  linkExpiresAt,
  linkState,
  NEW_LINK_REQUEST_INTERVAL_MINUTES,
  type SchedulingLink,
} from './scheduling-token.ts'
import { REQUEST_STATUSES, type RequestStatus } from './training-request.ts'

const expiresAt = new Date('2026-05-08T10:00:00Z')
const before = new Date(expiresAt.getTime() - 1)
const live: SchedulingLink = { expiresAt, endedAt: null, endReason: null }
const replaced: SchedulingLink = { expiresAt, endedAt: new Date('2026-05-02T10:00:00Z'), endReason: 'replaced' }
const revoked: SchedulingLink = { ...replaced, endReason: 'revoked' }
const used: SchedulingLink = { ...replaced, endReason: 'used' }

const BY_STATUS: Record<RequestStatus, string> = {
  new: 'link_replaced',
  trainers_notified: 'link_replaced',
  claimed: 'link_replaced',
  customer_scheduling: 'allowed',
  pending_payment: 'allowed',
  confirmed: 'link_used',
  completed: 'link_used',
  canceled: 'request_closed',
  expired: 'allowed',
}
function use(link: SchedulingLink, status: RequestStatus, now: Date): string {
  const decision = decideUseLink(link, status, now)
  return decision.allowed ? 'allowed' : decision.reason
}

describe('a scheduling link', () => {
  it.each(REQUEST_STATUSES)('of a request that is %s', (status) => {
    const byStatus = BY_STATUS[status]
    expect(use(live, status, before)).toBe(byStatus)
    // The order of judgement: closed and used win over replaced, replaced wins over expired.
    expect(use(live, status, expiresAt)).toBe(byStatus === 'allowed' ? 'link_expired' : byStatus)
    for (const ended of [replaced, revoked, used]) {
      expect(use(ended, status, before)).toBe(byStatus === 'allowed' ? 'link_replaced' : byStatus)
      expect(use(ended, status, expiresAt)).toBe(byStatus === 'allowed' ? 'link_replaced' : byStatus)
    }
  })

  it('lives to the millisecond before its end', () => {
    expect(use(live, 'customer_scheduling', before)).toBe('allowed')
    expect(use(live, 'customer_scheduling', expiresAt)).toBe('link_expired')
  })

  it('lives elapsed hours, also across a change of clocks', () => {
    const sentAt = new Date('2026-10-30T12:00:00-05:00')
    expect(linkExpiresAt(sentAt, 168).getTime() - sentAt.getTime()).toBe(168 * 3_600_000)
    expect(linkExpiresAt(sentAt, 1).getTime() - sentAt.getTime()).toBe(3_600_000)
  })

  it.each([
    ['live', live, 'customer_scheduling', before],
    ['live', live, 'pending_payment', before],
    ['live', live, 'expired', before],
    ['expired', live, 'customer_scheduling', expiresAt],
    ['used', live, 'confirmed', before],
    ['used', live, 'completed', expiresAt],
    ['revoked', live, 'canceled', before],
    ['revoked', live, 'trainers_notified', before],
    ['replaced', replaced, 'customer_scheduling', before],
    ['revoked', revoked, 'claimed', expiresAt],
    ['used', used, 'confirmed', before],
  ] as const)('is shown to staff as %s', (expected, link, status, now) => {
    expect(linkState(link, status, now)).toBe(expected)
  })

  it('that is dead names one next step for each refusal, and one state for each end', () => {
    expect(LINK_REFUSALS.map((refusal) => LINK_NEXT_STEPS[refusal])).toEqual([
      'contact_support',
      'email_booking',
      'request_new_link',
      'request_new_link',
    ])
    for (const endReason of LINK_END_REASONS) {
      expect(linkState({ ...replaced, endReason }, 'customer_scheduling', before)).toBe(endReason)
    }
  })
})

describe('finishing a payment', () => {
  const deadline = new Date(expiresAt.getTime() + 30 * 60_000)
  const hold: BookingState = {
    status: 'pending_payment',
    paymentStatus: 'unpaid',
    trainerId: 'tina',
    startAt: new Date('2026-05-20T10:00:00Z'),
    endAt: new Date('2026-05-20T11:00:00Z'),
    holdExpiresAt: deadline,
    completedAt: null,
  }
  const finish = (link: SchedulingLink, status: RequestStatus, booking: BookingState | null, now: Date) => {
    const decision = decideFinishPayment(link, status, booking, now)
    return decision.allowed ? 'allowed' : decision.reason
  }

  it('outlives the link as long as the hold runs', () => {
    const last = new Date(deadline.getTime() - 1)
    expect(use(live, 'pending_payment', last)).toBe('link_expired')
    expect(finish(live, 'pending_payment', hold, last)).toBe('allowed')
    expect(finish(live, 'pending_payment', hold, deadline)).toBe('link_expired')
  })

  it('goes on when the money is under way, whatever the clock says', () => {
    const processing: BookingState = { ...hold, paymentStatus: 'processing', holdExpiresAt: null }
    expect(finish(live, 'pending_payment', processing, new Date('2027-01-01T00:00:00Z'))).toBe('allowed')
  })

  it('has nothing to pay without a hold', () => {
    expect(finish(live, 'customer_scheduling', null, before)).toBe('checkout_expired')
    expect(finish(live, 'expired', { ...hold, status: 'expired' }, before)).toBe('checkout_expired')
  })

  it('is refused when the link was replaced or the request closed, hold or not', () => {
    expect(finish(replaced, 'pending_payment', hold, before)).toBe('link_replaced')
    expect(finish(live, 'canceled', hold, before)).toBe('request_closed')
    expect(finish(live, 'confirmed', hold, before)).toBe('link_used')
  })
})

describe('asking for one’s booking', () => {
  it('is offered where the link was used, and nowhere else', () => {
    expect(decideRequestBookingMail(used, 'confirmed', before).allowed).toBe(true)
    expect(decideRequestBookingMail(used, 'completed', expiresAt).allowed).toBe(true)
    for (const [link, status, now] of [
      [live, 'customer_scheduling', before],
      [live, 'customer_scheduling', expiresAt],
      [replaced, 'customer_scheduling', before],
      [used, 'canceled', before],
    ] as const)
      expect(decideRequestBookingMail(link, status, now)).toEqual({ allowed: false, reason: 'invalid_state' })
  })
})

describe('asking for a new link', () => {
  it('is offered where the link has expired or was replaced', () => {
    expect(decideRequestNewLink(live, 'customer_scheduling', expiresAt).allowed).toBe(true)
    expect(decideRequestNewLink(replaced, 'customer_scheduling', before).allowed).toBe(true)
    expect(decideRequestNewLink(live, 'customer_scheduling', before)).toEqual({
      allowed: false,
      reason: 'invalid_state',
    })
    expect(decideRequestNewLink(live, 'confirmed', before).allowed).toBe(false)
    expect(decideRequestNewLink(live, 'canceled', before).allowed).toBe(false)
  })

  it('mails the trainer once an hour', () => {
    const last = new Date('2026-05-01T10:00:00Z')
    const again = new Date('2026-05-01T11:00:00Z')
    expect(isMailDueAgain(null, NEW_LINK_REQUEST_INTERVAL_MINUTES, last)).toBe(true)
    expect(isMailDueAgain(last, NEW_LINK_REQUEST_INTERVAL_MINUTES, new Date(again.getTime() - 1))).toBe(false)
    expect(isMailDueAgain(last, NEW_LINK_REQUEST_INTERVAL_MINUTES, again)).toBe(true)
  })
})
