import type { Mailer, OutgoingMail } from '../src/platform/mailer.ts'

/** Takes every mail and keeps it; can be told to fail, as a real server would. */
export class CapturingMailer implements Mailer {
  readonly sent: OutgoingMail[] = []
  #failure: (() => Error) | null = null

  async send(mail: OutgoingMail): Promise<void> {
    if (this.#failure !== null) throw this.#failure()
    this.sent.push(mail)
  }

  async close(): Promise<void> {}

  /** From now on every mail fails with this error; null: none does. */
  failWith(failure: (() => Error) | null): void {
    this.#failure = failure
  }

  /** The mails to one address, oldest first. */
  to(address: string): OutgoingMail[] {
    return this.sent.filter((mail) => mail.to.address === address)
  }
}
