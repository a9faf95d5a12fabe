import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { MailRefused, type OutgoingMail } from './mailer.ts'
import { createSmtpMailer } from './smtp-mailer.ts'

const mail: OutgoingMail = {
  messageId: '<01930000.1@demo.test>',
  from: { name: 'Demo', address: 'no-reply@demo.test' },
  replyTo: 'help@demo.test',
  to: { name: 'Cleo', address: 'cleo@customer.test' },
  subject: 'Choose a time',
  text: 'Choose a time',
  html: '<p>Choose a time</p>',
}

let closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

/** A mail server that answers one command with the given reply code. */
async function mailerAgainst(at: 'rcpt' | 'data' | 'mail' | 'none', code: number, requireTls = false) {
  const refusal = Object.assign(new Error('no'), { responseCode: code })
  let mails = 0
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onMailFrom: (_address, _session, answer) => answer(at === 'mail' ? refusal : null),
    onRcptTo: (_address, _session, answer) => answer(at === 'rcpt' ? refusal : null),
    onData: (stream, _session, answer) => {
      stream.resume()
      stream.on('end', () => {
        mails += 1
        answer(at === 'data' ? refusal : null)
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const mailer = createSmtpMailer({ url: `smtp://127.0.0.1:${address.port}`, requireTls })
  closing.push(() => new Promise((closed) => server.close(() => closed())))
  closing.push(() => mailer.close())
  return { mailer, mails: () => mails }
}

describe('sending mail', () => {
  it.each([
    ['rcpt', 550],
    ['data', 554],
    ['mail', 553],
  ] as const)('gives up for good when %s is answered with %d', async (at, code) => {
    const { mailer } = await mailerAgainst(at, code)
    await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailRefused)
  })

  it.each([
    ['rcpt', 451],
    ['data', 452],
    ['mail', 421],
    ['mail', 530],
  ] as const)('leaves it to be tried again when %s is answered with %d', async (at, code) => {
    const { mailer } = await mailerAgainst(at, code)
    const error = await mailer.send(mail).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(MailRefused)
  })

  it('leaves it to be tried again when nobody listens', async () => {
    const mailer = createSmtpMailer({ url: 'smtp://127.0.0.1:1', requireTls: false })
    closing.push(() => mailer.close())
    const error = await mailer.send(mail).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(MailRefused)
  })

  it('sends nothing over an open line when encryption is required', async () => {
    const { mailer, mails } = await mailerAgainst('none', 0, true)
    await expect(mailer.send(mail)).rejects.toThrow()
    expect(mails()).toBe(0)
  })

  it.each<[string, Partial<OutgoingMail>]>([
    ['subject', { subject: 'Hello\r\nBcc: all@customer.test' }],
    ['sender name', { from: { name: 'Demo\nBcc: all@customer.test', address: 'no-reply@demo.test' } }],
    ['recipient name', { to: { name: 'Cleo\r', address: 'cleo@customer.test' } }],
    ['recipient', { to: { name: 'Cleo', address: 'cleo@customer.test, all@customer.test' } }],
    ['recipient line', { to: { name: 'Cleo', address: 'cleo@customer.test>\r\nRCPT TO:<x@y.test' } }],
    ['reply address', { replyTo: 'help@demo.test\r\nX: y' }],
    ['header value', { headers: { 'List-Unsubscribe': '<https://demo.test>\r\nX: y' } }],
    ['header name', { headers: { 'X: y\r\nZ': 'a' } }],
    ['Message-ID', { messageId: '<a@b>\r\nX: y' }],
  ])('refuses a line break or a second address in the %s before anything is sent', async (_where, change) => {
    const { mailer, mails } = await mailerAgainst('none', 0)
    await expect(mailer.send({ ...mail, ...change })).rejects.toBeInstanceOf(MailRefused)
    expect(mails()).toBe(0)
  })
})
