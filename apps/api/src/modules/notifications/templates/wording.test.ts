import { describe, expect, it } from 'vitest'
import { amountInWords, instantInWords, sessionTime } from './wording.ts'

const at = (text: string) => new Date(text)
const chicago = (from: string, to: string) => sessionTime(at(from), at(to), 'America/Chicago', 'en')

describe('a session’s time', () => {
  it('says half of the day once and names the zone', () => {
    expect(chicago('2026-11-24T16:30:00Z', '2026-11-24T17:30:00Z')).toBe(
      'Tue, Nov 24, 2026 · 10:30–11:30 AM CST (America/Chicago)',
    )
    expect(chicago('2026-11-24T17:30:00Z', '2026-11-24T18:30:00Z')).toBe(
      'Tue, Nov 24, 2026 · 11:30 AM–12:30 PM CST (America/Chicago)',
    )
  })

  it('names the date of its end where that is another', () => {
    expect(chicago('2026-11-25T05:30:00Z', '2026-11-25T06:30:00Z')).toBe(
      'Tue, Nov 24, 2026 · 11:30 PM–Wed, Nov 25, 2026 12:30 AM CST (America/Chicago)',
    )
  })

  it('names both zones in the night in which clocks go back', () => {
    expect(chicago('2026-11-01T06:30:00Z', '2026-11-01T07:30:00Z')).toBe(
      'Sun, Nov 1, 2026 · 1:30 AM CDT–1:30 AM CST (America/Chicago)',
    )
  })

  it('follows the reader’s locale', () => {
    expect(sessionTime(at('2026-11-24T16:30:00Z'), at('2026-11-24T17:30:00Z'), 'Europe/Berlin', 'de')).toBe(
      'Di., 24. Nov. 2026 · 17:30–18:30 MEZ (Europe/Berlin)',
    )
  })
})

it('an instant names its zone', () => {
  expect(instantInWords(at('2026-11-24T21:45:00Z'), 'America/Chicago', 'en')).toBe('Tue, Nov 24, 2026, 3:45 PM CST')
})

it('an amount has the decimals of its currency', () => {
  expect(amountInWords({ amount: 9000, currency: 'USD' }, 'en')).toBe('$90.00')
  expect(amountInWords({ amount: 9000, currency: 'JPY' }, 'en')).toBe('¥9,000')
  expect(amountInWords({ amount: 9005, currency: 'KWD' }, 'en')).toBe('KWD 9.005')
})
