import { currencyExponent, type Money } from '../../../domain/money.ts'

/**
 * A session's time in words, its zone named: "Tue, Nov 24, 2026 · 10:30–11:30 AM CST (America/Chicago)". When it ends on
 * another date the end's date is said too.
 */
export function sessionTime(startAt: Date, endAt: Date, timeZone: string, locale: string): string {
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone,
  })
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone })
  const withZone = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  })
  const endDay = day.format(endAt)
  const end = endDay === day.format(startAt) ? withZone.format(endAt) : `${endDay} ${withZone.format(endAt)}`
  return plainSpaces(`${day.format(startAt)} · ${time.format(startAt)}–${end} (${timeZone})`)
}

/** An instant in words, its zone named: "Tue, Nov 24, 2026, 3:45 PM CST". */
export function instantInWords(at: Date, timeZone: string, locale: string): string {
  return plainSpaces(
    new Intl.DateTimeFormat(locale, {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZone,
      timeZoneName: 'short',
    }).format(at),
  )
}

/** An amount as people write it, with the decimals of its currency. */
export function amountInWords(amount: Money, locale: string): string {
  const exponent = currencyExponent(amount.currency)
  return plainSpaces(
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: amount.currency,
      minimumFractionDigits: exponent,
      maximumFractionDigits: exponent,
    }).format(amount.amount / 10 ** exponent),
  )
}

/** "60 minutes", "1 hour" stays minutes: lengths are sold in minutes. */
export function lengthInWords(durationMinutes: number): string {
  return `${durationMinutes} minutes`
}

/** Newer ICU puts narrow no-break spaces into times; plain-text mail readers show them as boxes. */
function plainSpaces(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, ' ')
}
