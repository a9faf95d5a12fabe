import { type StripeStandIn, startStripeStandIn } from '@ordinatus/stripe-stand-in'
import { chanceOf, oneOf, shuffled } from '@ordinatus/stripe-stand-in/chance'
import type { Fault } from '@ordinatus/stripe-stand-in/faults'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../src/app.ts'
import type { Database } from '../src/db/client.ts'
import { isDatabaseUnavailable } from '../src/db/pg-errors.ts'
import type { AppDeps } from '../src/deps.ts'
import { ownPaymentAccounts } from '../src/modules/organizations/read-payment-account.ts'
import { createPaymentGateways } from '../src/platform/payment-gateway/payment-gateways.ts'
import { createStripeGateway } from '../src/platform/payment-gateway/stripe.ts'
import { settleWork } from '../src/worker.ts'
import type { TestMember } from './factories.ts'
import { createTestWorld, type TestCall, type TestWorld } from './test-world.ts'
import { validatesAnswers } from './validate-answers.ts'

/** What a process of the product holds: a pool that dies with it. */
interface Process {
  database: Database
  deps: AppDeps
}

/** A process that answers. */
interface Instance extends Process {
  app: FastifyInstance
}

/** What an answer was; `dead`: the process died with the question. */
export interface Answer {
  status: number | 'dead'
  body: unknown
}

/** What the run has done and met; printed at its end. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  text(): string {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')
  }
}

/** How often an API call at Stripe goes wrong, and how. */
const FAULT_RATE = 0.06
const FAULTS: readonly Fault[] = [
  { kind: 'lose_before' },
  { kind: 'lose_after' },
  { kind: 'lose_after' },
  { kind: 'server_error', executed: true },
  { kind: 'server_error', executed: false },
  { kind: 'rate_limited' },
  { kind: 'delay_after', milliseconds: 30 },
  { kind: 'delay_before', milliseconds: 30 },
]

const ASKING = ['getCheckoutSession', 'expireCheckoutSession'] as const
const PAYING_BACK = ['createRefund', 'listRefunds', 'getRefund'] as const

/** What of Stripe may be out of reach for a while; asking most often, for that is what makes money late. */
const FUSES = [
  { what: 'Stripe', operations: undefined },
  { what: 'asking Stripe', operations: ASKING },
  { what: 'asking Stripe', operations: ASKING },
  { what: 'asking Stripe or paying back', operations: [...ASKING, ...PAYING_BACK] },
  { what: 'paying back', operations: PAYING_BACK },
] as const

/** A product of two processes that die and come back, a Stripe that loses what it says, and one clock for both. */
export class MoneyRunWorld {
  readonly world: TestWorld
  readonly stripe: StripeStandIn
  readonly chance: () => number
  readonly tally = new Tally()
  readonly #instances: Instance[] = []
  #roundsOut = 0
  #fuse: (typeof FUSES)[number] = FUSES[0]
  /** Answers that nobody should ever get. */
  readonly faultyAnswers: string[] = []
  readonly #check: ReturnType<typeof validatesAnswers>

  private constructor(world: TestWorld, stripe: StripeStandIn, seed: number) {
    this.world = world
    this.stripe = stripe
    this.chance = chanceOf(seed)
    this.#check = validatesAnswers(world.app)
  }

  static async start(options: { seed: number; now: string }): Promise<MoneyRunWorld> {
    const late: { run: MoneyRunWorld | null } = { run: null }
    const stripe = await startStripeStandIn({
      clock: () => late.run?.world.clock.now() ?? new Date(options.now),
      webhookUrl: '/v1/webhooks/stripe',
      sendWebhook: async ({ url, headers, body }) => {
        if (late.run === null) throw new Error('The world has not begun.')
        const { status } = await late.run.ask({ method: 'POST', url, headers, body })
        if (status === 'dead') throw new Error('Nobody answers.')
        return status
      },
    })
    const world = await createTestWorld({
      now: options.now,
      config: {
        stripeSecretKey: stripe.secretKey,
        stripeWebhookSecret: stripe.webhookSecret,
        stripeApiBase: stripe.origin,
      },
    })
    const run = new MoneyRunWorld(world, stripe, options.seed)
    late.run = run
    for (const _ of ['first', 'second']) run.#instances.push(await run.#begin())
    run.#letGoWrong(options.seed)
    return run
  }

