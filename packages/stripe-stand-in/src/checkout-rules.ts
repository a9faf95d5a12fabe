import { checkCurrency, checkStep, checkTotal } from './money-rules.ts'
import type { LineItem, Metadata } from './objects.ts'
import { invalidRequest } from './stripe-error.ts'

/** A session's parameters after the contract was checked, as far as this stand-in acts on them. */
export interface SessionParameters {
  mode?: string
  ui_mode?: string
  success_url: string
  cancel_url?: string
  client_reference_id?: string
  customer?: string
  customer_email?: string
  currency?: string
  expires_at?: number
  locale?: string
  submit_type?: string
  metadata?: Metadata
  payment_method_types?: string[]
  payment_intent_data?: { metadata?: Metadata }
  adaptive_pricing?: { enabled?: boolean }
  line_items?: {
    quantity?: number
    price_data?: { currency: string; unit_amount?: number; product_data?: { name: string } }
  }[]
}

const METADATA_KEYS_MAX = 50
const METADATA_KEY_LENGTH_MAX = 40
const METADATA_VALUE_LENGTH_MAX = 500
const EXPIRES_AFTER_SECONDS = { min: 30 * 60, max: 24 * 60 * 60 }

interface Checked {
  items: Omit<LineItem, 'id' | 'object'>[]
  total: number
  currency: string
}

/**
 * What Stripe checks of a new Checkout Session beyond names and kinds, for sessions as the product makes them: one
 * payment of prices given in the call. Refuses with Stripe's 400; `now` in Unix seconds.
 */
export function checkSession(parameters: SessionParameters, now: number): Checked {
  if (parameters.mode !== 'payment')
    throw invalidRequest('This stand-in takes `payment` sessions only.', { param: 'mode' })
  if (parameters.ui_mode !== undefined && parameters.ui_mode !== 'hosted_page')
    throw invalidRequest('This stand-in serves hosted pages only.', { param: 'ui_mode' })
  checkAddress(parameters.success_url, 'success_url')
  if (parameters.cancel_url !== undefined) checkAddress(parameters.cancel_url, 'cancel_url')
  if (parameters.customer !== undefined)
    throw parameters.customer_email === undefined
      ? invalidRequest(`No such customer: '${parameters.customer}'`, { code: 'resource_missing', param: 'customer' })
      : invalidRequest('You may only specify one of these parameters: customer, customer_email.')
  if (parameters.customer_email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(parameters.customer_email))
    throw invalidRequest(`Invalid email address: ${parameters.customer_email}`, {
      code: 'email_invalid',
      param: 'customer_email',
    })
  checkDeadline(parameters.expires_at, now)
  checkMetadata(parameters.metadata, 'metadata')
  checkMetadata(parameters.payment_intent_data?.metadata, 'payment_intent_data[metadata]')
  return checkItems(parameters)
}

function checkAddress(address: string, param: string): void {
  const url = URL.canParse(address.replaceAll('{CHECKOUT_SESSION_ID}', 'cs')) ? new URL(address) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalidRequest('Not a valid URL', { code: 'url_invalid', param })
}

function checkDeadline(expiresAt: number | undefined, now: number): void {
  if (expiresAt === undefined) return
  if (expiresAt < now + EXPIRES_AFTER_SECONDS.min)
    throw invalidRequest('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  if (expiresAt > now + EXPIRES_AFTER_SECONDS.max)
    throw invalidRequest('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
}

/** Refuses metadata beyond Stripe's limits: 50 keys of 40 characters, values of 500 (docs.stripe.com/api/metadata). */
export function checkMetadata(metadata: Metadata | undefined, param: string): void {
  const entries = Object.entries(metadata ?? {})
  if (entries.length > METADATA_KEYS_MAX)
    throw invalidRequest(`Metadata can have up to ${METADATA_KEYS_MAX} keys.`, { param })
  for (const [key, value] of entries) {
    if (key.length > METADATA_KEY_LENGTH_MAX || /[[\]]/.test(key))
      throw invalidRequest(`Metadata keys have up to ${METADATA_KEY_LENGTH_MAX} characters, none a bracket.`, { param })
    if (value.length > METADATA_VALUE_LENGTH_MAX)
      throw invalidRequest(`Metadata values can have up to ${METADATA_VALUE_LENGTH_MAX} characters.`, {
        param: `${param}[${key}]`,
      })
  }
}

function checkItems({ line_items: lines = [], currency: presented }: SessionParameters): Checked {
  if (lines.length === 0) throw invalidRequest('Missing required param: line_items.', { param: 'line_items' })
  const items = lines.map(({ quantity, price_data: price }, index) => {
    const param = `line_items[${index}]`
    if (price === undefined) throw invalidRequest('This stand-in knows no stored prices.', { param: `${param}[price]` })
    const { currency, unit_amount: unit, product_data: product } = price
    if (product === undefined)
      throw invalidRequest('Missing required param: product_data.', { param: `${param}[price_data][product_data]` })
    if (product.name === '')
      throw invalidRequest('You passed an empty string.', { param: `${param}[price_data][product_data][name]` })
    if (quantity === undefined || quantity < 1)
      throw invalidRequest('A line item has a quantity of at least 1.', { param: `${param}[quantity]` })
    checkCurrency(currency, `${param}[price_data][currency]`)
    if (unit === undefined)
      throw invalidRequest('Missing required param: unit_amount.', { param: `${param}[price_data][unit_amount]` })
    checkStep(unit, currency, `${param}[price_data][unit_amount]`)
    const amount = unit * quantity
    return { amount_subtotal: amount, amount_total: amount, currency, description: product.name, quantity }
  })
  const currency = items[0]?.currency ?? ''
  if (items.some((item) => item.currency !== currency) || (presented !== undefined && presented !== currency))
    throw invalidRequest('All line items of a session have one currency.', { param: 'line_items' })
  const total = items.reduce((sum, item) => sum + item.amount_total, 0)
  checkTotal(total, currency)
  return { items, total, currency }
}
