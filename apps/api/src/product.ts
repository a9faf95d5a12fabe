import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/client.ts'
import { migrateDatabase } from './db/migrate.ts'
import type { AppDeps } from './deps.ts'
import { hasTestCalendar } from './modules/calendars/repository.ts'
import { ownPaymentAccounts } from './modules/organizations/read-payment-account.ts'
import { receiveCheckoutNotice } from './modules/payments/receive-checkout-notice.ts'
import { calendarsByProvider } from './platform/calendars/by-provider.ts'
import { createTestCalendar, type TestCalendar } from './platform/calendars/test-calendar.ts'
import type { Clock } from './platform/clock.ts'
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts'
import { uuidV7Ids } from './platform/ids.ts'
import { localInboxRoutes } from './platform/local-inbox/inbox-routes.ts'
import { type LocalInbox, startLocalInbox } from './platform/local-inbox/inbox-server.ts'
import { loggerOptions } from './platform/logging.ts'
import { createNodeSecrets, readOrMakeSecrets } from './platform/node-secrets.ts'
import { createPaymentGateways, onlyGateway } from './platform/payment-gateway/payment-gateways.ts'
import { createStripeGateway } from './platform/payment-gateway/stripe.ts'
import { createTestCheckout, type TestCheckout } from './platform/payment-gateway/test-checkout.ts'
import { testCheckoutRoutes } from './platform/payment-gateway/test-checkout-routes.ts'
import { createRelaySignal } from './platform/relay-signal.ts'
import { noRemoteSessions } from './platform/remote-sessions/no-remote-sessions.ts'
import { testSessionRoutes } from './platform/remote-sessions/test-session-routes.ts'
import { createTestSessions, type TestSessions } from './platform/remote-sessions/test-sessions.ts'
import type { Secrets } from './platform/secrets.ts'
import { createSmtpMailer } from './platform/smtp-mailer.ts'
import { startSystemClock } from './platform/system-clock.ts'
import { notifyingJobs } from './platform/wake.ts'
import { WAKE_CHANNEL } from './relay.ts'
import { hasDemo, seedDemo } from './seed/demo.ts'
import { DEMO_PEOPLE } from './seed/demo-content.ts'
import { listenForEvents, migrateJobs, settleWork, startWorker, type Worker } from './worker.ts'

export interface Product {
  /** Where it serves, or null for a worker alone. */
  origin: string | null
  /** Takes no more, finishes what it has, then stops everything it started; tells at its end what could not be stopped. */
  stop(): Promise<void>
}

interface StandIns {
  checkout: TestCheckout
  calendar: TestCalendar
  sessions: TestSessions
  inbox: LocalInbox | null
}

/**
 * Starts the whole product as the configuration says: database, migrations, vendors or what stands in for them, API,
 * worker, and on an empty database outside production the demo. Throws with a sentence that says how to mend it; what
 * was started by then is stopped again.
 */
