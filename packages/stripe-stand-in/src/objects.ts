/*
 * Stripe's objects as they are kept and answered, as far as the product looks at them or the contract asks for them.
 * All money is in Stripe's own minor units, all times are Unix seconds.
 */

export type Metadata = { [key: string]: string }

export interface LineItem {
  id: string
  object: 'item'
  amount_subtotal: number
  amount_total: number
  currency: string
  description: string
  quantity: number
}

export interface CheckoutSession {
  id: string
  object: 'checkout.session'
  amount_subtotal: number
  amount_total: number
  cancel_url: string | null
  client_reference_id: string | null
  created: number
  currency: string
  customer_email: string | null
  customer_details: { email: string | null; name: null; phone: null; address: null; tax_exempt: string; tax_ids: null }
  expires_at: number
  livemode: boolean
  metadata: Metadata
  mode: 'payment'
  payment_intent: string | null
  payment_method_types: string[]
  payment_status: 'unpaid' | 'paid'
  status: 'open' | 'complete' | 'expired'
  success_url: string
  url: string | null
  [other: string]: unknown
}

export interface PaymentIntent {
  id: string
  object: 'payment_intent'
  amount: number
  amount_received: number
  created: number
  currency: string
  last_payment_error: { type: 'card_error' | 'invalid_request_error'; code: string; message: string } | null
  latest_charge: string | null
  metadata: Metadata
  status: 'requires_payment_method' | 'processing' | 'succeeded' | 'canceled'
  [other: string]: unknown
}

export interface Charge {
  id: string
  object: 'charge'
  amount: number
  amount_captured: number
  amount_refunded: number
  captured: boolean
  created: number
  currency: string
  disputed: boolean
  metadata: Metadata
  payment_intent: string
  refunded: boolean
  status: 'succeeded' | 'pending' | 'failed'
  [other: string]: unknown
}

export interface Refund {
  id: string
  object: 'refund'
  amount: number
  charge: string
  created: number
  currency: string
  metadata: Metadata
  payment_intent: string
  reason: string | null
  status: 'pending' | 'succeeded' | 'failed'
  failure_reason?: string
  [other: string]: unknown
}

export interface Dispute {
  id: string
  object: 'dispute'
  amount: number
  charge: string
  created: number
  currency: string
  payment_intent: string
  reason: string
  status: 'needs_response' | 'won' | 'lost'
  [other: string]: unknown
}

export type StripeObject = CheckoutSession | PaymentIntent | Charge | Refund | Dispute

export interface StripeEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: StripeObject }
  livemode: boolean
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}
