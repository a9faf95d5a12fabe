import nodemailer from 'nodemailer'
import { type Mailer, MailRefused, type OutgoingMail } from './mailer.ts'

export interface SmtpMailerOptions {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  url: string
  /** In production: refuse to send over a connection that could not be encrypted. */
  requireTls: boolean
}

// nodemailer's own defaults are minutes (integrations.md §5); a job is retried sooner than that.
const CONNECT_MS = 10_000
const GREETING_MS = 10_000
const SILENCE_MS = 20_000

/** Control characters end a header line, or are what no mail carries; addresses may also not hold list or quote signs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/
const ADDRESS = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/
const HEADER_NAME = /^[A-Za-z0-9-]+$/
/** RFC 5322 §3.6.4, in the narrow form that every server takes. */
const MESSAGE_ID = /^<[^\s<>@]+@[^\s<>@]+>$/

/**
 * Sends mail through an SMTP server, over a few kept connections.
 *
 * Refuses for good ({@link MailRefused}), before anything is sent, a mail whose header values hold a line break or
 * other control character or whose addresses are not plain addresses; and one that the server refused with 5xx for its
 * sender, recipient or content. A refused sign-in or connection is ours to mend and worth another try, so it throws
 * as it came. A mail is never sent again by itself when the connection breaks in the middle: the job does that.
 */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
  const transport = nodemailer.createTransport({
    url: options.url,
    pool: true,
    maxConnections: 3,
    // The library would repeat a mail up to five times when its connection closes; it may have arrived (quality.md).
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    requireTLS: options.requireTls,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async (mail) => {
      assertSafe(mail)
      try {
        await transport.sendMail({
          messageId: mail.messageId,
          from: mail.from,
          replyTo: mail.replyTo,
          to: mail.to,
          envelope: { from: mail.from.address, to: [mail.to.address] },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          ...(mail.headers ? { headers: mail.headers } : {}),
          ...(mail.calendar
            ? { icalEvent: { method: mail.calendar.method, filename: 'invite.ics', content: mail.calendar.content } }
            : {}),
        })
      } catch (error) {
        if (isRefusal(error)) throw new MailRefused(messageOf(error), { cause: error })
        throw error
      }
    },
    close: async () => transport.close(),
  }
}

function assertSafe(mail: OutgoingMail): void {
  const headers = Object.entries(mail.headers ?? {})
  const values = [mail.subject, mail.from.name, mail.to.name, ...headers.map(([, value]) => value)]
  if (values.some((value) => CONTROL.test(value)) || !headers.every(([name]) => HEADER_NAME.test(name))) {
    throw new MailRefused('A header of this mail holds a line break or another control character.')
  }
  for (const address of [mail.from.address, mail.to.address, mail.replyTo]) {
    if (!ADDRESS.test(address) || CONTROL.test(address))
      throw new MailRefused('An address of this mail is not an address.')
  }
  if (!MESSAGE_ID.test(mail.messageId)) throw new MailRefused('The Message-ID of this mail is not one.')
}

/** 530 asks for sign-in or encryption first: that is about us, not about the mail. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  return aboutTheMail && responseCode !== undefined && responseCode >= 500 && responseCode < 600 && responseCode !== 530
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
