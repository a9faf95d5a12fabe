import { invalidRequest } from './stripe-error.ts'

/** Currencies without decimals at Stripe (docs.stripe.com/currencies#zero-decimal). */
const WITHOUT_DECIMALS = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))

/** Three decimals, the last of which must be 0 (docs.stripe.com/currencies#three-decimal). */
const WITH_THREE_DECIMALS = new Set('bhd jod kwd omr tnd'.split(' '))

/** Counted in hundredths that must be 00 (docs.stripe.com/currencies#special-cases). */
const HUNDREDTHS_OF_ZERO = new Set(['isk', 'ugx'])

/** The least that can be charged (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const MINIMUM: { readonly [currency: string]: number } = {
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
}

/** Eight digits, more where the units are small (the same page). */
const AMOUNT_MAX = 99_999_999
const LARGER_MAX: { readonly [currency: string]: number } = {
  cop: 999_999_999_999,
  huf: 999_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
  jpy: 9_999_999_999,
  lbp: 999_999_999_999,
}

/** How many decimals Stripe counts a currency with. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (WITHOUT_DECIMALS.has(currency)) return 0
  return WITH_THREE_DECIMALS.has(currency) ? 3 : 2
}

/** Refuses a currency that is not written as Stripe writes it. */
export function checkCurrency(currency: string, param: string): void {
  if (!/^[a-z]{3}$/.test(currency)) throw invalidRequest(`Invalid currency: ${currency}.`, { param })
}

/** Refuses an amount that the currency does not have: a dinar to the thousandth, a half krona. */
export function checkStep(amount: number, currency: string, param: string): void {
  if (!Number.isInteger(amount) || amount < 0) throw invalidRequest(`Invalid non-negative integer`, { param })
  if (WITH_THREE_DECIMALS.has(currency) && amount % 10 !== 0)
    throw invalidRequest(`The last digit of an amount in ${currency} must be 0.`, { param })
  if (HUNDREDTHS_OF_ZERO.has(currency) && amount % 100 !== 0)
    throw invalidRequest(`The last two digits of an amount in ${currency} must be 0.`, { param })
}

/** Refuses a total that is too small or too large to be charged. */
export function checkTotal(amount: number, currency: string): void {
  const minimum = MINIMUM[currency] ?? 1
  if (amount < minimum)
    throw invalidRequest(`The Checkout Session's total amount must be at least ${minimum} in ${currency}.`, {
      code: 'amount_too_small',
    })
  const maximum = LARGER_MAX[currency] ?? AMOUNT_MAX
  if (amount > maximum)
    throw invalidRequest(`The Checkout Session's total amount must be at most ${maximum} in ${currency}.`, {
      code: 'amount_too_large',
    })
}
