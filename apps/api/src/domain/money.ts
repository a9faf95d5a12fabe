import { ALLOWED, type Decision, refused } from './decision.ts'

/**
 * An amount of money: whole minor units of its currency (cents, yen, thousandths of a dinar), never fractions.
 */
export interface Money {
  /** Integer minor units as ISO 4217 counts them. */
  amount: number
  /** ISO 4217 code in capitals. */
  currency: string
}

interface CurrencyFacts {
  /** Digits after the decimal point, by ISO 4217. */
  readonly exponent: 0 | 2 | 3
  /** Digits that Stripe's API counts with where they are not ISO's. */
  readonly stripeExponent?: 0 | 2
  /** Stripe charges only multiples of this many of our minor units; 1 when absent. */
  readonly chargeStep?: number
  /** The least that Stripe charges, in our minor units, where Stripe publishes a figure for the currency. */
  readonly stripeMinimum?: number
}

const TWO: CurrencyFacts = { exponent: 2 }
const ZERO: CurrencyFacts = { exponent: 0 }
// Stripe's partners take three-decimal amounts only with a last digit of 0.
const THREE: CurrencyFacts = { exponent: 3, chargeStep: 10 }
const atLeast = (stripeMinimum: number): CurrencyFacts => ({ exponent: 2, stripeMinimum })

/**
 * Every currency that prices may be in: those that Stripe charges in (https://docs.stripe.com/currencies, presentment
 * currencies, special cases and minimum amounts), with the decimals of ISO 4217. What ISO has withdrawn is left out.
 *
 * Three of them are counted differently by Stripe: ISK and UGX have no decimals in ISO, but Stripe expects hundredths
 * that must be 00; MGA has two in ISO (and coins of a fifth), but none at Stripe.
 */
const CURRENCIES = {
  AED: atLeast(200),
  AFN: TWO,
  ALL: TWO,
  AMD: TWO,
  AOA: TWO,
  ARS: TWO,
  AUD: atLeast(50),
  AWG: TWO,
  AZN: TWO,
  BAM: TWO,
  BBD: TWO,
  BDT: TWO,
  BHD: THREE,
  BIF: ZERO,
  BMD: TWO,
  BND: TWO,
  BOB: TWO,
  BRL: atLeast(50),
  BSD: TWO,
  BWP: TWO,
  BYN: TWO,
  BZD: TWO,
  CAD: atLeast(50),
  CDF: TWO,
  CHF: atLeast(50),
  CLP: ZERO,
  CNY: TWO,
  COP: TWO,
  CRC: TWO,
  CVE: TWO,
  CZK: atLeast(1500),
  DJF: ZERO,
  DKK: atLeast(250),
  DOP: TWO,
  DZD: TWO,
  EGP: TWO,
  ETB: TWO,
  EUR: atLeast(50),
  FJD: TWO,
  FKP: TWO,
  GBP: atLeast(30),
  GEL: TWO,
  GIP: TWO,
  GMD: TWO,
  GNF: ZERO,
  GTQ: TWO,
  GYD: TWO,
  HKD: atLeast(400),
  HNL: TWO,
  HTG: TWO,
  HUF: atLeast(17500),
  IDR: TWO,
  ILS: TWO,
  INR: atLeast(50),
  ISK: { exponent: 0, stripeExponent: 2 },
  JMD: TWO,
  JOD: THREE,
  JPY: { exponent: 0, stripeMinimum: 50 },
  KES: TWO,
  KGS: TWO,
  KHR: TWO,
  KMF: ZERO,
  KRW: ZERO,
  KWD: THREE,
  KYD: TWO,
  KZT: TWO,
  LAK: TWO,
  LBP: TWO,
  LKR: TWO,
  LRD: TWO,
  LSL: TWO,
  MAD: TWO,
  MDL: TWO,
  MGA: { exponent: 2, stripeExponent: 0, chargeStep: 100 },
  MKD: TWO,
  MMK: TWO,
  MNT: TWO,
  MOP: TWO,
  MUR: TWO,
  MVR: TWO,
  MWK: TWO,
  MXN: atLeast(1000),
  MYR: atLeast(200),
  MZN: TWO,
  NAD: TWO,
  NGN: TWO,
  NIO: TWO,
  NOK: atLeast(300),
  NPR: TWO,
  NZD: atLeast(50),
  OMR: THREE,
  PAB: TWO,
  PEN: TWO,
  PGK: TWO,
  PHP: TWO,
  PKR: TWO,
  PLN: atLeast(200),
  PYG: ZERO,
  QAR: TWO,
  RON: atLeast(200),
  RSD: TWO,
  RUB: TWO,
  RWF: ZERO,
  SAR: TWO,
  SBD: TWO,
  SCR: TWO,
  SEK: atLeast(300),
  SGD: atLeast(50),
  SHP: TWO,
  SLE: TWO,
  SOS: TWO,
  SRD: TWO,
  SZL: TWO,
  THB: atLeast(1000),
  TJS: TWO,
  TND: THREE,
  TOP: TWO,
  TRY: TWO,
  TTD: TWO,
  TWD: TWO,
  TZS: TWO,
  UAH: TWO,
  UGX: { exponent: 0, stripeExponent: 2 },
  USD: atLeast(50),
  UYU: TWO,
  UZS: TWO,
  VND: ZERO,
  VUV: ZERO,
  WST: TWO,
  XAF: ZERO,
  XCD: TWO,
  XCG: TWO,
  XOF: ZERO,
  XPF: ZERO,
  YER: TWO,
  ZAR: TWO,
  ZMW: TWO,
} as const satisfies Record<string, CurrencyFacts>

