/**
 * The events that a Stripe webhook has to be subscribed to, and the only ones that are acted upon; any other is
 * acknowledged and passed over. The first four are about a checkout, the next four about money going back, the last two
 * about a customer who asks their bank for it.
 */
export const STRIPE_WEBHOOK_EVENTS = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
] as const
export type StripeWebhookEvent = (typeof STRIPE_WEBHOOK_EVENTS)[number]