export async function runProduct(config: Config): Promise<Product> {
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    const faults: unknown[] = []
    // A part that cannot be stopped keeps no other from being stopped.
    for (const one of stops.splice(0).reverse()) await one().catch((error: unknown) => faults.push(error))
    if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join('; '))
  }
  try {
    return { origin: await start(config, stops), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(config: Config, stops: (() => Promise<void>)[]): Promise<string | null> {
  const url = config.databaseUrl ?? (await embeddedDatabase(config, stops))
  const directUrl = config.databaseDirectUrl ?? url
  await migrateDatabase(directUrl)
  await migrateJobs(directUrl)

  const database = openDatabase({ url, poolSize: config.databasePoolSize, prepare: config.databasePrepare })
  stops.push(database.close)
  const kept = await readOrMakeSecrets(config.dataDir, {
    accessTokenSecret: config.accessTokenSecret,
    linkSecret: config.linkSecret,
    encryptionSecret: config.encryptionSecret,
  })
  const secrets = createNodeSecrets({
    accessToken: kept.accessTokenSecret,
    link: { id: config.linkKeyId, secret: kept.linkSecret },
    olderLinks: config.olderLinks,
    encryption: kept.encryptionSecret,
    olderEncryption: config.olderEncryption,
  })
  const clock = await startSystemClock({
    measure: async () => {
      const [row] = await database.db.execute<{ now: string }>(sql`select clock_timestamp()::text as now`)
      return new Date(row?.now ?? Number.NaN)
    },
  })
  stops.push(async () => clock.stop())

  const standIns = config.standIns ? await startStandIns(config, url, { clock, secrets }, stops) : null
  const mailer = createSmtpMailer({
    url: config.smtpUrl ?? standIns?.inbox?.smtpUrl ?? '',
    requireTls: config.environment === 'production',
  })
  stops.push(() => mailer.close())
  const jobs = notifyingJobs(database.sql, WAKE_CHANNEL)
  stops.push(async () => jobs.stop())

  const relaySignal = createRelaySignal()
  if (config.role !== 'worker') {
    const listening = await listenForEvents(directUrl, relaySignal.fire)
    stops.push(listening.stop)
  }

  // The app's own log exists only once the app does; before that no call is made.
  let log: FastifyBaseLogger | null = null
  const stripe = (secretKey: string) =>
    createStripeGateway({
      secretKey,
      apiBase: config.stripeApiBase,
      onFailure: (failure) => log?.warn({ stripe: failure }, 'a call to Stripe failed'),
    })
  const paymentGateways = createPaymentGateways({
    deployment: config.stripeSecretKey !== null ? stripe(config.stripeSecretKey) : (standIns?.checkout ?? null),
    testCheckout: standIns?.checkout ?? null,
    own: ownPaymentAccounts({ db: database.db, secrets }),
    stripe,
  })
  const deps: AppDeps = {
    db: database.db,
    clock,
    ids: uuidV7Ids,
    secrets,
    mailer,
    paymentGateways,
    calendars: calendarsByProvider(standIns === null ? {} : { test: standIns.calendar }),
    remoteSessions: standIns?.sessions ?? noRemoteSessions,
    jobs,
    relaySignal,
    config,
  }

  const app = await buildApp(deps, {
    logger: loggerOptions(config.logLevel),
    ...(standIns === null
      ? {}
      : {
          standIns: async (instance) => {
            if (standIns.inbox !== null)
              await instance.register(localInboxRoutes, {
                store: standIns.inbox.store,
                clock,
                calendar: standIns.calendar,
                hasCalendar: (userId) => hasTestCalendar(deps.db, userId),
                onClockMoved: () => settleWork(deps, database),
              })
            await instance.register(testCheckoutRoutes, {
              checkout: standIns.checkout,
              clock,
              notify: (checkoutId) => receiveCheckoutNotice(deps, { provider: 'test_checkout', checkoutId }),
            })
            await instance.register(testSessionRoutes, { sessions: standIns.sessions })
          },
        }),
  })
  log = app.log
  stops.push(() => app.close())
  await app.ready()

  // Before the worker: the seed moves the clock through the past, and nothing else may see that.
  if (config.seedDemo && standIns !== null) {
    // The demo's past was paid for with play money, whoever takes the money from now on.
    const playMoney = onlyGateway(standIns.checkout)
    await seedDemo({ deps: { ...deps, paymentGateways: playMoney }, database, clock, testCheckout: standIns.checkout })
  }
  let worker: Worker | null = null
  if (config.role !== 'api') {
    worker = await startWorker({ deps, database, directUrl, log: app.log })
    stops.push(worker.stop)
  }
  if (config.role === 'worker') return null

  await app.listen({ port: config.port, host: config.host }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`port ${config.port} is taken. Stop what uses it, or start with another: PORT=3001 npm start`)
  })
  if (config.standIns) greet(config, config.seedDemo && (await hasDemo(deps)))
  return config.appUrl
}

async function embeddedDatabase(config: Config, stops: (() => Promise<void>)[]): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres') })
  stops.push(server.stop)
  return server.url
}

async function startStandIns(
  config: Config,
  url: string,
  { clock, secrets }: { clock: Clock; secrets: Secrets },
  stops: (() => Promise<void>)[],
): Promise<StandIns> {
  // Pools of their own: like real vendors, the stand-ins never take part in the product's transactions.
  const vendors = openDatabase({ url, poolSize: 3, applicationName: 'ordinatus-test-vendors' })
  stops.push(vendors.close)
  const inbox = config.smtpUrl === null ? await startLocalInbox({ dataDir: config.dataDir }) : null
  if (inbox !== null) stops.push(inbox.close)
  return {
    checkout: await createTestCheckout({ sql: vendors.sql, clock, secrets, appUrl: config.appUrl }),
    calendar: await createTestCalendar({ sql: vendors.sql }),
    sessions: await createTestSessions({ sql: vendors.sql, appUrl: config.appUrl }),
    inbox,
  }
}

/** Where to go and whom to be, for the person who has just typed `npm start`. */
function greet(config: Config, isDemoHere: boolean): void {
  const lines = [
    '',
    `  Ordinatus runs at   ${config.appUrl}`,
    ...(config.smtpUrl === null ? [`  Mail is caught at   ${config.appUrl}/inbox`] : []),
    `  API reference       ${config.appUrl}/docs`,
    ...(isDemoHere
      ? [
          `  Ask for help at     ${config.appUrl}/f/demo/support`,
          '',
          '  Sign in as one of these, password "demo-password":',
          ...DEMO_PEOPLE.map((person) => `    ${person.email.padEnd(18)} ${person.note}`),
        ]
      : []),
    '',
    '  Ctrl-C stops everything.',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
