import { decimalsOf, type Money } from '../../lib/money.ts'

/** An amount as a person types it, "12.50" or "12,50", in minor units; null when it is none in this currency. */
export function typedAmount(text: string, currency: string): Money | null {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text.trim())
  const decimals = decimalsOf(currency)
  const [, whole = '', part = ''] = match ?? []
  if (match === null || part.length > decimals) return null
  return { amount: Number(whole) * 10 ** decimals + Number(part.padEnd(decimals, '0') || '0'), currency }
}

/** An amount as a person would type it: "12.50", "7500" of yen, "7.500" of dinars. */
export function amountText({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency)
  const digits = String(amount).padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** An amount that could be typed in this currency, for the words beside a field: "12.50", "1250" of yen. */
export function exampleAmount(currency: string): string {
  const decimals = decimalsOf(currency)
  return amountText({ amount: decimals === 0 ? 1250 : 12.5 * 10 ** decimals, currency })
}
