import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingMail } from '../mailer.ts'
import { createSmtpMailer } from '../smtp-mailer.ts'
import { type LocalInbox, startLocalInbox } from './inbox-server.ts'
import { InboxStore } from './inbox-store.ts'

const mail: OutgoingMail = {
  messageId: '<01930000.1@demo.test>',
  from: { name: 'Grüße & Co', address: 'no-reply@demo.test' },
  replyTo: 'help@demo.test',
  to: { name: 'Cleo "C" O’Hara', address: 'Cleo@customer.test' },
  subject: 'Ihre Zeit – 10:30 🕥 '.repeat(6).trim(),
  text: 'Hello\n.\nFrom here on a line with one dot above\nhttps://demo.test/book/abc',
  html: '<p>Hello <a href="https://demo.test/book/abc">choose</a></p>',
}
const invitation = 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'

let dataDir: string
let inbox: LocalInbox

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-inbox-'))
  inbox = await startLocalInbox({ dataDir })
})

afterEach(async () => {
  await inbox.close()
  await rm(dataDir, { recursive: true, force: true })
})

async function send(change: Partial<OutgoingMail> = {}): Promise<void> {
  const mailer = createSmtpMailer({ url: inbox.smtpUrl, requireTls: false })
  await mailer.send({ ...mail, ...change })
  await mailer.close()
}

/** Speaks SMTP by hand and answers with the server's last line. */
async function talk(lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(inbox.smtpUrl).port), '127.0.0.1')
  socket.setEncoding('utf8')
  let last = ''
  let pending = ''
  let wake = () => {}
  socket.on('data', (text: string) => {
    pending += text
    wake()
  })
  const reply = async () => {
    while (!/^\d{3} .*\r\n$/m.test(pending)) await new Promise<void>((more) => (wake = more))
    last = pending.trim().split('\r\n').at(-1) ?? ''
    pending = ''
  }
  await reply()
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    await reply()
  }
  socket.destroy()
  return last
}

describe('the local inbox', () => {
  it('keeps what came over SMTP: names, subject, both bodies, headers, the invitation in both forms', async () => {
    await send({ calendar: { method: 'REQUEST', content: invitation }, headers: { 'X-Kind': 'booking' } })
    const [got, ...others] = await inbox.store.list()
    expect(others).toEqual([])
    expect(got).toMatchObject({
      from: 'Grüße & Co <no-reply@demo.test>',
      replyTo: 'help@demo.test',
      to: 'Cleo@customer.test',
      subject: mail.subject,
      html: mail.html,
    })
    expect(got?.text).toBe(mail.text)
    expect(got?.headers['message-id']).toBe(mail.messageId)
    expect(got?.headers['x-kind']).toBe('booking')
    expect(got?.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['invite.ics', 'text/calendar; method=REQUEST'],
      ['invite.ics', 'application/ics'],
    ])
    for (const part of got?.attachments ?? []) {
      expect(Buffer.from(part.contentBase64, 'base64').toString()).toBe(invitation)
    }
  })

  it('makes one entry per recipient, the blind ones included', async () => {
    const last = await talk([
      'EHLO here',
      'MAIL FROM:<a@demo.test>',
      'RCPT TO:<one@customer.test>',
      'RCPT TO:<two@customer.test>',
      'DATA',
      'To: one@customer.test\r\nSubject: Both\r\n\r\nHi\r\n.',
    ])
    expect(last).toMatch(/^250 /)
    expect((await inbox.store.list()).map(({ to, subject }) => [to, subject])).toEqual([
      ['two@customer.test', 'Both'],
      ['one@customer.test', 'Both'],
    ])
  })

  it('has the mail on the disk when it says 250, and keeps it over a restart', async () => {
    await send()
    expect((await readdir(join(dataDir, 'inbox'))).filter((name) => name.endsWith('.json'))).toHaveLength(1)
    await inbox.close()
    inbox = await startLocalInbox({ dataDir })
    expect(await inbox.store.list()).toHaveLength(1)
  })

  it('asks to try again when the mail cannot be stored', async () => {
    await rm(join(dataDir, 'inbox'), { recursive: true })
    await writeFile(join(dataDir, 'inbox'), 'a file in its place')
    const last = await talk([
      'EHLO here',
      'MAIL FROM:<a@demo.test>',
      'RCPT TO:<b@customer.test>',
      'DATA',
      'Subject: x\r\n\r\ny\r\n.',
    ])
    expect(last).toMatch(/^452 /)
    await expect(send()).rejects.toMatchObject({ responseCode: 452 })
  })

  it('finds by recipient, subject, words and time, newest first', async () => {
    await send({ subject: 'First', to: { name: '', address: 'a@customer.test' } })
    const [first] = await inbox.store.list()
    await send({ subject: 'Second', to: { name: '', address: 'b@customer.test' } })
    const subjects = async (filter: Parameters<InboxStore['list']>[0]) =>
      (await inbox.store.list(filter)).map(({ subject }) => subject)
    expect(await subjects({})).toEqual(['Second', 'First'])
    expect(await subjects({ to: 'A@CUSTOMER.test' })).toEqual(['First'])
    expect(await subjects({ to: 'a@customer' })).toEqual([])
    expect(await subjects({ subject: 'seco' })).toEqual(['Second'])
    expect(await subjects({ search: 'b@cust' })).toEqual(['Second'])
    const at = new Date(first?.receivedAt ?? '')
    expect(await subjects({ after: at })).toEqual(['Second'])
    expect(await subjects({ after: new Date(at.getTime() - 1) })).toEqual(['Second', 'First'])
  })

  it('lists 500 at most, sweeps up what was left unfinished, and can be emptied', async () => {
    const store = inbox.store
    const one = { from: '', replyTo: null, to: 'a@customer.test', text: '', html: null, headers: {}, attachments: [] }
    for (let n = 1; n <= 501; n += 1) await store.save({ ...one, subject: String(n) })
    await writeFile(join(dataDir, 'inbox', 'x.unfinished'), '{')
    const reopened = await InboxStore.open(join(dataDir, 'inbox'))
    const listed = await reopened.list()
    expect(listed).toHaveLength(500)
    expect([listed[0]?.subject, listed.at(-1)?.subject]).toEqual(['501', '2'])
    expect(await readdir(join(dataDir, 'inbox'))).not.toContain('x.unfinished')
    const version = await store.version()
    await store.empty()
    expect(await reopened.list()).toEqual([])
    expect(await store.version()).not.toBe(version)
    await chmod(join(dataDir, 'inbox'), 0o700)
  })

  it('answers null for an id that is none, also one that climbs out of its folder', async () => {
    expect(await inbox.store.find('../../etc/passwd')).toBeNull()
    expect(await inbox.store.find('01930000-0000-7000-8000-000000000001')).toBeNull()
  })
})
