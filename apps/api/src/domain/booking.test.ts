import { describe, expect, it } from 'vitest'
import {
  BOOKING_OCCASIONS,
  BOOKING_STATUS_LABELS,
  BOOKING_STATUSES,
  type BookingOccasion,
  type BookingState,
  type BookingStatus,
  bookingActions,
  bookingStepAllowed,
  bookingStepSources,
  completionOccasion,
  decideCancelBooking,
  decideComplete,
  decideConfirmPayment,
  decideMarkNoShow,
  decideReadBooking,
  decideRefund,
  decideReschedule,
  isHold,
  isLapsedHold,
  isLive,
  isUpcoming,
  PAYMENT_STATUSES,
  paymentStatusAfterRefund,
  paymentStatusLabel,
  rescheduleDeadline,
} from './booking.ts'
import { type ApiKeyCaller, type Caller, CUSTOMER, SYSTEM, type UserCaller } from './caller.ts'
import { ALREADY_HOLDS } from './decision.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const startAt = new Date('2026-05-02T10:00:00Z')
const endAt = new Date('2026-05-02T11:00:00Z')
const at = (instant: Date, offset = 0) => new Date(instant.getTime() + offset)

function member(userId: string, changes: Partial<UserCaller> = {}): UserCaller {
  return { kind: 'user', userId, role: 'trainer', canTrain: false, skills: [], active: true, ...changes }
}
const tina = member('tina')
const tom = member('tom')
const admin = member('admin', { role: 'org_admin' })
const key: ApiKeyCaller = { kind: 'api_key', keyId: 'key', scopes: ['bookings:write', 'payments:write'] }
const readKey: ApiKeyCaller = { kind: 'api_key', keyId: 'key', scopes: ['bookings:read'] }

function booking(changes: Partial<BookingState> = {}): BookingState {
  return {
    status: 'confirmed',
    paymentStatus: 'paid',
    trainerId: 'tina',
    startAt,
    endAt,
    holdExpiresAt: null,
    completedAt: null,
    ...changes,
  }
}
function answer(decision: { allowed: boolean; reason?: string }): string {
  if (decision === ALREADY_HOLDS) return 'already'
  return decision.allowed ? 'allowed' : (decision.reason ?? '')
}
const anyRights = { customerMayCancel: true, customerMayReschedule: true, rescheduleWindowHours: 24 }

/** Written out again from product.md §3. */
const MOVES: readonly [BookingOccasion, readonly BookingStatus[], BookingStatus][] = [
  ['payment_verified', ['pending_payment'], 'confirmed'],
  ['hold_ran_out', ['pending_payment'], 'expired'],
  ['delayed_payment_failed', ['pending_payment'], 'expired'],
  ['late_payment_honoured', ['expired'], 'pending_payment'],
  ['slot_changed', ['pending_payment'], 'canceled'],
  ['link_resent', ['pending_payment'], 'canceled'],
  ['canceled', ['pending_payment', 'confirmed'], 'canceled'],
  ['rescheduled', ['confirmed'], 'confirmed'],
  ['marked_complete', ['confirmed'], 'completed'],
  ['marked_no_show', ['confirmed'], 'no_show'],
  ['no_show_corrected', ['no_show'], 'completed'],
]

describe('the moves of a booking', () => {
  it('are these and no others', () => {
    expect(BOOKING_OCCASIONS.toSorted()).toEqual(MOVES.map(([occasion]) => occasion).toSorted())
  })
  it.each(MOVES)('%s leads from %j to %s and between no other two', (occasion, sources, target) => {
    for (const from of BOOKING_STATUSES) {
      for (const to of BOOKING_STATUSES) {
        expect([from, to, bookingStepAllowed(from, to, occasion)]).toEqual([
          from,
          to,
          sources.includes(from) && to === target,
        ])
      }
    }
    expect(bookingStepSources(occasion)).toEqual(sources)
  })
})

