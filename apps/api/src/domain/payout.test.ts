import { describe, expect, it } from 'vitest'
import { payoutCorrection, payoutEarned, payoutSharePercent } from './payout.ts'

const USD = (amount: number) => ({ amount, currency: 'USD' })
const basis = { paid: USD(5000), refunded: USD(0), sharePercent: 70, noShowPercent: null }

describe('the trainer’s share', () => {
  it('is the membership’s own, also when it is nothing, else the organization’s', () => {
    expect(payoutSharePercent(null, 70)).toBe(70)
    expect(payoutSharePercent(0, 70)).toBe(0)
    expect(payoutSharePercent(82.5, 70)).toBe(82.5)
  })
})

describe('what a session earns', () => {
  it.each([
    ['70 % of 50.00', {}, 3500],
    ['of what is left after a refund', { refunded: USD(1000) }, 2800],
    ['nothing when all was paid back', { refunded: USD(5000) }, 0],
    ['nothing for a free session', { paid: USD(0) }, 0],
    ['half a cent up', { paid: USD(5), sharePercent: 50 }, 3],
    ['just under half a cent down', { paid: USD(5), sharePercent: 49.99 }, 2],
    ['two decimals of a percent', { paid: USD(10_000), sharePercent: 33.33 }, 3333],
    ['nothing at a share of 0', { sharePercent: 0 }, 0],
    ['everything at a share of 100', { sharePercent: 100 }, 5000],
    ['half the share after a no-show', { noShowPercent: 50 }, 1750],
    ['a no-show rounded once: 50 % of 70 % of 0.05', { paid: USD(5), noShowPercent: 50 }, 2],
    ['nothing after a no-show that pays nothing', { noShowPercent: 0 }, 0],
  ])('%s', (_name, changes, expected) => {
    expect(payoutEarned({ ...basis, ...changes })).toEqual(USD(expected))
  })
})

describe('a correction', () => {
  it('brings the ledger to what it should be, or is not made', () => {
    expect(payoutCorrection(USD(3500), basis)).toBeNull()
    expect(payoutCorrection(USD(3500), { ...basis, refunded: USD(1000) })).toEqual(USD(-700))
    expect(payoutCorrection(USD(2800), basis)).toEqual(USD(700))
    expect(payoutCorrection(USD(1750), basis)).toEqual(USD(1750))
  })
})
