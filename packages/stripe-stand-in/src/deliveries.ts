import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { WebhookEndpoint } from './account.ts'
import type { StripeEvent } from './objects.ts'

/** One webhook call, ready to be sent. */
export interface WebhookRequest {
  url: string
  headers: { [name: string]: string }
  body: string
}

/** Sends one call and answers its status; throws when nobody answered. */
export type SendWebhook = (request: WebhookRequest) => Promise<number>

/** How one event is to be delivered where nothing else is said: once, at once. */
export interface DeliveryPlan {
  /** How often it comes, one after another; 0: lost for good. Default 1. */
  times?: number
  /** How long it takes to come. */
  delayMilliseconds?: number
}

/** What is different about one delivery that a test asks for. */
export interface Tampering {
  /** Changes the body after it was signed. */
  body?: (body: string) => string
  /** Signs with this instead of the endpoint's secrets. */
  secret?: string
  /** When it says it was signed. */
  signedAt?: Date
}

/** One delivery as it went; `status` null: nobody answered. */
export interface Delivery {
  eventId: string
  type: string
  url: string
  status: number | null
}

interface Waiting {
  event: StripeEvent
  endpoint: WebhookEndpoint
}

/** Stripe tries for three days; three tries show the same in a test. */
const RETRIES = 3
const RETRY_AFTER_MILLISECONDS = 150
const ANSWER_WITHIN_MILLISECONDS = 30_000

/** The webhooks: signed as Stripe signs them, and lost, late, repeated or in another order when a test says so. */
export class Deliveries {
  /** Every delivery that was tried, in order. */
  readonly log: Delivery[] = []
  /** What was lost for good by plan. */
  readonly lost: StripeEvent[] = []
  readonly #send: SendWebhook
  readonly #signedAt: () => Date
  readonly #waiting: Waiting[] = []
  readonly #underWay = new Set<Promise<unknown>>()
  #isHeld = false
  #isStopped = false
  #plan: (event: StripeEvent) => DeliveryPlan = () => ({})
  #retries = RETRIES

  constructor(options: { send: SendWebhook | undefined; signedAt: () => Date }) {
    this.#send = options.send ?? sendOverHttp
    this.#signedAt = options.signedAt
  }

  /** Decides for each new event how it comes, from now on. */
  plan(plan: (event: StripeEvent) => DeliveryPlan): void {
    this.#plan = plan
  }

  /** How often a delivery that was not answered with 2xx is tried again; 3 unless told. */
  retry(times: number): void {
    this.#retries = times
  }

  /** New events wait until {@link release}. */
  hold(): void {
    this.#isHeld = true
  }

  /** The events that wait, oldest first. */
  get waiting(): StripeEvent[] {
    return this.#waiting.map(({ event }) => event)
  }

  /** Sends what waits, one after another in the order that `order` gives, and holds nothing back. What it leaves out is lost. */
  async release(order: (events: StripeEvent[]) => StripeEvent[] = (events) => events): Promise<void> {
    this.#isHeld = false
    const waiting = this.#waiting.splice(0)
    const ordered = order(waiting.map((one) => one.event))
    this.lost.push(...waiting.map((one) => one.event).filter((event) => !ordered.includes(event)))
    for (const event of ordered)
      for (const one of waiting.filter((each) => each.event.id === event.id)) await this.#tryToDeliver(one)
  }

  /** Forgets what waits: lost for good. */
  drop(): void {
    this.lost.push(...this.#waiting.splice(0).map(({ event }) => event))
  }

  /** Called for every new event and endpoint. */
  announce(event: StripeEvent, endpoint: WebhookEndpoint): void {
    if (this.#isHeld) {
      this.#waiting.push({ event, endpoint })
      return
    }
    const { times = 1, delayMilliseconds = 0 } = this.#plan(event)
    if (times === 0) {
      this.lost.push(event)
      return
    }
    this.#follow(
      (async () => {
        // Not within the call that made the event: Stripe's answer and its webhook are two connections.
        await pause(delayMilliseconds)
        for (let turn = 0; turn < times; turn += 1) await this.#tryToDeliver({ event, endpoint })
      })(),
    )
  }

  /** Delivers an event by hand, as from the dashboard: so many times, together or in turn; answers the statuses. */
  async deliver(
    event: StripeEvent,
    endpoint: WebhookEndpoint,
    options: { times?: number; together?: boolean; tampering?: Tampering } = {},
  ): Promise<(number | null)[]> {
    const { times = 1, together = false, tampering = {} } = options
    const turns = Array.from({ length: times })
    if (together) return Promise.all(turns.map(() => this.#deliver({ event, endpoint }, tampering)))
    const statuses: (number | null)[] = []
    for (const _ of turns) statuses.push(await this.#deliver({ event, endpoint }, tampering))
    return statuses
  }

  /** Waits until everything that was to come has come, retries included. What is held back waits on. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay])
  }

  /** Nothing comes any more. */
  stop(): void {
    this.#isStopped = true
  }

  #follow(work: Promise<unknown>): void {
    const followed = work.finally(() => this.#underWay.delete(followed))
    this.#underWay.add(followed)
  }

  async #tryToDeliver(waiting: Waiting): Promise<void> {
    for (let attempt = 0; attempt <= this.#retries && !this.#isStopped; attempt += 1) {
      if (attempt > 0) await pause(RETRY_AFTER_MILLISECONDS * 2 ** (attempt - 1))
      const status = await this.#deliver(waiting, {})
      if (status !== null && status >= 200 && status < 300) return
    }
  }

  async #deliver({ event, endpoint }: Waiting, tampering: Tampering): Promise<number | null> {
    const signed = JSON.stringify(event, null, 2)
    const signedAt = tampering.signedAt ?? this.#signedAt()
    const request: WebhookRequest = {
      url: endpoint.url,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureOf(
          signed,
          tampering.secret === undefined ? endpoint.secrets : [tampering.secret],
          signedAt,
        ),
      },
      body: tampering.body?.(signed) ?? signed,
    }
    const status = await this.#send(request).catch(() => null)
    this.log.push({ eventId: event.id, type: event.type, url: endpoint.url, status })
    return status
  }
}

/** `Stripe-Signature`: the time, and for each secret HMAC-SHA256 of `time.body` in hexadecimal. */
export function signatureOf(body: string, secrets: readonly string[], signedAt: Date): string {
  const time = Math.floor(signedAt.getTime() / 1000)
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'))
  return [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(',')
}

async function sendOverHttp({ url, headers, body }: WebhookRequest): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS),
  })
  await answer.arrayBuffer()
  return answer.status
}