describe('labels', () => {
  it('say under Pending Payment who is awaited', () => {
    const label = (paymentStatus: BookingState['paymentStatus'], status: BookingStatus = 'pending_payment') =>
      paymentStatusLabel({ status, paymentStatus })
    expect([label('unpaid'), label('processing'), label('paid')]).toEqual([
      'Awaiting the customer',
      'Processing',
      'Paid, awaiting you',
    ])
    expect(label('paid', 'confirmed')).toBe('Paid')
    expect(label('unpaid', 'expired')).toBe('Not paid')
  })
  it('exist for every status', () => {
    for (const status of BOOKING_STATUSES) {
      expect(BOOKING_STATUS_LABELS[status]).not.toBe('')
      for (const paymentStatus of PAYMENT_STATUSES) expect(paymentStatusLabel({ status, paymentStatus })).not.toBe('')
    }
  })
})

describe('what takes up the trainer’s time', () => {
  const deadline = new Date('2026-05-01T11:00:00Z')
  const hold = booking({ status: 'pending_payment', paymentStatus: 'unpaid', holdExpiresAt: deadline })

  it('is an unpaid hold up to its deadline, not at it', () => {
    expect(isLive(hold, at(deadline, -1))).toBe(true)
    expect(isHold(hold, at(deadline, -1))).toBe(true)
    expect(isLapsedHold(hold, at(deadline, -1))).toBe(false)
    expect(isLive(hold, deadline)).toBe(false)
    expect(isHold(hold, deadline)).toBe(false)
    expect(isLapsedHold(hold, deadline)).toBe(true)
  })

  it.each(BOOKING_STATUSES.flatMap((status) => PAYMENT_STATUSES.map((paymentStatus) => ({ status, paymentStatus }))))(
    'judges $status, $paymentStatus, without a deadline',
    ({ status, paymentStatus }) => {
      const isMoneyKnown = paymentStatus === 'processing' || paymentStatus === 'paid'
      const expected = status === 'confirmed' || (status === 'pending_payment' && isMoneyKnown)
      const row = booking({ status, paymentStatus })
      expect(isLive(row, startAt)).toBe(expected)
      expect(isUpcoming(row)).toBe(expected)
    },
  )

  it('lists a running hold under My Requests, not among the upcoming sessions', () => {
    expect(isUpcoming(hold)).toBe(false)
  })
})

type Command = [string, (caller: Caller, row: BookingState) => { allowed: boolean; reason?: string }]
const COMMANDS: Command[] = [
  ['confirm the payment', (caller, row) => decideConfirmPayment(caller, row)],
  ['complete', (caller, row) => decideComplete(caller, row, endAt)],
  ['mark a no-show', (caller, row) => decideMarkNoShow(caller, row, endAt)],
  ['cancel', (caller, row) => decideCancelBooking(caller, row, anyRights, at(startAt, -1))],
  ['reschedule', (caller, row) => decideReschedule(caller, row, anyRights, at(startAt, -1))],
]
const BY_STATUS: Record<string, Record<BookingStatus, string>> = {
  'confirm the payment': {
    pending_payment: 'allowed',
    confirmed: 'already',
    completed: 'invalid_state',
    canceled: 'invalid_state',
    expired: 'invalid_state',
    no_show: 'invalid_state',
  },
  complete: {
    pending_payment: 'invalid_state',
    confirmed: 'allowed',
    completed: 'already',
    canceled: 'invalid_state',
    expired: 'invalid_state',
    no_show: 'allowed',
  },
  'mark a no-show': {
    pending_payment: 'invalid_state',
    confirmed: 'allowed',
    completed: 'invalid_state',
    canceled: 'invalid_state',
    expired: 'invalid_state',
    no_show: 'already',
  },
  cancel: {
    pending_payment: 'allowed',
    confirmed: 'allowed',
    completed: 'invalid_state',
    canceled: 'already',
    expired: 'invalid_state',
    no_show: 'invalid_state',
  },
  reschedule: {
    pending_payment: 'invalid_state',
    confirmed: 'allowed',
    completed: 'invalid_state',
    canceled: 'invalid_state',
    expired: 'invalid_state',
    no_show: 'invalid_state',
  },
}

