import type { StandInAccount } from './account.ts'
import * as checkout from './checkout.ts'
import type { Deliveries, Tampering } from './deliveries.ts'
import type { Charge, CheckoutSession, Dispute, Refund, StripeEvent } from './objects.ts'
import { closeDispute, createRefund, dispute, failRefund, refundsOf, settleRefund } from './refunds.ts'

/** What became of one captured payment, as Stripe itself counts it. */
export interface CapturedPayment {
  sessionId: string
  paymentIntentId: string
  chargeId: string
  /** What the session was made for (`client_reference_id`). */
  reference: string | null
  metadata: { [key: string]: string }
  amount: number
  currency: string
  /** Succeeded and pending refunds; failed ones no longer count. */
  refunded: number
  refunds: Refund[]
  capturedAt: Date
}

/** One account in the hands of a test: what its customers, its banks and the people at its dashboard do. */
export class AccountControl {
  readonly #account: StandInAccount
  readonly #deliveries: Deliveries

  constructor(account: StandInAccount, deliveries: Deliveries) {
    this.#account = account
    this.#deliveries = deliveries
  }

  get id(): string {
    return this.#account.id
  }

  get secretKey(): string {
    return this.#account.secretKey
  }

  /** Webhooks go there from now on, signed with each of the secrets. `events` null: every kind. */
  addWebhook(endpoint: { url: string; secrets: string[]; events?: readonly string[] | null }): void {
    this.#account.endpoints.push({ url: endpoint.url, secrets: [...endpoint.secrets], events: endpoint.events ?? null })
  }

  /** Signs with these from now on; two while one is being rotated out. */
  signWith(secrets: string[]): void {
    for (const endpoint of this.#account.endpoints) endpoint.secrets = [...secrets]
  }

  /** Sends webhooks nowhere any more. */
  removeWebhooks(): void {
    this.#account.endpoints.length = 0
  }

  /** Ends every session whose deadline has come by the clock, as Stripe does by itself; answers how many. */
  expireDue(): number {
    return checkout.expireDueSessions(this.#account)
  }

  /** The customer pays; `other`: Stripe captured other money than was asked. */
  pay(sessionId: string, other: checkout.OtherMoney = {}): checkout.Move {
    this.expireDue()
    return checkout.pay(this.#account, sessionId, other)
  }

  /** The customer presses Pay in time and their bank asks them; {@link finishPaying} may come after the deadline. */
  beginPaying(sessionId: string): checkout.Move {
    this.expireDue()
    return checkout.beginPaying(this.#account, sessionId)
  }

  finishPaying(sessionId: string): checkout.Move {
    return checkout.finishPaying(this.#account, sessionId)
  }

  decline(sessionId: string): checkout.Move {
    this.expireDue()
    return checkout.decline(this.#account, sessionId)
  }

  /** The customer pays with a delayed method: the session is complete, the money is under way. */
  payLater(sessionId: string): checkout.Move {
    this.expireDue()
    return checkout.payLater(this.#account, sessionId)
  }

  /** The money of {@link payLater} arrives, or does not. False: none is under way. */
  settle(sessionId: string): boolean {
    return checkout.settleLater(this.#account, sessionId)
  }

  fail(sessionId: string): boolean {
    return checkout.failLater(this.#account, sessionId)
  }

  /** Somebody refunds at Stripe's dashboard; all that is left unless `amount` says less. */
  refundInDashboard(sessionId: string, amount?: number): Refund {
    return createRefund(this.#account, {
      charge: this.chargeOf(sessionId).id,
      ...(amount === undefined ? {} : { amount }),
    })
  }

  /** How refunds begin that are made from now on. */
  startRefundsAs(status: 'pending' | 'succeeded'): void {
    this.#account.refundsStartAs = status
  }

  settleRefund(refundId: string): boolean {
    return settleRefund(this.#account, refundId)
  }

  /** A refund comes back, also one that had succeeded. */
  failRefund(refundId: string, reason?: string): boolean {
    return failRefund(this.#account, refundId, reason)
  }

  dispute(sessionId: string, reason?: string): Dispute {
    return dispute(this.#account, this.chargeOf(sessionId).id, reason)
  }

  /** The bank decides a dispute; false when it has decided before. */
  closeDispute(disputeId: string, status: 'won' | 'lost'): boolean {
    return closeDispute(this.#account, disputeId, status)
  }

  session(id: string): CheckoutSession {
    return structuredClone(this.#account.session(id))
  }

  sessions(): CheckoutSession[] {
    return structuredClone([...this.#account.sessions.values()])
  }

  /** The sessions made for one booking (`client_reference_id`), oldest first. */
  sessionsFor(reference: string): CheckoutSession[] {
    return this.sessions().filter((session) => session.client_reference_id === reference)
  }

  /** The charge that a session led to; throws when it led to none. */
  chargeOf(sessionId: string): Charge {
    const intentId = this.#account.session(sessionId).payment_intent
    const chargeId = intentId === null ? null : this.#account.paymentIntent(intentId).latest_charge
    if (chargeId === null) throw new Error(`Nothing was captured for ${sessionId}.`)
    return structuredClone(this.#account.charge(chargeId))
  }

  refunds(): Refund[] {
    return structuredClone([...this.#account.refunds.values()])
  }

  /** The events so far, oldest first. */
  events(type?: string): StripeEvent[] {
    const events = [...this.#account.events.values()]
    return structuredClone(type === undefined ? events : events.filter((event) => event.type === type))
  }

  /** Delivers an event once more, to every endpoint; answers the statuses, null where nobody answered. */
  async deliver(
    eventId: string,
    options: { times?: number; together?: boolean; tampering?: Tampering } = {},
  ): Promise<(number | null)[]> {
    const event = this.#account.event(eventId)
    const endpoints = [...this.#account.endpoints]
    return (await Promise.all(endpoints.map((one) => this.#deliveries.deliver(event, one, options)))).flat()
  }

  /** Every payment that Stripe has captured on this account, and what of it has gone back. */
  captured(): CapturedPayment[] {
    return this.sessions().flatMap((session): CapturedPayment[] => {
      const intent = session.payment_intent === null ? null : this.#account.paymentIntent(session.payment_intent)
      const charge = intent?.latest_charge == null ? null : this.#account.charge(intent.latest_charge)
      if (intent === null || charge === null) return []
      return [
        {
          sessionId: session.id,
          paymentIntentId: intent.id,
          chargeId: charge.id,
          reference: session.client_reference_id,
          metadata: session.metadata,
          amount: charge.amount_captured,
          currency: charge.currency,
          refunded: charge.amount_refunded,
          refunds: structuredClone(refundsOf(this.#account, charge.id)),
          capturedAt: new Date(charge.created * 1000),
        },
      ]
    })
  }
}
