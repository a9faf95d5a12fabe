import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 } from 'uuid'

export interface InboxAttachment {
  filename: string
  contentType: string
  contentBase64: string
  /** Without angle brackets; how the HTML body names it (`cid:…`). */
  contentId?: string
}

/** One mail as one recipient got it. */
export interface InboxMessage {
  id: string
  /** As the header says: `Name <address>`. */
  from: string
  replyTo: string | null
  /** The address that the server was told to deliver to. */
  to: string
  subject: string
  text: string | null
  html: string | null
  /** Lower-case names; what came several times is joined with ", ". */
  headers: Record<string, string>
  attachments: InboxAttachment[]
  /** The true instant, not the product's: the inbox stands outside. */
  receivedAt: string
}

export type InboxSummary = Pick<InboxMessage, 'id' | 'from' | 'to' | 'subject' | 'receivedAt'>

export interface InboxFilter {
  /** This address exactly, in any case. */
  to?: string
  /** These letters somewhere in the subject, in any case. */
  subject?: string
  /** These letters somewhere in subject, sender or recipient, in any case. */
  search?: string
  /** Received later than this instant. */
  after?: Date
}

/** api.md, "One-command mode". */
export const INBOX_LISTED_MAX = 500
/** Older mail is dropped, so that a load test does not fill the disk. */
const KEPT_MAX = 2_000
const PRUNE_EVERY = 100

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The mails that were caught, one file for each recipient's copy in one folder.
 *
 * A file is written beside its place, forced to the disk and renamed, so that a mail is there whole or not at all, also
 * after the power failed. Names are UUIDv7: their order is the order of arrival. The folder is read every time, so
 * several processes may share it.
 */
export class InboxStore {
  readonly #folder: string
  readonly #summaries = new Map<string, InboxSummary>()
  #saved = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<InboxStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(folder)) {
      if (name.endsWith('.unfinished')) await rm(join(folder, name), { force: true })
    }
    return new InboxStore(folder)
  }

  /** Keeps a mail; resolves when the disk has it. */
  async save(message: Omit<InboxMessage, 'id' | 'receivedAt'>): Promise<InboxMessage> {
    const saved: InboxMessage = { id: v7(), ...message, receivedAt: new Date().toISOString() }
    const place = this.#path(saved.id)
    const unfinished = `${place}.${randomBytes(4).toString('hex')}.unfinished`
    const file = await open(unfinished, 'wx', 0o600)
    try {
      await file.writeFile(JSON.stringify(saved))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, place)
    const folder = await open(this.#folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
    this.#saved += 1
    if (this.#saved % PRUNE_EVERY === 0) await this.#prune()
    return saved
  }

  /** Newest first, at most 500. */
  async list(filter: InboxFilter = {}): Promise<InboxMessage[]> {
    const found = await this.summaries(filter)
    const messages = await Promise.all(found.map(({ id }) => this.find(id)))
    return messages.filter((message) => message !== null)
  }

  /** As {@link list}, without the bodies. */
  async summaries(filter: InboxFilter = {}): Promise<InboxSummary[]> {
    const found: InboxSummary[] = []
    for (const id of await this.#ids()) {
      const summary = this.#summaries.get(id) ?? (await this.#summarize(id))
      if (summary && matches(summary, filter)) found.push(summary)
      if (found.length === INBOX_LISTED_MAX) break
    }
    return found
  }

  async find(id: string): Promise<InboxMessage | null> {
    if (!ID.test(id)) return null
    try {
      return JSON.parse(await readFile(this.#path(id), 'utf8')) as InboxMessage
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  /** Changes whenever a mail comes or goes. */
  async version(): Promise<string> {
    const ids = await this.#ids()
    return `${ids.length}.${ids[0] ?? 'empty'}`
  }

  async empty(): Promise<void> {
    for (const id of await this.#ids()) await this.#remove(id)
  }

  async #summarize(id: string): Promise<InboxSummary | null> {
    const message = await this.find(id)
    if (!message) return null
    const { from, to, subject, receivedAt } = message
    const summary = { id, from, to, subject, receivedAt }
    this.#summaries.set(id, summary)
    return summary
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder)
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((id) => ID.test(id))
      .sort((a, b) => (a < b ? 1 : -1))
  }

  async #prune(): Promise<void> {
    for (const id of (await this.#ids()).slice(KEPT_MAX)) await this.#remove(id)
  }

  async #remove(id: string): Promise<void> {
    this.#summaries.delete(id)
    await rm(this.#path(id), { force: true })
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }
}

function matches(summary: InboxSummary, filter: InboxFilter): boolean {
  const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
  const { to, subject, search, after } = filter
  if (to !== undefined && summary.to.toLowerCase() !== to.toLowerCase()) return false
  if (subject !== undefined && !holds(summary.subject, subject)) return false
  if (after !== undefined && new Date(summary.receivedAt) <= after) return false
  return search === undefined || [summary.subject, summary.from, summary.to].some((text) => holds(text, search))
}
