import { randomBytes } from 'node:crypto'
import { IdempotencyKeys } from './idempotency-keys.ts'
import type {
  Charge,
  CheckoutSession,
  Dispute,
  LineItem,
  PaymentIntent,
  Refund,
  StripeEvent,
  StripeObject,
} from './objects.ts'
import { noSuch } from './stripe-error.ts'

/** The API version that the product is pinned to; a request with another one is refused. */
export const API_VERSION = '2026-10-28.endive'

/** Where the product is told of events: one address, the secrets that sign for it, and the events it asked for. */
export interface WebhookEndpoint {
  url: string
  /** More than one while a secret is being rotated: each signs. */
  secrets: string[]
  /** Names of events; null: every one. */
  events: readonly string[] | null
}

/** What made an event happen; an API call names its request and key, a person or the clock names neither. */
export interface Cause {
  requestId: string | null
  idempotencyKey: string | null
}

/** One Stripe account: what its secret key reaches, and nothing of the others. */
export class StandInAccount {
  readonly id: string
  readonly secretKey: string
  readonly displayName: string
  readonly livemode: boolean
  readonly origin: string
  readonly sessions = new Map<string, CheckoutSession>()
  readonly lineItems = new Map<string, LineItem[]>()
  /** What a session's payment intent will carry, once there is one. */
  readonly paymentIntentMetadata = new Map<string, { [key: string]: string }>()
  /** Sessions whose customer is being asked by their bank at this moment. */
  readonly authenticating = new Set<string>()
  readonly paymentIntents = new Map<string, PaymentIntent>()
  readonly charges = new Map<string, Charge>()
  readonly refunds = new Map<string, Refund>()
  readonly disputes = new Map<string, Dispute>()
  readonly events = new Map<string, StripeEvent>()
  readonly endpoints: WebhookEndpoint[] = []
  readonly idempotencyKeys = new IdempotencyKeys()
  /** How refunds that are made from now on begin. */
  refundsStartAs: 'pending' | 'succeeded' = 'succeeded'
  readonly #clock: () => Date
  readonly #tell: (event: StripeEvent, endpoint: WebhookEndpoint) => void
  #cause: Cause = { requestId: null, idempotencyKey: null }

  constructor(options: {
    secretKey: string
    displayName: string
    origin: string
    clock: () => Date
    tell: (event: StripeEvent, endpoint: WebhookEndpoint) => void
  }) {
    this.secretKey = options.secretKey
    this.displayName = options.displayName
    this.livemode = /^(sk|rk)_live_/.test(options.secretKey)
    this.origin = options.origin
    this.id = newId('acct')
    this.#clock = options.clock
    this.#tell = options.tell
  }

  /** Unix seconds of this account's clock. */
  now(): number {
    return Math.floor(this.#clock().getTime() / 1000)
  }

  newId(prefix: string): string {
    return newId(prefix === 'cs' ? `cs_${this.livemode ? 'live' : 'test'}` : prefix)
  }

  /** Runs something that an API call asked for; the events it makes name that call. */
  causedBy<Result>(cause: Cause, work: () => Result): Result {
    this.#cause = cause
    try {
      return work()
    } finally {
      this.#cause = { requestId: null, idempotencyKey: null }
    }
  }

  /** Writes an event with the object as it stands now, and tells every endpoint that asked for its kind. */
  emit(type: string, object: StripeObject): StripeEvent {
    const endpoints = this.endpoints.filter((one) => one.events === null || one.events.includes(type))
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: this.now(),
      data: { object: structuredClone(object) },
      livemode: this.livemode,
      pending_webhooks: endpoints.length,
      request: { id: this.#cause.requestId, idempotency_key: this.#cause.idempotencyKey },
      type,
    }
    this.events.set(event.id, event)
    for (const endpoint of endpoints) this.#tell(event, endpoint)
    return event
  }

  /** The object with that id; 404 as Stripe words it when this account has none. */
  session(id: string): CheckoutSession {
    return found(this.sessions, id, 'checkout.session', 'session')
  }

  paymentIntent(id: string, param = 'intent'): PaymentIntent {
    return found(this.paymentIntents, id, 'payment_intent', param)
  }

  charge(id: string, param = 'charge'): Charge {
    return found(this.charges, id, 'charge', param)
  }

  refund(id: string): Refund {
    return found(this.refunds, id, 'refund', 'refund')
  }

  dispute(id: string): Dispute {
    return found(this.disputes, id, 'dispute', 'dispute')
  }

  event(id: string): StripeEvent {
    return found(this.events, id, 'event', 'id')
  }
}

function found<Kept>(kept: ReadonlyMap<string, Kept>, id: string, what: string, param: string): Kept {
  const object = kept.get(id)
  if (object === undefined) throw noSuch(what, id, param)
  return object
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(15).toString('base64url').replaceAll(/[-_]/g, '0')}`
}
