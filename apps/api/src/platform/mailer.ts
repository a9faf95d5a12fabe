/** One mail to one address, ready to go. Header values hold no CR or LF: the adapter refuses them. */
export interface OutgoingMail {
  /** Stable across retries, `<…@host>`, so that a repeat is recognisable as one. */
  messageId: string
  from: { name: string; address: string }
  replyTo: string
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  /** An iCalendar body and its method; both travel as `text/calendar; method=…` (RFC 6047). */
  calendar?: { method: 'REQUEST' | 'CANCEL'; content: string }
  headers?: Record<string, string>
}

export interface Mailer {
  /** Resolves when the server has taken the mail. Throws {@link MailRefused} for good, anything else to try again. */
  send(mail: OutgoingMail): Promise<void>
  close(): Promise<void>
}

/** The server answered 5xx: trying again cannot help. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}
