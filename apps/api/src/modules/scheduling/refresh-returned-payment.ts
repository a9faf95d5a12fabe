import { setTimeout as delay } from 'node:timers/promises'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { PAYABLE_STATES } from '../payments/checkout-attempts.ts'
import { listPaymentsOfBooking, takeAsking } from '../payments/repository.ts'
import { syncPayment } from '../payments/sync-payment.ts'
import type { PresentedLink } from './find-link.ts'

type RefreshDeps = Parameters<typeof syncPayment>[0]

/** A link to one booking. */
type ReturnLink = Exclude<PresentedLink, { kind: 'scheduling' }>

/** The page looks every two seconds, in however many tabs; the provider is asked at most so often. */
const ASK_AGAIN_MS = 3_000
/** While an earlier question is still without an answer, it is asked less often, so that few of them wait at once. */
const TRY_AGAIN_MS = 15_000
/** A page that waits longer looks broken. What the provider says after that shows at the next look. */
const WAIT_MS = 4_000

/**
 * The customer is back from the checkout: while it is not known what has become of their payment, the provider is asked,
 * so that a notice which is late or lost keeps nobody waiting. That they came back proves nothing and changes nothing; what
 * the provider says goes through payment truth as ever.
 *
 * Does nothing when the provider was asked within the last three seconds (15 when it has not answered yet). A provider that
 * does not answer, or not within four seconds, is no error: the page then shows what is known.
 */
export async function refreshReturnedPayment(deps: RefreshDeps, link: ReturnLink): Promise<void> {
  const { scope } = link
  const [latest] = await listPaymentsOfBooking(deps.db, scope, link.bookingId)
  if (latest === undefined || !PAYABLE_STATES.some((state) => state === latest.state)) return
  const now = deps.clock.now()
  const isUnanswered = latest.askedAt !== null && latest.askedAt > (latest.syncedAt ?? latest.createdAt)
  const notTriedSince = new Date(now.getTime() - (isUnanswered ? TRY_AGAIN_MS : ASK_AGAIN_MS))
  if (!(await takeAsking(deps.db, scope, latest.id, { now, notTriedSince }))) return
  await Promise.race([ask(deps, link, latest.id), delay(WAIT_MS, null, { ref: false })])
}

/** Never rejects for the provider's sake; what else goes wrong would go wrong for the page as well. */
async function ask(deps: RefreshDeps, { scope }: ReturnLink, paymentId: string): Promise<void> {
  try {
    await syncPayment(deps, { scope, paymentId, confirmFor: null })
  } catch (error) {
    if (!(error instanceof PaymentGatewayUnavailable)) throw error
  }
}
