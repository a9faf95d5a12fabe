import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StandInAccount } from './account.ts'
import { AccountControl } from './account-control.ts'
import { type ApiCall, type ApiState, answerApiCall, type Violation } from './api-calls.ts'
import { answerControl } from './control-routes.ts'
import { Deliveries, type SendWebhook } from './deliveries.ts'
import { Faults } from './faults.ts'
import { answerPayPage } from './pay-routes.ts'

export interface StandInOptions {
  /** 0, the default: any free one. */
  port?: number
  /** What time it is at Stripe; a test gives the product's clock. Default: the real time, until it is moved. */
  clock?: () => Date
  /** When webhooks say that they were signed: the real time, unless a test needs another. */
  signedAt?: () => Date
  /** Takes the place of HTTP for webhooks, for a product that does not listen. */
  sendWebhook?: SendWebhook
  secretKey?: string
  webhookSecret?: string
  /** Where webhooks of the first account go; more with `account.addWebhook`. */
  webhookUrl?: string
}

/** The kinds of event that the product asks for. */
export const WEBHOOK_EVENTS: readonly string[] = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.refunded',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
]

const BODY_LENGTH_MAX = 256 * 1024

/** Starts a server that stands in for Stripe, on the loopback address. */
export async function startStripeStandIn(options: StandInOptions = {}): Promise<StripeStandIn> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return new StripeStandIn(server, options)
}

/**
 * A running stand-in. It checks every request against the contract, keeps sessions, payments, refunds and events of
 * several accounts, serves a page to pay on, signs webhooks, and goes wrong as told.
 */
export class StripeStandIn {
  /** What the product gets as `STRIPE_API_BASE`. */
  readonly origin: string
  /** The secret key of the first account, and what its webhooks are signed with. */
  readonly secretKey: string
  readonly webhookSecret: string
  /** The first account. */
  readonly account: AccountControl
  readonly faults = new Faults()
  readonly webhooks: Deliveries
  /** Every API call, in order. */
  readonly calls: ApiCall[] = []
  /** What callers did that Stripe does not allow. A test ends by expecting none. */
  readonly violations: Violation[] = []
  readonly #accounts = new Map<string, StandInAccount>()
  readonly #controls = new Map<string, AccountControl>()
  readonly #server: Server
  readonly #clock: (() => Date) | null
  #movedByMilliseconds = 0

  constructor(server: Server, options: StandInOptions) {
    this.#server = server
    this.#clock = options.clock ?? null
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.secretKey = options.secretKey ?? `sk_test_${randomBytes(16).toString('hex')}`
    this.webhookSecret = options.webhookSecret ?? `whsec_${randomBytes(24).toString('hex')}`
    this.webhooks = new Deliveries({ send: options.sendWebhook, signedAt: options.signedAt ?? (() => new Date()) })
    this.account = this.addAccount({ secretKey: this.secretKey, displayName: 'Stand-in Account' })
    if (options.webhookUrl !== undefined)
      this.account.addWebhook({ url: options.webhookUrl, secrets: [this.webhookSecret], events: WEBHOOK_EVENTS })
    const state: ApiState = {
      accounts: this.#accounts,
      faults: this.faults,
      calls: this.calls,
      violations: this.violations,
    }
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(state, request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
        response.end(error instanceof Error ? error.stack : String(error))
      })
    })
  }

  /** Another account, with its own key, customers and webhooks. */
  addAccount(options: { secretKey?: string; displayName: string }): AccountControl {
    const secretKey = options.secretKey ?? `sk_test_${randomBytes(16).toString('hex')}`
    const account = new StandInAccount({
      secretKey,
      displayName: options.displayName,
      origin: this.origin,
      clock: () => this.now(),
      tell: (event, endpoint) => this.webhooks.announce(event, endpoint),
    })
    const control = new AccountControl(account, this.webhooks)
    this.#accounts.set(secretKey, account)
    this.#controls.set(secretKey, control)
    return control
  }

  accounts(): AccountControl[] {
    return [...this.#controls.values()]
  }

  now(): Date {
    return this.#clock?.() ?? new Date(Date.now() + this.#movedByMilliseconds)
  }

  /** Moves the stand-in's own clock, which goes on from there; null goes back to the real time. Deadlines take effect. */
  moveClock(now: Date | null): void {
    if (this.#clock !== null) throw new Error('This stand-in was given a clock: move that one.')
    this.#movedByMilliseconds = now === null ? 0 : now.getTime() - Date.now()
    this.expireDue()
  }

  /** Ends every session whose deadline has come, as Stripe does by itself; answers how many. */
  expireDue(): number {
    return this.accounts().reduce((sum, account) => sum + account.expireDue(), 0)
  }

  async stop(): Promise<void> {
    this.webhooks.stop()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await this.webhooks.settled()
  }

  async #answer(state: ApiState, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://stripe').pathname
    const bodyText = await readBody(request)
    const call = { method: request.method ?? 'GET', path, bodyText }
    if (answerPayPage(this.#accounts.values(), call, response)) return
    if (path.startsWith('/stand-in/')) await answerControl(this, call, response)
    else await answerApiCall(state, request, response, bodyText)
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > BODY_LENGTH_MAX) throw new Error('The body is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