/** The codes of every currency that prices may be in, by the alphabet. */
export const CURRENCY_CODES: readonly string[] = Object.freeze(Object.keys(CURRENCIES))

const factsByCode: ReadonlyMap<string, CurrencyFacts> = new Map(Object.entries(CURRENCIES))

function factsOf(currency: string): CurrencyFacts {
  const facts = factsByCode.get(currency)
  if (facts === undefined) throw new RangeError(`not a currency that prices may be in: ${JSON.stringify(currency)}`)
  return facts
}

/** Something is the code of a currency that prices may be in: capitals, and on Stripe's list. */
export function isCurrency(code: string): boolean {
  return factsByCode.has(code)
}

/**
 * How many digits a currency has after the decimal point: 2 for USD, 0 for JPY, 3 for KWD.
 *
 * ISO 4217's figure, not that of `Intl.NumberFormat`, which drops the decimals of some currencies that have them (ALL,
 * MGA, RSD and others). Throws a RangeError for what {@link isCurrency} refuses.
 */
export function currencyExponent(currency: string): number {
  return factsOf(currency).exponent
}

/** An amount of money. Throws a RangeError unless the amount is a whole number of minor units of a known currency. */
export function money(amount: number, currency: string): Money {
  factsOf(currency)
  if (!Number.isSafeInteger(amount)) throw new RangeError('money is a whole number of minor units')
  // -0 would be told apart from 0 by strict comparisons.
  return { amount: amount === 0 ? 0 : amount, currency }
}

/**
 * The bare number of an amount, with its currency's own decimals and a point: "75.00", "7500", "7.500". For files that
 * programs read; the currency stands beside it.
 */
