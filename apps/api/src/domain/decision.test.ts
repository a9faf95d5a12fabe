import { describe, expect, it } from 'vitest'
import { ALLOWED, ALREADY_HOLDS, actionOf, isAlreadyHeld, refused } from './decision.ts'

describe('a decision', () => {
  it('shows a button only for what would change something', () => {
    expect(actionOf(ALLOWED)).toEqual({ allowed: true, reason: null })
    expect(actionOf(refused('not_found'))).toEqual({ allowed: false, reason: 'not_found' })
    expect(actionOf(ALREADY_HOLDS)).toEqual({ allowed: false, reason: 'invalid_state' })
  })

  it('tells what already holds from what is to be done', () => {
    expect([ALLOWED, ALREADY_HOLDS, refused('not_found')].map(isAlreadyHeld)).toEqual([false, true, false])
  })
})
