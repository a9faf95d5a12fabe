import { describe, expect, it } from 'vitest'
import type { Caller, UserCaller } from './caller.ts'
import {
  DELIVERY_METHOD_LABELS,
  DELIVERY_METHODS,
  decideRetrySideEffect,
  failureNote,
  isRemoteSessionMethod,
  nextSideEffectAttemptAt,
  SIDE_EFFECT_ATTEMPTS_MAX,
  SIDE_EFFECT_STATES,
} from './delivery.ts'

const NOW = new Date('2026-11-23T15:00:00.000Z')
const tina: UserCaller = { kind: 'user', userId: 'tina', role: 'trainer', canTrain: false, skills: [], active: true }
const booking = { trainerId: 'tina' }

it('every method has its label, and one of them makes its link by itself', () => {
  expect(DELIVERY_METHODS.map((method) => DELIVERY_METHOD_LABELS[method])).toEqual([
    'Zoho Assist',
    'Zoom',
    'Google Meet',
    'Teams',
    'Phone',
    'Manual link',
  ])
  expect(DELIVERY_METHODS.filter(isRemoteSessionMethod)).toEqual(['zoho_assist'])
})

describe('what failed', () => {
  const secondsAfter = (attempts: number) => {
    const at = nextSideEffectAttemptAt(attempts, NOW)
    return at && (at.getTime() - NOW.getTime()) / 1000
  }

  it('is tried again after ten seconds, then after twice as long each time, up to half an hour', () => {
    expect([1, 2, 3, 4, 8, 9, 50].map(secondsAfter)).toEqual([10, 20, 40, 80, 1280, 1800, 1800])
  })

  it('is left to a person after so many tries', () => {
    expect(secondsAfter(SIDE_EFFECT_ATTEMPTS_MAX - 1)).toBe(1800)
    expect(secondsAfter(SIDE_EFFECT_ATTEMPTS_MAX)).toBeNull()
  })

  it('makes up for an hour’s outage within half an hour of its end', () => {
    let at = NOW.getTime()
    for (let attempts = 1; at < NOW.getTime() + 3_600_000; attempts += 1)
      at = nextSideEffectAttemptAt(attempts, new Date(at))?.getTime() ?? 0
    expect(at - NOW.getTime()).toBeLessThanOrEqual(3_600_000 + 1_800_000)
  })

  it('is noted in one short line without addresses and links', () => {
    expect(failureNote('550 5.1.1 <casey@example.test>: no such user\nsee https://x.test')).toBe(
      '550 5.1.1 …: no such user',
    )
    expect(failureNote('POST https://assist.example.test/api?key=1 answered 503')).toBe('POST … answered 503')
    expect(failureNote('  ')).toBe('It failed without saying why.')
    expect(failureNote('x'.repeat(500))).toHaveLength(200)
  })
})

describe('trying again by hand', () => {
  it('depends on how far it has come', () => {
    const answers = SIDE_EFFECT_STATES.map((state) => [state, decideRetrySideEffect(tina, booking, state)])
    expect(Object.fromEntries(answers)).toEqual({
      queued: { allowed: true, alreadyHolds: true },
      running: { allowed: true, alreadyHolds: true },
      done: { allowed: true, alreadyHolds: true },
      retrying: { allowed: true },
      failed: { allowed: true },
      unknown: { allowed: true },
      skipped: { allowed: false, reason: 'invalid_state' },
    })
  })

  it('is for the booking’s trainer and admins', () => {
    const stranger: Caller = { ...tina, userId: 'tom' }
    expect(decideRetrySideEffect(stranger, booking, 'failed')).toEqual({ allowed: false, reason: 'not_found' })
    expect(decideRetrySideEffect({ ...stranger, role: 'org_admin' }, booking, 'failed').allowed).toBe(true)
    const key: Caller = { kind: 'api_key', keyId: 'k', scopes: ['bookings:read'] }
    expect(decideRetrySideEffect(key, booking, 'failed')).toEqual({ allowed: false, reason: 'insufficient_scope' })
  })
})
