import { readConfig } from '../src/config.ts'
import { openDatabase } from '../src/db/client.ts'
import { calendarsByProvider } from '../src/platform/calendars/by-provider.ts'
import { uuidV7Ids } from '../src/platform/ids.ts'
import { silentJobs } from '../src/platform/jobs.ts'
import { createNodeSecrets } from '../src/platform/node-secrets.ts'
import { onlyGateway } from '../src/platform/payment-gateway/payment-gateways.ts'
import { noRemoteSessions } from '../src/platform/remote-sessions/no-remote-sessions.ts'
import { createSmtpMailer } from '../src/platform/smtp-mailer.ts'
import { startWorker } from '../src/worker.ts'

/*
 * A worker in a process of its own, for tests that kill it. Run with the environment of the test's configuration, plus
 * DATABASE_URL and SMTP_URL; says "ready" when it works.
 */

const config = readConfig(process.env)
const { databaseUrl, smtpUrl, accessTokenSecret, linkSecret, encryptionSecret } = config
if (!databaseUrl || !smtpUrl || !accessTokenSecret || !linkSecret || !encryptionSecret)
  throw new Error('Give the test worker a database, a mail server and its secrets.')

const database = openDatabase({ url: databaseUrl, poolSize: 5 })
const log = { info: () => {}, warn: () => {}, error: () => {} }
await startWorker({
  database,
  directUrl: databaseUrl,
  log,
  deps: {
    db: database.db,
    clock: { now: () => new Date(), unmoved: () => new Date() },
    ids: uuidV7Ids,
    secrets: createNodeSecrets({
      accessToken: accessTokenSecret,
      link: { id: config.linkKeyId, secret: linkSecret },
      encryption: encryptionSecret,
    }),
    mailer: createSmtpMailer({ url: smtpUrl, requireTls: false }),
    paymentGateways: onlyGateway(null),
    calendars: calendarsByProvider({}),
    remoteSessions: noRemoteSessions,
    jobs: silentJobs,
    config,
  },
})
process.stdout.write('ready\n')
