import { describe, expect, it } from 'vitest'
import {
  ATTENTION_REASON_LABELS,
  ATTENTION_REASONS,
  decideResolveAttention,
  isFlagDue,
  linkNotSentFlagAt,
  notCompletedFlagAt,
  paidNotConfirmedFlagAt,
  shownAttention,
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
