import { expect, test } from 'vitest'
import { amountText, exampleAmount, typedAmount } from './refund-amount.ts'

test('an amount is read in the decimals of its currency', () => {
  expect(typedAmount('12.50', 'USD')).toEqual({ amount: 1250, currency: 'USD' })
  expect(typedAmount(' 12,5 ', 'EUR')).toEqual({ amount: 1250, currency: 'EUR' })
  expect(typedAmount('0', 'USD')).toEqual({ amount: 0, currency: 'USD' })
  expect(typedAmount('7500', 'JPY')).toEqual({ amount: 7500, currency: 'JPY' })
  expect(typedAmount('1.234', 'KWD')).toEqual({ amount: 1234, currency: 'KWD' })
})

test('what is no amount of the currency is none', () => {
  for (const text of ['', '-1', '1.234', '1.2.3', 'ten', '1e3']) expect(typedAmount(text, 'USD')).toBeNull()
  expect(typedAmount('75.5', 'JPY')).toBeNull()
})

test.each([
  [4500, 'USD', '45.00'],
  [5, 'USD', '0.05'],
  [7500, 'JPY', '7500'],
  [7500, 'KWD', '7.500'],
  [10, 'KWD', '0.010'],
])('%i minor units of %s are typed as %s, and read back', (amount, currency, text) => {
  expect(amountText({ amount, currency })).toBe(text)
  expect(typedAmount(text, currency)).toEqual({ amount, currency })
})

test.each([
  ['USD', '12.50'],
  ['JPY', '1250'],
  ['KWD', '12.500'],
])('the example in %s is an amount of it', (currency, text) => {
  expect(exampleAmount(currency)).toBe(text)
  expect(typedAmount(text, currency)).not.toBeNull()
})
