import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const START_TIMEOUT_MILLISECONDS = 90_000
/** A mail is a job that follows its event; a busy machine gets to it within this. */
const MAIL_TIMEOUT_MILLISECONDS = 30_000

export interface InboxMessage {
  id: string
  from: string
  replyTo: string
  to: string
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  attachments: { filename: string; contentType: string; contentBase64: string }[]
  receivedAt: string
}

export interface CalendarEvent {
  id: string
  userId: string
  bookingId: string | null
  title: string
  startAt: string
  endAt: string
}

export interface RunOptions {
  /** `--api` serves without a worker, so that nothing follows from a command until a worker runs. */
  role?: 'all' | 'api'
  env?: Record<string, string>
}

/** A running Ordinatus of a test's own: the built program, as `npm start` runs it, on its own port and data. */
export class Product {
  readonly origin: string
  readonly dataDir: string
  #process: ChildProcess | null = null
  #output = ''
  readonly #port: number

  private constructor(port: number, dataDir: string) {
    this.#port = port
    this.dataDir = dataDir
    this.origin = `http://localhost:${port}`
  }

  /** Starts one on an empty folder and waits until it serves. */
  static async start(options: RunOptions = {}): Promise<Product> {
    const product = new Product(await freePort(), mkdtempSync(join(tmpdir(), 'ordinatus-e2e-')))
    await product.run(options)
    return product
  }

  /** Starts the program, again if it was killed or stopped, and waits until it is ready. */
  async run({ role = 'all', env = {} }: RunOptions = {}): Promise<void> {
    const program = [join(ROOT, 'apps/api/dist/main.js'), ...(role === 'api' ? ['--api'] : [])]
    const started = spawn(process.execPath, program, {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        PORT: String(this.#port),
        DATA_DIR: this.dataDir,
        LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = started
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('utf8')
      })
    const ready = () =>
      fetch(`${this.origin}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    const until = Date.now() + START_TIMEOUT_MILLISECONDS
    while (!(await ready())) {
      if (started.exitCode !== null || Date.now() > until) throw new Error(`Ordinatus did not start:\n${this.#output}`)
      await delay(100)
    }
  }

  /** Everything that the program has printed, over all its runs. */
  get output(): string {
    return this.#output
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it as Ctrl-C does; answers its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGINT')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const running = this.#process
    this.#process = null
    if (running === null || running.exitCode !== null) return running?.exitCode ?? null
    const ended = new Promise<number | null>((resolve) => running.once('exit', (code) => resolve(code)))
    running.kill(signal)
    return ended
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    // A killed one leaves its database running; starting and stopping takes it down.
    if (this.#process === null) await this.run().catch(() => undefined)
    await this.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** The caught mails to an address, newest first. */
  async mails(to: string, subject?: string): Promise<InboxMessage[]> {
    const query = new URLSearchParams({ to, ...(subject === undefined ? {} : { subject }) })
    return this.#json<InboxMessage[]>(`/inbox/api/messages?${query}`)
  }

  /** Waits for a mail of that subject to an address that fits; the newest of them. */
  async mail(to: string, subject: string, fits: (mail: InboxMessage) => boolean = () => true): Promise<InboxMessage> {
    const until = Date.now() + MAIL_TIMEOUT_MILLISECONDS
    for (;;) {
      const found = (await this.mails(to)).find((mail) => mail.subject === subject && fits(mail))
      if (found !== undefined) return found
      if (Date.now() > until) {
        const others = (await this.mails(to)).map((mail) => `"${mail.subject}"`).join(', ')
        throw new Error(`No mail "${subject}" to ${to} that fits; there are: ${others || 'none'}`)
      }
      await delay(100)
    }
  }

  /** What stands in the trainers' test calendars for a booking. */
  async calendarEvents(bookingId: string): Promise<CalendarEvent[]> {
    return this.#json<CalendarEvent[]>(`/inbox/api/calendar-events?${new URLSearchParams({ bookingId })}`)
  }

  /** Moves the product's clock; null goes back to the real time. */
  async moveClock(now: Date | null): Promise<void> {
    const answer = await fetch(`${this.origin}/inbox/api/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: now?.toISOString() ?? null }),
    })
    if (!answer.ok) throw new Error(`The clock answered ${answer.status}: ${await answer.text()}`)
  }

  async #json<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${this.origin}${path}`)
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    return (await answer.json()) as Answer
  }
}

/** The first link to the product in a mail's text that leads below `path`. */
export function linkIn(mail: InboxMessage, path: string): string {
  const found = [...mail.text.matchAll(/https?:\/\/[^\s<>"]+/g)]
    .map((match) => match[0])
    .find((url) => new URL(url).pathname.startsWith(path))
  if (found === undefined) throw new Error(`No link below ${path} in "${mail.subject}":\n${mail.text}`)
  return found
}

/** A port of the loopback address that nobody listens on now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