describe.each(COMMANDS)('to %s', (name, decide) => {
  it.each(BOOKING_STATUSES)('a booking that is %s', (status) => {
    const expected = BY_STATUS[name]?.[status]
    for (const caller of [admin, key, SYSTEM]) {
      // Only an organization corrects a no-show.
      const isCorrection = name === 'complete' && status === 'no_show' && caller === SYSTEM
      expect(answer(decide(caller, booking({ status })))).toBe(isCorrection ? 'org_admin_required' : expected)
    }
    expect(answer(decide(tina, booking({ status })))).toBe(
      name === 'complete' && status === 'no_show' ? 'org_admin_required' : expected,
    )
    expect(answer(decide(tom, booking({ status })))).toBe('not_found')
    expect(answer(decide(member('tina', { active: false }), booking({ status })))).toBe('not_found')
    expect(answer(decide(readKey, booking({ status })))).toBe('insufficient_scope')
  })
})

describe('reading', () => {
  it('is for its trainer, admins and keys', () => {
    expect([tina, admin, readKey, tom].map((caller) => answer(decideReadBooking(caller, booking())))).toEqual([
      'allowed',
      'allowed',
      'allowed',
      'not_found',
    ])
  })
})

describe('Mark Complete', () => {
  it('appears at the instant of the end, not a millisecond before', () => {
    expect(answer(decideComplete(tina, booking(), at(endAt, -1)))).toBe('session_not_ended')
    expect(answer(decideComplete(tina, booking(), endAt))).toBe('allowed')
    expect(answer(decideComplete(SYSTEM, booking(), endAt))).toBe('allowed')
  })

  it('lets an admin correct a no-show for thirty days', () => {
    const row = booking({ status: 'no_show', completedAt: endAt })
    const last = at(endAt, 30 * 24 * HOUR)
    expect(answer(decideComplete(admin, row, last))).toBe('allowed')
    expect(answer(decideComplete(admin, row, at(last, 1)))).toBe('invalid_state')
    expect(answer(decideComplete(tina, row, last))).toBe('org_admin_required')
    const early = booking({ status: 'no_show', completedAt: at(startAt, 10 * MINUTE) })
    expect(answer(decideComplete(admin, early, at(endAt, -1)))).toBe('session_not_ended')
    expect([completionOccasion('no_show'), completionOccasion('confirmed')]).toEqual([
      'no_show_corrected',
      'marked_complete',
    ])
  })
})

describe('no-show', () => {
  it('can be said from ten minutes after the start', () => {
    const from = at(startAt, 10 * MINUTE)
    expect(answer(decideMarkNoShow(tina, booking(), at(from, -1)))).toBe('session_not_started')
    expect(answer(decideMarkNoShow(tina, booking(), from))).toBe('allowed')
  })
})

describe('canceling', () => {
  const cancel = (caller: Caller, row: BookingState, now: Date, customerMayCancel = true) =>
    answer(decideCancelBooking(caller, row, { customerMayCancel }, now))

  it('is the customer’s until the start, where the organization allows it', () => {
    expect(cancel(CUSTOMER, booking(), at(startAt, -1))).toBe('allowed')
    expect(cancel(CUSTOMER, booking(), startAt)).toBe('session_already_started')
    expect(cancel(CUSTOMER, booking(), at(startAt, -1), false)).toBe('change_not_allowed')
  })

  it.each(BOOKING_STATUSES)('by the customer of a booking that is %s', (status) => {
    const expected = status === 'confirmed' ? 'allowed' : status === 'canceled' ? 'already' : 'invalid_state'
    expect(cancel(CUSTOMER, booking({ status }), at(startAt, -1))).toBe(expected)
  })

  it('is the organization’s until completed, whatever customers may', () => {
    expect(cancel(tina, booking(), at(endAt, HOUR), false)).toBe('allowed')
  })
})

