/** An amount as the API writes it: integer minor units of an ISO 4217 currency. */
export type Money = { amount: number; currency: string }

/**
 * The currencies whose decimals are not two, by ISO 4217, as the API counts them (its domain/money.ts). A browser's own
 * figure is for showing and drops the decimals of some currencies that have them.
 */
const DECIMALS: Record<string, number> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0]),
  ),
  ...Object.fromEntries('BHD JOD KWD OMR TND'.split(' ').map((c) => [c, 3])),
}

/** How many decimals a currency is written with. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2
}

const formats = new Map<string, Intl.NumberFormat>()

function format(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale}|${currency}`
  let made = formats.get(key)
  if (made === undefined) {
    const decimals = decimalsOf(currency)
    made = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    })
    formats.set(key, made)
  }
  return made
}

/** An amount for a person: "$75.00", "¥7,500", "KWD 7.500". The currency's own number of decimals is kept. */
export function formatMoney({ amount, currency }: Money, locale = 'en-US'): string {
  return format(locale, currency)
    .format(amount / 10 ** decimalsOf(currency))
    .replaceAll('\u00a0', ' ')
}
