import { describe, expect, it } from 'vitest'
import { decideRefresh, idleSince, refreshTokenEnd, signInEnd } from './sign-in.ts'

const issuedAt = new Date('2026-11-01T12:00:00.000Z')
const signIn = { expiresAt: signInEnd(issuedAt), revokedAt: null }
const fresh = { issuedAt, usedAt: null, signIn }
const later = (milliseconds: number, from = issuedAt) => new Date(from.getTime() + milliseconds)

describe('A refresh token', () => {
  it('is exchanged once', () => {
    expect(decideRefresh(fresh, later(1))).toEqual({ allowed: true })
    expect(decideRefresh({ ...fresh, usedAt: later(1) }, later(2))).toEqual({
      allowed: false,
      reason: 'refresh_token_reused',
    })
  })

  it('works until 14 days after its issue, and not at that instant', () => {
    const end = refreshTokenEnd(issuedAt, signIn.expiresAt)
    expect(end.toISOString()).toBe('2026-11-15T12:00:00.000Z')
    expect(decideRefresh(fresh, later(-1, end))).toEqual({ allowed: true })
    expect(decideRefresh(fresh, end)).toEqual({ allowed: false, reason: 'unauthenticated' })
    expect(idleSince(end)).toEqual(issuedAt)
  })

  it('ends with its sign-in, 90 days after the password was given', () => {
    expect(signIn.expiresAt.toISOString()).toBe('2027-01-30T12:00:00.000Z')
    const last = { ...fresh, issuedAt: later(-1, signIn.expiresAt) }
    expect(refreshTokenEnd(last.issuedAt, signIn.expiresAt)).toEqual(signIn.expiresAt)
    expect(decideRefresh(last, later(-1, signIn.expiresAt))).toEqual({ allowed: true })
    expect(decideRefresh(last, signIn.expiresAt)).toEqual({ allowed: false, reason: 'unauthenticated' })
  })

  it('of a sign-in that has ended says so, used or not', () => {
    const ended = { ...signIn, revokedAt: later(5) }
    expect(decideRefresh({ ...fresh, signIn: ended }, later(6))).toEqual({ allowed: false, reason: 'unauthenticated' })
    expect(decideRefresh({ ...fresh, usedAt: later(4), signIn: ended }, later(6))).toEqual({
      allowed: false,
      reason: 'unauthenticated',
    })
  })
})
