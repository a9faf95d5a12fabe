import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { readStripeEvent, type StripeEvent } from '../../platform/payment-gateway/stripe-webhook.ts'
import { findWebhookAccount } from '../organizations/read-payment-account.ts'
import { type EventAccount, findPaymentOfEvent } from './find-payment-of-event.ts'
import { DEPLOYMENT, isEventReceived, type ReceivedEvent, recordReceivedEvent } from './received-events.ts'
import { recordDispute } from './record-dispute.ts'
import { syncPayment } from './sync-payment.ts'
import { syncRefundsOfPayment } from './sync-refunds-of-payment.ts'

type ReceiveDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'config' | 'paymentGateways' | 'calendars'>

/** Stripe tells again by its own plan; this is for whoever repeats by hand. */
const TELL_AGAIN_SECONDS = 10

/**
 * Stripe says that something has happened in an account: the deployment's, or the one of an organization's integration.
 *
 * The signature is checked on the bytes that came, within 300 s by the true clock: Stripe knows nothing of a product's
 * clock that was moved to try tomorrow today, and a moved one would refuse every word of it. What has happened is not taken
 * from the words of the event but asked of Stripe (`syncPayment`), so events may come in any order, any number of times
 * and all at once; the event's id is written in the transaction of its effect. An event about nothing of ours, or of a
 * kind that nothing follows from, is acknowledged.
 *
 * Refuses `invalid_signature`, with nothing written. When Stripe cannot be asked, or the database, nothing is written
 * either and the answer is 503, so that Stripe tells again.
 */
export async function receiveStripeEvent(
  deps: ReceiveDeps,
  input: EventAccount & { body: Buffer; signature: string },
): Promise<void> {
  const now = deps.clock.unmoved()
  const secrets = await signingSecrets(deps, input)
  const event = readStripeEvent({ body: input.body, signature: input.signature, secrets, now })
  if (event === null) throw new AppError('invalid_signature')
  if (event.type === null) return
  const received: ReceivedEvent = {
    provider: 'stripe',
    account: input.integrationId ?? DEPLOYMENT,
    eventId: event.id,
    type: event.type,
  }
  if (await isEventReceived(deps.db, received)) return
  try {
    await bringUpToDate(deps, input, event, received)
  } catch (error) {
    if (error instanceof PaymentGatewayUnavailable)
      throw new AppError('payment_provider_unavailable', { retryAfterSeconds: TELL_AGAIN_SECONDS }, { cause: error })
    throw error
  }
}

/** Every secret that may have signed an event of this account now; one that was replaced runs out by the product's clock. */
async function signingSecrets(deps: ReceiveDeps, { integrationId }: EventAccount): Promise<string[]> {
  if (integrationId !== null)
    return (await findWebhookAccount(deps, { integrationId, now: deps.clock.now() }))?.secrets ?? []
  const { stripeWebhookSecret, olderStripeWebhookSecrets } = deps.config
  return stripeWebhookSecret === null ? [] : [stripeWebhookSecret, ...olderStripeWebhookSecrets]
}

async function bringUpToDate(
  deps: ReceiveDeps,
  account: EventAccount,
  event: StripeEvent,
  receivedEvent: ReceivedEvent,
): Promise<void> {
  const payment = await findPaymentOfEvent(deps, account, event)
  if (payment === null) {
    await recordReceivedEvent(deps.db, receivedEvent, deps.clock.unmoved())
    return
  }
  const target = { scope: scopeOfRow(payment), paymentId: payment.id, receivedEvent }
  if (event.checkoutId !== null) await syncPayment(deps, { ...target, confirmFor: null })
  else if (event.disputeId !== null) await recordDispute(deps, { ...target, disputeId: event.disputeId })
  else await syncRefundsOfPayment(deps, target)
}
