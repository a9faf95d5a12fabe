import type { Money } from '../../lib/money.ts'

/** How many decimals a currency is written with. */
function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** An amount as a person types it, "12.50" or "12,50", in minor units; null when it is none in this currency. */
export function typedAmount(text: string, currency: string): Money | null {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text.trim())
  const decimals = decimalsOf(currency)
  const [, whole = '', part = ''] = match ?? []
  if (match === null || part.length > decimals) return null
  return { amount: Number(whole) * 10 ** decimals + Number(part.padEnd(decimals, '0') || '0'), currency }
}
