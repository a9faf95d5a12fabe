import { describe, expect, it } from 'vitest'
import {
  ATTENTION_REASON_LABELS,
  ATTENTION_REASONS,
  type AttentionGrounds,
  decideResolveAttention,
  isFlagDue,
  latestReminderDueAt,
  linkNotSentFlagAt,
  notCompletedFlagAt,
  paidNotConfirmedFlagAt,
  shownAttention,
  standingCauses,
  unclaimedFlagAt,
} from './attention.ts'
import type { UserCaller } from './caller.ts'

const at = (text: string) => new Date(`2026-05-${text}Z`)

describe('what a stuck request shows', () => {
  it('is the most urgent cause, in the order of the list, whichever came first', () => {
    for (const [index, reason] of ATTENTION_REASONS.entries()) {
      const causes = ATTENTION_REASONS.slice(index).map((one, later) => ({
        reason: one,
        since: at(`0${1 + (later % 2)}T10:00:00`),
        hiddenAt: null,
      }))
      expect(shownAttention(causes.toReversed())?.reason).toBe(reason)
      expect(ATTENTION_REASON_LABELS[reason]).not.toBe('')
    }
  })

  it('leaves out what somebody has resolved, and is nothing when nothing is left', () => {
    const since = at('01T10:00:00')
    const resolved = { reason: 'refund_failed', since, hiddenAt: at('01T11:00:00') } as const
    expect(shownAttention([resolved, { reason: 'unclaimed', since, hiddenAt: null }])).toEqual({
      reason: 'unclaimed',
      since,
    })
    expect(shownAttention([resolved])).toBeNull()
    expect(shownAttention([])).toBeNull()
  })
})

describe('when a flag is raised', () => {
  it('follows the settings, where null is never', () => {
    expect(unclaimedFlagAt(at('01T10:00:00'), 240)).toEqual(at('01T14:00:00'))
    expect(unclaimedFlagAt(at('01T10:00:00'), null)).toBeNull()
    expect(linkNotSentFlagAt(at('01T10:00:00'), 24)).toEqual(at('02T10:00:00'))
    expect(linkNotSentFlagAt(at('01T10:00:00'), null)).toBeNull()
    expect(notCompletedFlagAt(at('01T10:00:00'))).toEqual(at('02T10:00:00'))
  })

  it('for a paid booking is twelve hours on or two before the start, the earlier', () => {
    expect(paidNotConfirmedFlagAt(at('01T10:00:00'), at('05T10:00:00'))).toEqual(at('01T22:00:00'))
    expect(paidNotConfirmedFlagAt(at('01T10:00:00'), at('01T20:00:00'))).toEqual(at('01T18:00:00'))
    expect(paidNotConfirmedFlagAt(at('01T10:00:00'), at('02T00:00:00'))).toEqual(at('01T22:00:00'))
  })

  it('is the very instant, not a millisecond before', () => {
    const due = at('01T10:00:00')
    expect(isFlagDue(due, due)).toBe(true)
    expect(isFlagDue(due, new Date(due.getTime() - 1))).toBe(false)
    expect(isFlagDue(null, due)).toBe(false)
  })
})

describe('resolving', () => {
  const tina: UserCaller = { kind: 'user', userId: 'tina', role: 'trainer', canTrain: false, skills: [], active: true }
  it('is an admin’s', () => {
    const request = { claimedBy: 'tina' }
    expect(decideResolveAttention({ ...tina, role: 'org_admin' }, request).allowed).toBe(true)
    expect(decideResolveAttention(tina, request)).toEqual({ allowed: false, reason: 'org_admin_required' })
    expect(decideResolveAttention({ ...tina, userId: 'tom' }, request)).toEqual({ allowed: false, reason: 'not_found' })
  })
})

