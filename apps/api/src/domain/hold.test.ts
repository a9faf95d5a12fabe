import { describe, expect, it } from 'vitest'
import { canCheckoutBeMade, checkoutDeadline, holdExpiresAt } from './hold.ts'

const MINUTE = 60_000
const startAt = new Date('2026-05-02T10:00:00Z')
const at = (instant: Date, offset = 0) => new Date(instant.getTime() + offset)

describe('the deadline of a new hold', () => {
  it('lies so many minutes ahead, or at the start if that is sooner', () => {
    const start = new Date('2026-05-01T11:00:00Z')
    expect(holdExpiresAt(at(start, -61 * MINUTE), 60, start)).toEqual(at(start, -MINUTE))
    expect(holdExpiresAt(at(start, -60 * MINUTE), 60, start)).toEqual(start)
    expect(holdExpiresAt(at(start, -40 * MINUTE), 60, start)).toEqual(start)
  })

  it('is a whole second, as the payment provider counts', () => {
    const now = new Date('2026-05-01T09:00:00.999Z')
    expect(holdExpiresAt(now, 35, startAt)).toEqual(new Date('2026-05-01T09:35:00Z'))
    expect(holdExpiresAt(at(now, 1), 35, startAt)).toEqual(new Date('2026-05-01T09:35:01Z'))
  })
})

describe('the deadline of a checkout that is made for a hold', () => {
  const now = new Date('2026-05-01T09:00:00Z')
  const inMinutes = (minutes: number, offset = 0) => at(now, minutes * MINUTE + offset)
  const deadline = (ends: Date, starts = startAt, checkoutsBefore = 1) =>
    checkoutDeadline({ holdExpiresAt: ends, startAt: starts, checkoutsBefore }, now)

  it('is the hold’s own while 31 minutes are left, and 35 minutes from now with a second less', () => {
    expect(deadline(inMinutes(31))).toEqual({ kind: 'kept', deadline: inMinutes(31) })
    expect(deadline(inMinutes(31, -1000))).toEqual({ kind: 'moved', deadline: inMinutes(35) })
    expect(deadline(inMinutes(0, 1000))).toEqual({ kind: 'moved', deadline: inMinutes(35) })
  })

  it('never lies after the start', () => {
    expect(deadline(inMinutes(20), inMinutes(35))).toEqual({ kind: 'moved', deadline: inMinutes(35) })
    expect(deadline(inMinutes(20), inMinutes(34))).toEqual({ kind: 'moved', deadline: inMinutes(34) })
    expect(deadline(inMinutes(20), inMinutes(31))).toEqual({ kind: 'moved', deadline: inMinutes(31) })
  })

  it('is too late when the session starts in less than 31 minutes', () => {
    expect(deadline(inMinutes(20), inMinutes(31, -1000))).toEqual({ kind: 'too_late' })
    expect(deadline(inMinutes(20), inMinutes(20))).toEqual({ kind: 'too_late' })
  })

  it('moves for the fourth checkout and not for the fifth', () => {
    expect(deadline(inMinutes(20), startAt, 3)).toMatchObject({ kind: 'moved' })
    expect(deadline(inMinutes(20), startAt, 4)).toEqual({ kind: 'too_late' })
    expect(deadline(inMinutes(31), startAt, 4)).toMatchObject({ kind: 'kept' })
  })
})

describe('a checkout whose making is repeated', () => {
  it('can be made until 30 minutes before its deadline, and not a millisecond later', () => {
    const deadline = new Date('2026-05-01T11:00:00Z')
    expect(canCheckoutBeMade(deadline, new Date('2026-05-01T10:30:00.000Z'))).toBe(true)
    expect(canCheckoutBeMade(deadline, new Date('2026-05-01T10:30:00.001Z'))).toBe(false)
  })
})