  #letGoWrong(seed: number): void {
    this.stripe.faults.random({ chance: chanceOf(seed ^ 0x5eed), rate: FAULT_RATE, faults: FAULTS })
    const chance = chanceOf(seed ^ 0xca11)
    this.stripe.webhooks.retry(1)
    this.stripe.webhooks.plan(() => {
      const roll = chance()
      if (roll < 0.2) return { times: 0 }
      if (roll < 0.4) return { times: 1 + Math.floor(chance() * 3), delayMilliseconds: Math.floor(chance() * 40) }
      return {}
    })
  }

  #beginProcess(): Process {
    const { world, stripe } = this
    const database = world.testDatabase.open(6)
    const gateway = (secretKey: string) => createStripeGateway({ secretKey, apiBase: stripe.origin })
    const deps: AppDeps = {
      ...world.deps,
      db: database.db,
      paymentGateways: createPaymentGateways({
        deployment: gateway(stripe.secretKey),
        testCheckout: null,
        own: ownPaymentAccounts({ db: database.db, secrets: world.deps.secrets }),
        stripe: gateway,
      }),
    }
    return { database, deps }
  }

  async #begin(): Promise<Instance> {
    const process = this.#beginProcess()
    const app = await buildApp(process.deps)
    await app.ready()
    return { ...process, app }
  }

  #any(): Instance {
    const instance = this.#instances[Math.floor(this.chance() * this.#instances.length)]
    if (instance === undefined) throw new Error('No process is left.')
    return instance
  }

  /** Calls one of the processes; whatever it answers is checked against the OpenAPI document. */
  async ask(call: Omit<TestCall, 'body'> & { body?: unknown }): Promise<Answer> {
    const { method = 'GET', url, as, body, headers = {} } = call
    const instance = this.#any()
    const answer = await instance.app.inject({
      method,
      url,
      headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    if (!this.#instances.includes(instance)) return { status: 'dead', body: null }
    this.#check(method, url, answer)
    const isAllowed = (answer.statusCode < 500 && answer.statusCode !== 401) || answer.statusCode === 503
    if (!isAllowed) this.faultyAnswers.push(`${method} ${url} answered ${answer.statusCode}: ${answer.body}`)
    const isProblem = answer.statusCode >= 400
    if (isProblem) this.tally.add(`answered ${answer.json<{ code: string }>().code}`)
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
  }

  /** A fresh one from the sign-in that this person began with: a long run outlives the quarter of an hour of a token. */
  accessTokenOf(person: Pick<TestMember, 'accessToken'>): string {
    const { jwt } = this.world.app
    const signedIn = jwt.decode<{ sub: string; signInId: string }>(person.accessToken)
    if (signedIn === null) throw new Error('This access token cannot be read.')
    return jwt.sign({ sub: signedIn.sub, signInId: signedIn.signInId })
  }

  /** One of the processes ends in the middle of whatever it does, as by `kill -9`; another takes its place. */
  async kill(): Promise<void> {
    const victim = this.#any()
    this.#instances.splice(this.#instances.indexOf(victim), 1)
    await victim.database.sql.end({ timeout: 0 })
    await victim.app.close()
    this.#instances.push(await this.#begin())
    this.tally.add('process killed')
  }

  /**
   * Now and then nobody reaches Stripe for some rounds; or nobody can ask it how a payment stands, while its customers
   * still pay: then deadlines pass unheard, and the money is late; or nobody can pay back.
   */
  blowFuses(): void {
    if (this.#roundsOut > 0) this.#roundsOut -= 1
    else if (this.chance() < 0.14) {
      this.#roundsOut = 1 + Math.floor(this.chance() * 3)
      this.#fuse = oneOf(this.chance, FUSES)
    }
    this.stripe.faults.outage(this.isOut, this.#fuse.operations)
    if (this.isOut) this.tally.add(`round without ${this.#fuse.what}`)
  }

  /** Whether Stripe cannot be asked now. */
  get isOut(): boolean {
    return this.#roundsOut > 0
  }

  /** Time passes for product and Stripe alike. */
  async pass(minutes: number): Promise<void> {
    this.world.clock.advanceMinutes(minutes)
    this.stripe.expireDue()
  }

  /** What was held back comes in any order, some of it never. */
  async releaseWebhooks(): Promise<void> {
    await this.stripe.webhooks.release((events) => shuffled(this.chance, events).filter(() => this.chance() < 0.8))
  }

  /** Nothing goes wrong any more, nobody does anything, and the product has so many minutes to tidy up. */
  async rest(minutes: number): Promise<void> {
    this.#roundsOut = 0
    this.stripe.faults.clear()
    this.stripe.webhooks.plan(() => ({}))
    await this.stripe.webhooks.settled()
    const steps = 5
    for (let step = 0; step < steps; step += 1) {
      await this.pass(minutes / steps)
      await this.freeJobs()
      await this.settle()
      await this.stripe.webhooks.settled()
    }
  }

  /** The faults that Stripe's API has shown. */
  metText(): string {
    return `Stripe's faults: ${[...this.stripe.faults.met].map(([kind, count]) => `${kind} ${count}`).join(', ')}, webhooks lost ${this.stripe.webhooks.lost.length}, webhooks ${this.stripe.webhooks.log.length}, calls ${this.stripe.calls.length}`
  }

  /** Runs relay, jobs and due work to the end. */
  async settle(): Promise<void> {
    await this.world.settle()
  }

  /**
   * The same amid everything else. A worker whom the database tells to come again, because somebody held a lock for too
   * long, leaves the rest for its next turn.
   */
  async settleAmid(): Promise<void> {
    await this.settle().catch((error: unknown) => {
      if (!isDatabaseUnavailable(error)) throw error
      this.tally.add('worker told to come again')
    })
  }

  /** A worker dies in the middle of its jobs; what it held is free again for the next. */
  async settleAndDie(): Promise<void> {
    const worker = this.#beginProcess()
    const working = settleWork(worker.deps, worker.database).then(
      () => true,
      () => false,
    )
    await new Promise((resolve) => setTimeout(resolve, 20 + this.chance() * 200))
    await worker.database.sql.end({ timeout: 0 })
    if (!(await working)) this.tally.add('worker killed')
    await this.freeJobs()
  }

  /** Jobs of dead workers, and those that failed and wait, are ready now: the clock of the queue is the real one. */
  async freeJobs(): Promise<void> {
    await this.world.database.db.execute(sql`
      update graphile_worker._private_jobs set locked_by = null, locked_at = null, run_at = now() - interval '1 second'`)
  }

  async close(): Promise<void> {
    await this.stripe.stop()
    for (const { app } of this.#instances) await app.close()
    await this.world.close()
  }
}