describe('why a request is stuck', () => {
  const grounds: AttentionGrounds = {
    status: 'trainers_notified',
    openSince: at('01T10:00:00'),
    eligibleTrainers: 1,
    claimedAt: null,
    calendarUnreadableSince: null,
    link: null,
    booking: null,
    sideEffectFailedAt: null,
    refundFailedAt: null,
    paymentDisputedAt: null,
    paymentNotHonouredAt: null,
    settings: { unclaimedFlagMinutes: 240, linkDeadlineHours: 24 },
  }
  const booking = {
    status: 'confirmed',
    paymentStatus: 'paid',
    startAt: at('05T10:00:00'),
    endAt: at('05T11:00:00'),
    paidAt: at('01T10:00:00'),
  } as const
  const causes = (changes: Partial<AttentionGrounds>, now: Date) => [...standingCauses({ ...grounds, ...changes }, now)]
  const before = (instant: Date) => new Date(instant.getTime() - 1)

  it.each([
    ['unclaimed', {}, at('01T14:00:00')],
    ['link_not_sent', { status: 'claimed', claimedAt: at('01T10:00:00') }, at('02T10:00:00')],
    ['customer_silent', { status: 'customer_scheduling', link: { expiresAt: at('08T10:00:00') } }, at('08T10:00:00')],
    ['customer_silent', { status: 'expired', link: { expiresAt: at('08T10:00:00') } }, at('08T10:00:00')],
    [
      'paid_not_confirmed',
      { status: 'pending_payment', booking: { ...booking, status: 'pending_payment' } },
      at('01T22:00:00'),
    ],
    ['not_completed', { status: 'confirmed', booking }, at('06T11:00:00')],
  ] as const)('%s from its very instant on, and not a millisecond before', (reason, changes, due) => {
    expect(causes(changes, due)).toEqual([[reason, due]])
    expect(causes(changes, before(due))).toEqual([])
  })

  it('nobody is eligible: at once, and beside it the time that passes', () => {
    expect(causes({ status: 'new', eligibleTrainers: 0 }, at('01T10:00:00'))).toEqual([
      ['no_eligible_trainer', at('01T10:00:00')],
    ])
    expect(causes({ status: 'new', eligibleTrainers: 0 }, at('01T14:00:00')).map(([reason]) => reason)).toEqual([
      'no_eligible_trainer',
      'unclaimed',
    ])
    expect(causes({ status: 'claimed', eligibleTrainers: 0, claimedAt: at('01T10:00:00') }, at('01T11:00:00'))).toEqual(
      [],
    )
  })

  it('a calendar of its trainer cannot be read: since then, or since it is theirs, while they hold it', () => {
    const unreadable = { claimedAt: at('01T10:00:00'), calendarUnreadableSince: at('01T12:00:00') }
    for (const status of ['claimed', 'customer_scheduling', 'expired', 'pending_payment', 'confirmed'] as const) {
      expect(causes({ ...unreadable, status }, at('01T12:00:00'))).toEqual([['calendar_unreadable', at('01T12:00:00')]])
      expect(causes({ ...unreadable, status, claimedAt: at('01T13:00:00') }, at('01T13:00:00'))).toEqual([
        ['calendar_unreadable', at('01T13:00:00')],
      ])
      expect(causes({ ...unreadable, status, calendarUnreadableSince: null }, at('01T12:00:00'))).toEqual([])
    }
    for (const status of ['new', 'trainers_notified', 'completed', 'canceled'] as const)
      expect(causes({ ...unreadable, status }, at('01T12:00:00'))).toEqual([])
  })

  it('what went wrong outside stays, also after the end; what time made is gone with it', () => {
    const wrong = {
      sideEffectFailedAt: at('01T10:00:00'),
      refundFailedAt: at('01T10:00:00'),
      paymentDisputedAt: at('01T10:00:00'),
      paymentNotHonouredAt: at('01T10:00:00'),
    }
    expect(
      causes({ ...wrong, status: 'canceled', eligibleTrainers: 0 }, at('09T10:00:00')).map(([reason]) => reason),
    ).toEqual(['payment_not_honoured', 'refund_failed', 'payment_disputed', 'side_effect_failed'])
  })

  it('an organization may want no flag', () => {
    const settings = { unclaimedFlagMinutes: null, linkDeadlineHours: null }
    expect(causes({ settings }, at('30T10:00:00'))).toEqual([])
    expect(causes({ settings, status: 'claimed', claimedAt: at('01T10:00:00') }, at('30T10:00:00'))).toEqual([])
  })
})

describe('a reminder to a silent customer', () => {
  const sentAt = at('01T10:00:00')
  it('is due at the very instant of its day, the latest that has come', () => {
    expect(latestReminderDueAt(sentAt, [2, 5], at('03T09:59:59.999'))).toBeNull()
    expect(latestReminderDueAt(sentAt, [2, 5], at('03T10:00:00'))).toEqual(at('03T10:00:00'))
    expect(latestReminderDueAt(sentAt, [5, 2], at('06T10:00:00'))).toEqual(at('06T10:00:00'))
    expect(latestReminderDueAt(sentAt, [], at('30T10:00:00'))).toBeNull()
  })
})
