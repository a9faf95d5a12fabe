/** An amount as the API writes it: integer minor units of an ISO 4217 currency. */
export type Money = { amount: number; currency: string }

const formats = new Map<string, Intl.NumberFormat>()

function format(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale}|${currency}`
  let made = formats.get(key)
  if (made === undefined) {
    made = new Intl.NumberFormat(locale, { style: 'currency', currency })
    formats.set(key, made)
  }
  return made
}

/** An amount for a person: "$75.00", "¥7,500", "KWD 7.500". The currency's own number of decimals is kept. */
export function formatMoney(money: Money, locale = 'en-US'): string {
  const formatter = format(locale, money.currency)
  const digits = formatter.resolvedOptions().maximumFractionDigits ?? 2
  return formatter.format(money.amount / 10 ** digits).replaceAll('\u00a0', ' ')
}
