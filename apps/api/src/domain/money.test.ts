import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addMoney,
  CURRENCY_CODES,
  currencyExponent,
  decidePrice,
  decimalAmount,
  fromStripeAmount,
  isCurrency,
  isSameMoney,
  minimumCharge,
  money,
  percentOf,
  roundToChargeable,
  subtractMoney,
  toStripeAmount,
} from './money.ts'

describe('currencies', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['UGX', 0],
    ['VND', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3],
    ['MGA', 2],
    ['HUF', 2],
    ['TWD', 2],
  ])('%s has %i digits after the point', (currency, digits) => {
    expect(currencyExponent(currency)).toBe(digits)
  })

  it.each(['usd', 'US', 'XXX', 'HRK', 'DEM', '', '__proto__', 'constructor'])('%j is not one', (code) => {
    expect(isCurrency(code)).toBe(false)
    expect(() => currencyExponent(code)).toThrow(RangeError)
  })

  it('are all three capitals, listed once, by the alphabet', () => {
    expect(CURRENCY_CODES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true)
    expect([...CURRENCY_CODES]).toEqual([...new Set(CURRENCY_CODES)].sort())
  })
})

describe('amounts', () => {
  it('are whole minor units of a known currency', () => {
    expect(money(1050, 'USD')).toEqual({ amount: 1050, currency: 'USD' })
    expect(Object.is(money(-0, 'USD').amount, 0)).toBe(true)
    expect(() => money(10.5, 'USD')).toThrow(RangeError)
    expect(() => money(Number.NaN, 'USD')).toThrow(RangeError)
    expect(() => money(2 ** 53, 'USD')).toThrow(RangeError)
    expect(() => money(1, 'usd')).toThrow(RangeError)
  })

  it('add up and subtract within one currency only', () => {
    expect(addMoney(money(100, 'EUR'), money(250, 'EUR'))).toEqual(money(350, 'EUR'))
    expect(subtractMoney(money(100, 'EUR'), money(250, 'EUR'))).toEqual(money(-150, 'EUR'))
    expect(() => addMoney(money(100, 'EUR'), money(100, 'USD'))).toThrow(RangeError)
    expect(() => subtractMoney(money(100, 'EUR'), money(100, 'USD'))).toThrow(RangeError)
  })

  it('are the same only in the same currency', () => {
    expect(isSameMoney(money(100, 'EUR'), money(100, 'EUR'))).toBe(true)
    expect(isSameMoney(money(100, 'EUR'), money(101, 'EUR'))).toBe(false)
    expect(isSameMoney(money(100, 'EUR'), money(100, 'USD'))).toBe(false)
  })
})

