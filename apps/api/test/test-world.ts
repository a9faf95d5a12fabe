import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { buildApp } from '../src/app.ts'
import { type Config, readConfig } from '../src/config.ts'
import type { Database } from '../src/db/client.ts'
import type { AppDeps } from '../src/deps.ts'
import { ownPaymentAccounts } from '../src/modules/organizations/read-payment-account.ts'
import { createTestCalendar } from '../src/platform/calendars/test-calendar.ts'
import { uuidV7Ids } from '../src/platform/ids.ts'
import { silentJobs } from '../src/platform/jobs.ts'
import { createNodeSecrets } from '../src/platform/node-secrets.ts'
import type { PaymentGateway } from '../src/platform/payment-gateway/payment-gateway.ts'
import { createPaymentGateways } from '../src/platform/payment-gateway/payment-gateways.ts'
import { createStripeGateway } from '../src/platform/payment-gateway/stripe.ts'
import { createTestCheckout, type TestCheckout } from '../src/platform/payment-gateway/test-checkout.ts'
import { createTestSessions } from '../src/platform/remote-sessions/test-sessions.ts'
import { settleWork } from '../src/worker.ts'
import { CapturingMailer } from './capturing-mailer.ts'
import { FakeClock } from './fake-clock.ts'
import { createTestDatabase, type TestDatabase } from './postgres.ts'
import { validatesAnswers } from './validate-answers.ts'

export interface TestCall {
  method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  url: string
  /** A bearer credential: access token, API key or link secret. */
  as?: string
  body?: unknown
  headers?: Record<string, string>
}

export interface TestWorld {
  app: FastifyInstance
  deps: AppDeps
  database: Database
  testDatabase: TestDatabase
  clock: FakeClock
  mailer: CapturingMailer
  testCheckout: TestCheckout
  /** Calls the app in this process; every answer is checked against the OpenAPI document. */
  call(call: TestCall): Promise<LightMyRequestResponse>
  /** Runs relay, jobs and due work to the end. */
  settle(): Promise<void>
  /** Does something while no organization can take money, unless in an account of its own. */
  withoutPayments<T>(work: () => Promise<T>): Promise<T>
  /** Starts that many instances of the app, each listening on its own port with a pool of its own; answers their origins. */
  listen(count: number): Promise<string[]>
  close(): Promise<void>
}

const SECRET = 'a secret of the tests, long enough to be taken by the configuration'

function testConfig(): Config {
  return readConfig({
    NODE_ENV: 'test',
    APP_URL: 'http://ordinatus.test',
    DATA_DIR: join(tmpdir(), 'ordinatus-tests'),
    RATE_LIMIT_SCALE: '0',
    LOG_LEVEL: 'silent',
    ACCESS_TOKEN_SECRET: SECRET,
    LINK_SECRET: SECRET,
    ENCRYPTION_SECRET: SECRET,
  })
}

/**
 * A whole product in one process: the app that ships over a database of this test's own, the built-in test vendors, a
 * clock that stands still and a mailer that keeps what it is given. With `config.stripeSecretKey` the money is taken by
 * whatever answers at `config.stripeApiBase`.
 */
export async function createTestWorld(options: { now: string; config?: Partial<Config> }): Promise<TestWorld> {
  const testDatabase = await createTestDatabase()
  const database = testDatabase.open()
  const clock = new FakeClock(options.now)
  const mailer = new CapturingMailer()
  const config: Config = { ...testConfig(), ...options.config }
  const vendors = testDatabase.open(5)
  const secrets = createNodeSecrets({
    accessToken: SECRET,
    link: { id: config.linkKeyId, secret: SECRET },
    encryption: SECRET,
  })
  const testCheckout = await createTestCheckout({ sql: vendors.sql, clock, secrets, appUrl: config.appUrl })
  const stripe = (secretKey: string) => createStripeGateway({ secretKey, apiBase: config.stripeApiBase })
  const gatewaysWith = (deployment: PaymentGateway | null) =>
    createPaymentGateways({
      deployment,
      testCheckout,
      own: ownPaymentAccounts({ db: database.db, secrets }),
      stripe,
    })
  const deps: AppDeps = {
    db: database.db,
    clock,
    ids: uuidV7Ids,
    secrets,
    mailer,
    paymentGateways: gatewaysWith(config.stripeSecretKey === null ? testCheckout : stripe(config.stripeSecretKey)),
    calendars: await createTestCalendar({ sql: vendors.sql }),
    remoteSessions: await createTestSessions({ sql: vendors.sql, appUrl: config.appUrl }),
    jobs: silentJobs,
    config,
  }
  const app = await buildApp(deps)
  await app.ready()
  const checkAnswer = validatesAnswers(app)
  const listening: FastifyInstance[] = []

  return {
    app,
    deps,
    database,
    testDatabase,
    clock,
    mailer,
    testCheckout,
    async call({ method = 'GET', url, as, body, headers = {} }) {
      const options: InjectOptions = {
        method,
        url,
        headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...headers },
      }
      if (body !== undefined) options.payload = body as object
      const answer = await app.inject(options)
      checkAnswer(method, url, answer)
      return answer
    },
    settle: () => settleWork(deps, database),
    async withoutPayments(work) {
      const { paymentGateways } = deps
      deps.paymentGateways = gatewaysWith(null)
      try {
        return await work()
      } finally {
        deps.paymentGateways = paymentGateways
      }
    },
    async listen(count) {
      const origins: string[] = []
      for (let index = 0; index < count; index += 1) {
        const instance = await buildApp({ ...deps, db: testDatabase.open().db })
        await instance.listen({ port: 0, host: '127.0.0.1' })
        listening.push(instance)
        origins.push(`http://127.0.0.1:${(instance.server.address() as AddressInfo).port}`)
      }
      return origins
    },
    async close() {
      await Promise.all(listening.map((instance) => instance.close()))
      await app.close()
      await testDatabase.drop()
    },
  }
}
