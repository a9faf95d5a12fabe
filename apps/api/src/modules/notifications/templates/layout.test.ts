import { describe, expect, it } from 'vitest'
import { type MailContent, oneLine, renderMail } from './layout.ts'

const ORGANIZATION = {
  name: 'Demo Support',
  supportEmail: 'support@demo.test',
  supportPhone: null,
  logoUrl: null,
  primaryColor: '#1f5fbf',
}
const JOIN = 'https://meet.example.test/abc'
const BOOKING = 'https://ordinatus.test/book/secret'
const CONTENT: MailContent = {
  subject: 'Your session is confirmed',
  headline: 'Your session is confirmed',
  paragraphs: ['Use the link below to join at that time.'],
  facts: [
    ['When', 'Tue, Nov 24 · 10:30–11:30 AM CST'],
    ['Your booking', { label: 'See your booking', url: BOOKING }],
  ],
  button: { label: 'Join the session', url: JOIN },
  why: 'You get this email because you asked for help.',
}

const mail = renderMail(ORGANIZATION, CONTENT, 'en')
const count = (text: string, part: string) => text.split(part).length - 1

describe('A mail', () => {
  it('as HTML shows one plain address, below its button; every other link is in words', () => {
    const seen = mail.html.replace(/<[^>]*>/g, ' ')
    expect(seen.match(/https?:\/\/\S+/g)).toEqual([JOIN])
    expect(seen).toContain('Join the session')
    expect(mail.html).toContain(`href="${BOOKING}" style="color:#1f2328">See your booking</a>`)
  })

  it('as text names each address once', () => {
    expect(count(mail.text, JOIN)).toBe(1)
    expect(count(mail.text, BOOKING)).toBe(1)
  })

  it('keeps its headers to one line whose direction no name turns', () => {
    expect(oneLine('Ann\r\nBcc: all@example.test')).toBe('Ann Bcc: all@example.test')
    expect(oneLine('Ann \u202egro.live')).toBe('Ann gro.live')
  })
})