describe('percentages', () => {
  it.each([
    [1001, 70, 701],
    [1000, 70, 700],
    [5, 50, 3],
    [3, 50, 2],
    [1, 49.99, 0],
    [1, 50, 1],
    [-5, 50, -2],
    [-3, 50, -1],
    [1005, 10, 101],
    [1004, 10, 100],
    [1000, 33.33, 333],
    [115, 100.5, 116],
    [1000, 0, 0],
    [1000, 100, 1000],
    [1000, 120, 1200],
    [1000, -20, -200],
    [9_007_199_254_740_991, 100, 9_007_199_254_740_991],
  ])('%i at %d percent is %i', (amount, percent, expected) => {
    expect(percentOf(money(amount, 'USD'), percent).amount).toBe(expected)
  })

  it('are exact where floating point is not', () => {
    // 1.005 is below itself in binary, so 100 × 1.005 comes out as 100.49999999999999.
    expect(percentOf(money(100, 'USD'), 100.5).amount).toBe(101)
    expect(percentOf(money(50, 'USD'), 2.01).amount).toBe(1)
  })

  it('of a share and its rest differ from the whole by at most the one unit that rounding makes', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 0, max: 10_000 }), (amount, hundredths) => {
        const share = percentOf(money(amount, 'USD'), hundredths / 100).amount
        const rest = percentOf(money(amount, 'USD'), (10_000 - hundredths) / 100).amount
        expect(share + rest - amount).toBeGreaterThanOrEqual(0)
        expect(share + rest - amount).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('prices', () => {
  it.each([
    [0, 'USD', null],
    [49, 'USD', 'below_minimum'],
    [50, 'USD', null],
    [-1, 'USD', 'negative'],
    [99_999_999, 'USD', null],
    [100_000_000, 'USD', 'above_maximum'],
    [99_999_990, 'KWD', null],
    [100_000_000, 'KWD', 'above_maximum'],
    [999_999, 'UGX', null],
    [1_000_000, 'UGX', 'above_maximum'],
    [9_999_999_900, 'MGA', null],
    [10_000_000_000, 'MGA', 'above_maximum'],
    [9_999_999_999, 'JPY', null],
    [10_000_000_000, 'JPY', 'above_maximum'],
    [999_999_999_999, 'IDR', null],
    [1_000_000_000_000, 'IDR', 'above_maximum'],
    [29, 'GBP', 'below_minimum'],
    [30, 'GBP', null],
    [49, 'JPY', 'below_minimum'],
    [50, 'JPY', null],
    [17_499, 'HUF', 'below_minimum'],
    [17_500, 'HUF', null],
    [9, 'KWD', 'below_minimum'],
    [10, 'KWD', null],
    [5_005, 'KWD', 'not_a_multiple'],
    [5_010, 'KWD', null],
    [150, 'MGA', 'not_a_multiple'],
    [200, 'MGA', null],
    [1, 'ISK', null],
  ])('%i %s: %s', (amount, currency, reason) => {
    expect(decidePrice(money(amount, currency))).toEqual(
      reason === null ? { allowed: true } : { allowed: false, reason },
    )
  })

  it('may stand at the smallest charge of every currency, and at no less', () => {
    for (const currency of CURRENCY_CODES) {
      const least = minimumCharge(currency)
      expect(decidePrice(least).allowed).toBe(true)
      expect(least.amount === 1 || !decidePrice(money(least.amount - 1, currency)).allowed).toBe(true)
    }
  })

  it.each([
    [5_004, 'KWD', 5_000],
    [5_005, 'KWD', 5_010],
    [149, 'MGA', 100],
    [150, 'MGA', 200],
    [1_234, 'USD', 1_234],
  ])('%i %s becomes %i when rounded to what can be charged', (amount, currency, expected) => {
    expect(roundToChargeable(money(amount, currency)).amount).toBe(expected)
  })
})

describe('the way to Stripe and back', () => {
  it.each([
    [1050, 'USD', 1050],
    [500, 'JPY', 500],
    [500, 'ISK', 50_000],
    [500, 'UGX', 50_000],
    [5_010, 'KWD', 5_010],
    [500, 'MGA', 5],
    [17_500, 'HUF', 17_500],
  ])('%i %s is %i at Stripe', (amount, currency, stripeAmount) => {
    expect(toStripeAmount(money(amount, currency))).toBe(stripeAmount)
    expect(fromStripeAmount(stripeAmount, currency.toLowerCase())).toEqual(money(amount, currency))
  })

  it('never rounds in silence', () => {
    expect(() => toStripeAmount(money(550, 'MGA'))).toThrow(RangeError)
    expect(() => toStripeAmount(money(Number.MAX_SAFE_INTEGER, 'ISK'))).toThrow(RangeError)
  })

  it('loses nothing, for any price in any currency', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CURRENCY_CODES), fc.nat(100_000_000), (currency, amount) => {
        const price = roundToChargeable(money(amount, currency))
        expect(fromStripeAmount(toStripeAmount(price), currency.toLowerCase())).toEqual(price)
      }),
    )
  })
})

describe('decimal amounts', () => {
  it.each([
    [7500, 'USD', '75.00'],
    [5, 'USD', '0.05'],
    [0, 'USD', '0.00'],
    [-4501, 'USD', '-45.01'],
    [7500, 'JPY', '7500'],
    [0, 'JPY', '0'],
    [7500, 'KWD', '7.500'],
    [10, 'KWD', '0.010'],
    [-10, 'KWD', '-0.010'],
    [100000, 'ISK', '100000'],
    [Number.MAX_SAFE_INTEGER, 'USD', '90071992547409.91'],
  ])('%i %s is %s', (amount, currency, text) => {
    expect(decimalAmount(money(amount, currency))).toBe(text)
  })
})