export function decimalAmount(amount: Money): string {
  const exponent = factsOf(amount.currency).exponent
  const digits = String(Math.abs(amount.amount)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const part = exponent === 0 ? '' : `.${digits.slice(-exponent)}`
  return `${amount.amount < 0 ? '-' : ''}${whole}${part}`
}

/** Two amounts are of the same currency and equally large. */
export function isSameMoney(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency
}

/** The sum of two amounts. Throws a RangeError when their currencies differ. */
export function addMoney(a: Money, b: Money): Money {
  requireOneCurrency(a, b)
  return money(a.amount + b.amount, a.currency)
}

/** One amount less another, below zero too. Throws a RangeError when their currencies differ. */
export function subtractMoney(a: Money, b: Money): Money {
  requireOneCurrency(a, b)
  return money(a.amount - b.amount, a.currency)
}

function requireOneCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} do not add up`)
}

/**
 * A share of an amount: 70 percent of $10.01 is $7.01.
 *
 * Half a minor unit is rounded up (2.5 becomes 3, and -2.5 becomes -2). The percentage may have up to four decimals, be
 * above 100 or below zero; the result is exact, since it is never computed in fractions.
 */
export function percentOf(amount: Money, percent: number): Money {
  if (!Number.isFinite(percent)) throw new RangeError('a percentage is a number')
  const tenThousandths = BigInt(Math.round(percent * 10_000))
  const whole = 1_000_000n
  const doubled = 2n * BigInt(amount.amount) * tenThousandths + whole
  // Division of big integers cuts towards zero; rounding half up needs the floor.
  const quotient = doubled / (2n * whole)
  const floor = doubled < 0n && doubled % (2n * whole) !== 0n ? quotient - 1n : quotient
  return money(Number(floor), amount.currency)
}

/** The least that can be charged by card in a currency; where Stripe names no figure, its smallest chargeable amount. */
export function minimumCharge(currency: string): Money {
  const facts = factsOf(currency)
  return { amount: facts.stripeMinimum ?? facts.chargeStep ?? 1, currency }
}

/**
 * The nearest amount that can be charged in its currency: three-decimal currencies are charged in steps of 10 minor
 * units, MGA in steps of 100, all others as they are. Half a step goes up.
 */
export function roundToChargeable(amount: Money): Money {
  const step = factsOf(amount.currency).chargeStep ?? 1
  return money(Math.floor(amount.amount / step + 0.5) * step, amount.currency)
}

/** The largest amount that Stripe's API takes in most currencies: eight digits, in its own units. */
const STRIPE_MAXIMUM = 99_999_999
/** Where it takes more digits (https://docs.stripe.com/currencies, maximum amounts): money of small units. */
const STRIPE_MAXIMUMS: ReadonlyMap<string, number> = new Map([
  ['COP', 999_999_999_999],
  ['HUF', 999_999_999_999],
  ['IDR', 999_999_999_999],
  ['INR', 999_999_999],
  ['JPY', 9_999_999_999],
  ['LBP', 999_999_999_999],
])

/** The most that can be charged at once in a currency. */
export function maximumCharge(currency: string): Money {
  const { exponent, stripeExponent = exponent } = factsOf(currency)
  const atStripe = STRIPE_MAXIMUMS.get(currency) ?? STRIPE_MAXIMUM
  return { amount: Math.floor(atStripe * 10 ** (exponent - stripeExponent)), currency }
}

/** Why an amount cannot be a price. */
export type PriceRefusal = 'negative' | 'below_minimum' | 'above_maximum' | 'not_a_multiple'

/**
 * An amount may stand as a price: 0 (free), or from the least to the most that can be charged by card, in steps that can
 * be charged.
 *
 * Refusals name what a message has to explain; an API answers them all as `validation_failed`.
 */
export function decidePrice(price: Money): Decision<PriceRefusal> {
  if (price.amount === 0) return ALLOWED
  if (price.amount < 0) return refused('negative')
  if (price.amount < minimumCharge(price.currency).amount) return refused('below_minimum')
  if (price.amount > maximumCharge(price.currency).amount) return refused('above_maximum')
  if (price.amount % (factsOf(price.currency).chargeStep ?? 1) !== 0) return refused('not_a_multiple')
  return ALLOWED
}

/**
 * The amount as Stripe's API writes it: 1000 JPY are 1000, but 1000 ISK are 100000.
 *
 * Exact, or a RangeError: an amount that Stripe cannot express (a fraction of a Malagasy ariary) is not rounded in
 * silence.
 */
export function toStripeAmount(amount: Money): number {
  const { exponent, stripeExponent = exponent } = factsOf(amount.currency)
  const converted = amount.amount * 10 ** (stripeExponent - exponent)
  const whole = Math.round(converted)
  if (!Number.isSafeInteger(whole) || toOurAmount(whole, exponent, stripeExponent) !== amount.amount) {
    throw new RangeError(`Stripe cannot express ${amount.amount} ${amount.currency}`)
  }
  return whole
}

/**
 * The amount that Stripe's API reports, in our minor units. Stripe writes currencies in small letters.
 *
 * Rounded half up where Stripe is the finer one (ISK, UGX), which can only happen to what was never charged by us.
 */
export function fromStripeAmount(stripeAmount: number, stripeCurrency: string): Money {
  const currency = stripeCurrency.toUpperCase()
  const { exponent, stripeExponent = exponent } = factsOf(currency)
  return money(toOurAmount(stripeAmount, exponent, stripeExponent), currency)
}

function toOurAmount(stripeAmount: number, exponent: number, stripeExponent: number): number {
  return exponent >= stripeExponent
    ? stripeAmount * 10 ** (exponent - stripeExponent)
    : Math.floor(stripeAmount / 10 ** (stripeExponent - exponent) + 0.5)
}
