import { describe, expect, it } from 'vitest'
import type { UserCaller } from './caller.ts'
import { decideReadFeedback, decideSubmitFeedback, feedbackLinkExpiresAt, normalizeComment } from './feedback.ts'

const madeAt = new Date('2026-05-01T10:00:00Z')
const expiresAt = new Date('2026-05-31T10:00:00Z')

describe('feedback', () => {
  it('can be given for thirty days, once', () => {
    expect(feedbackLinkExpiresAt(madeAt)).toEqual(expiresAt)
    const last = new Date(expiresAt.getTime() - 1)
    expect(decideSubmitFeedback({ expiresAt, usedAt: null }, last)).toEqual({ allowed: true })
    expect(decideSubmitFeedback({ expiresAt, usedAt: null }, expiresAt)).toEqual({
      allowed: false,
      reason: 'link_expired',
    })
    expect(decideSubmitFeedback({ expiresAt, usedAt: madeAt }, expiresAt)).toEqual({
      allowed: false,
      reason: 'link_used',
    })
  })

  it('is read by its trainer and admins', () => {
    const tina: UserCaller = {
      kind: 'user',
      userId: 'tina',
      role: 'trainer',
      canTrain: false,
      skills: [],
      active: true,
    }
    expect(decideReadFeedback(tina, { trainerId: 'tina' }).allowed).toBe(true)
    expect(decideReadFeedback(tina, { trainerId: 'tom' })).toEqual({ allowed: false, reason: 'not_found' })
    expect(decideReadFeedback({ ...tina, role: 'org_admin' }, { trainerId: 'tom' }).allowed).toBe(true)
  })

  it('keeps a comment trimmed, and none as null', () => {
    expect(normalizeComment(' good\r\nsession ')).toBe('good\nsession')
    expect([normalizeComment('  '), normalizeComment(null), normalizeComment(undefined)]).toEqual([null, null, null])
  })
})
