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
  const clock = { hour: 'numeric', minute: '2-digit', timeZone } as const
  const withZone = new Intl.DateTimeFormat(locale, { ...clock, timeZoneName: 'short' })
  const part = (name: 'dayPeriod' | 'timeZoneName', at: Date) =>
    withZone.formatToParts(at).find(({ type }) => type === name)?.value
  const isSameDay = day.format(endAt) === day.format(startAt)
  // Where clocks change in between, the same numbers can mean two instants.
  const isSameZone = part('timeZoneName', startAt) === part('timeZoneName', endAt)
  const start = (isSameZone ? new Intl.DateTimeFormat(locale, clock) : withZone).formatToParts(startAt)
  const isSaidOnce = isSameDay && isSameZone && part('dayPeriod', startAt) === part('dayPeriod', endAt)
  const startText = start.map(({ type, value }) => (isSaidOnce && type === 'dayPeriod' ? '' : value)).join('')
  const end = isSameDay ? withZone.format(endAt) : `${day.format(endAt)} ${withZone.format(endAt)}`
  return plainSpaces(`${day.format(startAt)} · ${startText.trim()}–${end} (${timeZone})`)
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
