import { join } from 'node:path'
import type { Readable } from 'node:stream'
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { type InboxMessage, InboxStore } from './inbox-store.ts'

export interface LocalInbox {
  store: InboxStore
  /** For a mailer: `smtp://127.0.0.1:<port>`. */
  smtpUrl: string
  /** Stops taking mail; what was taken stays on the disk. */
  close(): Promise<void>
}

/** What larger providers take at most. */
const MAIL_BYTES_MAX = 25_000_000

/**
 * Catches all mail of a development machine: a real SMTP server on a loopback port, whose mails lie as files under
 * `DATA_DIR/inbox`. It answers "accepted" only after the disk has the mail, and asks to try again (452) when the disk
 * refuses.
 */
export async function startLocalInbox(options: { dataDir: string; port?: number }): Promise<LocalInbox> {
  const store = await InboxStore.open(join(options.dataDir, 'inbox'))
  const server = new SMTPServer({
    // Loopback only, so neither sign-in nor encryption; the library's test certificate would be no protection.
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    size: MAIL_BYTES_MAX,
    rejectOversized: true,
    closeTimeout: 1_000,
    socketTimeout: 60_000,
    name: 'ordinatus-local-inbox',
    onData: (stream, session, answer) => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      take(store, stream, recipients).then(
        () => answer(),
        (error: Error) => answer(Object.assign(new Error(`Not stored: ${error.message}`), { responseCode: 452 })),
      )
    },
  })
  // A client that breaks off in the middle is its own problem, and no reason to end the process.
  server.on('error', () => undefined)
  const port = await new Promise<number>((listening, failed) => {
    server.once('error', failed)
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      const address = server.server.address()
      if (address !== null && typeof address !== 'string') listening(address.port)
      else failed(new Error('The local inbox got no port.'))
    })
  })
  return {
    store,
    smtpUrl: `smtp://127.0.0.1:${port}`,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

async function take(store: InboxStore, stream: Readable, recipients: string[]): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const mail = await read(Buffer.concat(chunks))
  for (const to of recipients) await store.save({ ...mail, to })
}

async function read(raw: Buffer): Promise<Omit<InboxMessage, 'id' | 'receivedAt' | 'to'>> {
  let mail: Email
  try {
    mail = await PostalMime.parse(raw, { attachmentEncoding: 'base64' })
  } catch {
    // Too broken to take apart; a person can still read it.
    const text = raw.toString('utf8')
    return { from: '', replyTo: null, subject: '(unreadable)', text, html: null, headers: {}, attachments: [] }
  }
  const headers: Record<string, string> = Object.create(null)
  for (const { key, value } of mail.headers) headers[key] = key in headers ? `${headers[key]}, ${value}` : value
  return {
    from: mail.from ? written(mail.from) : '',
    replyTo: mail.replyTo?.map(written).join(', ') ?? null,
    subject: mail.subject ?? '',
    text: withoutLastBreak(mail.text),
    html: withoutLastBreak(mail.html),
    headers: { ...headers },
    attachments: mail.attachments.map(attachment),
  }
}

/** Every body ends in a line break on its way, whether or not its writer put one. */
function withoutLastBreak(body: string | undefined): string | null {
  return body?.replace(/\r?\n$/, '') ?? null
}

function written(address: Address): string {
  if (address.address === undefined) return address.name
  return address.name ? `${address.name} <${address.address}>` : address.address
}

function attachment(part: Attachment, index: number): InboxMessage['attachments'][number] {
  return {
    filename: part.filename ?? (part.mimeType === 'text/calendar' ? 'invite.ics' : `attachment-${index + 1}`),
    contentType: part.method ? `${part.mimeType}; method=${part.method}` : part.mimeType,
    contentBase64: contentOf(part).toString('base64'),
    ...(part.contentId ? { contentId: part.contentId.replace(/^<|>$/g, '') } : {}),
  }
}

/** The parser gives text with bare line feeds; on its way, and for calendar programs, a line ends in CRLF (RFC 2046 §4.1.1). */
function contentOf({ content, mimeType }: Attachment): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.from(content as Uint8Array)
  return mimeType.startsWith('text/') || mimeType === 'application/ics'
    ? Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
    : bytes
}
