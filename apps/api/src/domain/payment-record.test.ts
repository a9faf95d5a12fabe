import { expect, test } from 'vitest'
import { paymentRecordStatus } from './payment-record.ts'

const paid = (settledRefundsMinor: number) =>
  paymentRecordStatus({ state: 'paid', amountMinor: 9000, settledRefundsMinor })

test('a payment is called refunded from the last cent on, and partly refunded from the first', () => {
  expect(paid(0)).toBe('paid')
  expect(paid(1)).toBe('partially_refunded')
  expect(paid(8999)).toBe('partially_refunded')
  expect(paid(9000)).toBe('refunded')
})

test('a checkout that was never paid is called what it is', () => {
  for (const state of ['open', 'processing', 'failed', 'expired'] as const)
    expect(paymentRecordStatus({ state, amountMinor: 9000, settledRefundsMinor: 0 })).toBe(state)
})