describe('rescheduling', () => {
  const move = (caller: Caller, now: Date, rights: Partial<typeof anyRights> = {}) =>
    answer(decideReschedule(caller, booking(), { ...anyRights, ...rights }, now))

  it('by the customer needs the frozen notice, to the millisecond', () => {
    const deadline = rescheduleDeadline(startAt, 24)
    expect(deadline).toEqual(at(startAt, -24 * HOUR))
    expect(move(CUSTOMER, deadline)).toBe('allowed')
    expect(move(CUSTOMER, at(deadline, 1))).toBe('change_not_allowed')
    expect(move(CUSTOMER, deadline, { customerMayReschedule: false })).toBe('change_not_allowed')
    expect(move(CUSTOMER, at(startAt, -1), { rescheduleWindowHours: 0 })).toBe('allowed')
    expect(move(CUSTOMER, startAt, { rescheduleWindowHours: 0 })).toBe('session_already_started')
  })

  it('by the organization needs no notice, only that it has not started', () => {
    expect(move(tina, at(startAt, -1), { customerMayReschedule: false })).toBe('allowed')
    expect(move(tina, startAt)).toBe('session_already_started')
  })

  it('is refused to the customer of a booking that is not confirmed', () => {
    expect(answer(decideReschedule(CUSTOMER, booking({ status: 'completed' }), anyRights, at(startAt, -1)))).toBe(
      'invalid_state',
    )
  })
})

describe('refunding by hand', () => {
  const refund = (caller: Caller, status: BookingStatus, paidMinor: number, refundedMinor: number, amount?: number) =>
    answer(decideRefund(caller, booking({ status }), { paidMinor, refundedMinor, isHeldByBank: false }, amount))

  it.each(BOOKING_STATUSES)('of a booking that is %s', (status) => {
    expect(refund(admin, status, 5000, 0, 5000)).toBe(status === 'pending_payment' ? 'invalid_state' : 'allowed')
    expect(refund(tina, status, 5000, 0, 5000)).toBe('org_admin_required')
    expect(refund(tom, status, 5000, 0, 5000)).toBe('not_found')
    expect(refund(readKey, status, 5000, 0, 5000)).toBe('insufficient_scope')
  })

  it('takes up to what is left, and at least one minor unit', () => {
    expect(refund(admin, 'completed', 5000, 2000, 3000)).toBe('allowed')
    expect(refund(admin, 'completed', 5000, 2000, 3001)).toBe('refund_exceeds_paid')
    expect(refund(admin, 'completed', 5000, 2000, 1)).toBe('allowed')
    expect(refund(admin, 'completed', 5000, 2000, 0)).toBe('refund_exceeds_paid')
    expect(refund(admin, 'completed', 5000, 5000)).toBe('refund_exceeds_paid')
    expect(refund(admin, 'completed', 5000, 4999)).toBe('allowed')
    expect(refund(admin, 'completed', 0, 0, 1)).toBe('payment_not_completed')
  })

  it('waits while a bank decides on a dispute', () => {
    const money = { paidMinor: 5000, refundedMinor: 0, isHeldByBank: true }
    expect(answer(decideRefund(admin, booking({ status: 'completed' }), money, 1))).toBe('invalid_state')
    expect(bookingActions(admin, booking(), money, startAt).refund).toEqual({ allowed: false, reason: 'invalid_state' })
  })

  it('shows in the payment status', () => {
    expect(paymentStatusAfterRefund(5000, 0)).toBe('paid')
    expect(paymentStatusAfterRefund(5000, 4999)).toBe('partially_refunded')
    expect(paymentStatusAfterRefund(5000, 5000)).toBe('refunded')
  })
})

describe('the actions that screens are told', () => {
  it('offer Confirm Payment for Pending Payment and Mark Complete once ended', () => {
    const money = { paidMinor: 5000, refundedMinor: 0, isHeldByBank: false }
    expect(bookingActions(tina, booking({ status: 'pending_payment' }), money, at(startAt, -HOUR))).toEqual({
      confirmPayment: { allowed: true, reason: null },
      complete: { allowed: false, reason: 'invalid_state' },
      cancel: { allowed: true, reason: null },
      reschedule: { allowed: false, reason: 'invalid_state' },
      markNoShow: { allowed: false, reason: 'invalid_state' },
      refund: { allowed: false, reason: 'org_admin_required' },
    })
    expect(bookingActions(admin, booking(), money, endAt)).toEqual({
      confirmPayment: { allowed: false, reason: 'invalid_state' },
      complete: { allowed: true, reason: null },
      cancel: { allowed: true, reason: null },
      reschedule: { allowed: false, reason: 'session_already_started' },
      markNoShow: { allowed: true, reason: null },
      refund: { allowed: true, reason: null },
    })
  })
})
