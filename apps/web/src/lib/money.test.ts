import { expect, test } from 'vitest'
import { formatMoney } from './money.ts'

test.each([
  [7500, 'USD', '$75.00'],
  [7500, 'JPY', '¥7,500'],
  [7500, 'KWD', 'KWD 7.500'],
  [0, 'EUR', '€0.00'],
  // The browser alone would show these without the decimals that they have, a hundredfold.
  [7500, 'RSD', 'RSD 75.00'],
  [7500, 'MGA', 'MGA 75.00'],
  [7500, 'ISK', 'ISK 7,500'],
])('%i minor units of %s are %s', (amount, currency, text) => {
  expect(formatMoney({ amount, currency })).toBe(text)
})
