import { eq } from 'drizzle-orm'
import ICAL from 'ical.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMember, type TestMember } from '../../../test/factories.ts'
import {
  CUSTOMER,
  command,
  connectCalendar,
  createConfirmed,
  createPaid,
  mailOf,
  mailsOf,
  submitRequest,
} from '../../../test/notification-scene.ts'
import {
  choose,
  createClaimed,
  createLinked,
  createScene,
  type SchedulingScene,
  secretOf,
  sendLink,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { mails } from '../../db/schema/notifications.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import { type Mailer, MailRefused, type OutgoingMail } from '../../platform/mailer.ts'

// A Monday, 9:00 in Chicago; the trainer works nine to five there.
const NOW = '2026-11-23T15:00:00.000Z'
const START = '2026-11-24T16:00:00.000Z'
// The customer of `createLinked` and its like.
const CASEY = 'casey@example.test'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.mailer.sent.length = 0
  world.mailer.failWith(null)
})
afterAll(() => world.close())

const path = (scene: SchedulingScene, rest: string) => `/v1/organizations/${scene.organization.slug}${rest}`
const statusOf = async (id: string) => {
  const [row] = await world.database.db
    .select({ status: trainingRequests.status })
    .from(trainingRequests)
    .where(eq(trainingRequests.id, id))
  return row?.status
}
const subjectsTo = (member: TestMember | string) =>
  world.mailer.to(typeof member === 'string' ? member : member.email).map((mail) => mail.subject)
const mailRows = (column: 'bookingId' | 'trainingRequestId', id: string) =>
  world.database.db.select().from(mails).where(eq(mails[column], id)).orderBy(mails.id)

function eventOf(mail: OutgoingMail) {
  if (mail.calendar === undefined) throw new Error('The mail carries no calendar object.')
  const calendar = new ICAL.Component(ICAL.parse(mail.calendar.content))
  const event = calendar.getFirstSubcomponent('vevent')
  if (event === null) throw new Error('There is no event.')
  expect(calendar.getFirstPropertyValue('method')).toBe(mail.calendar.method)
  return { value: (name: string) => event.getFirstPropertyValue(name) }
}

describe('a new request', () => {
  it('is told to each eligible trainer who wants to know, without a word about the customer', async () => {
    const scene = await createScene(world)
    const skilled = await createMember(world, scene.organization, { firstName: 'Tom', skills: ['wordpress'] })
    const quiet = await createMember(world, scene.organization, {
      firstName: 'Quinn',
      skills: ['wordpress'],
      notificationPreferences: { newRequest: false },
    })
    const gone = await createMember(world, scene.organization, { skills: ['wordpress'], status: 'inactive' })
    const both = await createMember(world, scene.organization, {
      role: 'org_admin',
      canTrain: true,
      skills: ['wordpress', 'zoho'],
    })
    const { id } = await submitRequest(world, scene, { topic: 'wordpress', issue: 'My secret trouble' })
    await world.settle()
    for (const trainer of [skilled, both]) {
      const mail = mailOf(world, trainer.email, 'New request available')
      expect(mail.text).toContain('Demo Support')
      expect(mail.text).toContain('Ask for help')
      expect(mail.text).toContain('wordpress')
      const url = `http://ordinatus.test/o/${scene.organization.slug}/requests/${id}`
      expect(mail.text).toContain(url)
      expect(mail.html).toContain(`href="${url}"`)
      for (const word of ['Casey', 'Jones', CUSTOMER.email, CUSTOMER.phone, 'secret trouble']) {
        expect(mail.text).not.toContain(word)
        expect(mail.html).not.toContain(word)
      }
      expect(mail.from).toEqual({ name: 'Demo Support', address: world.deps.config.mailFrom })
      expect(mail.replyTo).toBe('support@demo.test')
    }
    // Without the skill, without the wish, or without a place in the organization.
    for (const other of [scene.trainer, quiet, gone, scene.admin]) expect(subjectsTo(other)).toEqual([])
    expect(await statusOf(id)).toBe('trainers_notified')
  })

  it('thanks the customer, unless the organization does not want that', async () => {
    const scene = await createScene(world)
    await submitRequest(world, scene, { email: 'thanked@example.test' })
    const silent = await createScene(world, { settings: { sendRequestConfirmationEmail: false } })
    await submitRequest(world, silent, { email: 'silent@example.test' })
    await world.settle()
    expect(subjectsTo('thanked@example.test')).toEqual(['We received your request'])
    expect(subjectsTo('silent@example.test')).toEqual([])
  })

  it('that fits nobody stays New, is flagged, and the admins are told; once somebody has the skill, they are', async () => {
    const scene = await createScene(world)
    const { id, reference } = await submitRequest(world, scene, { topic: 'wordpress' })
    await world.settle()
    expect(await statusOf(id)).toBe('new')
    const mail = mailOf(world, scene.admin.email, `Needs attention: request ${reference}`)
    expect(mail.text).toContain('No trainer has the required skills')
    expect(subjectsTo(scene.trainer)).toEqual([])
    const late = await createMember(world, scene.organization, { firstName: 'Late', skills: ['wordpress'] })
    await world.settle()
    expect(await statusOf(id)).toBe('trainers_notified')
    expect(subjectsTo(late)).toEqual(['New request available'])
    const answer = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(answer.json()).toMatchObject({ attention: null })
  })

  it('that somebody claims before the job runs is mailed to nobody and not moved back', async () => {
    const scene = await createScene(world)
    const { id } = await submitRequest(world, scene)
    await command(world, scene.trainer, path(scene, `/requests/${id}/claim`))
    await world.settle()
    expect(await statusOf(id)).toBe('claimed')
    expect(subjectsTo(scene.trainer)).toEqual([])
  })

  it('keeps to the cap of mails per form and hour: what is above it waits and is never lost', async () => {
    const scene = await createScene(world, { settings: { notificationMailsPerFormPerHour: 10 } })
    for (let index = 0; index < 12; index += 1) await submitRequest(world, scene, { email: 'flood@example.test' })
    await world.settle()
    const told = () => mailsOf(world, scene.trainer.email, 'New request available').length
    expect(told()).toBe(10)
    expect(subjectsTo(scene.admin)).toEqual(['New request emails are being delayed'])
    world.clock.moveTo(new Date(Date.parse(NOW) + 3_599_999))
    await world.settle()
    expect(told()).toBe(10)
    world.clock.moveTo(new Date(Date.parse(NOW) + 3_600_000))
    await world.settle()
    expect(told()).toBeGreaterThanOrEqual(12)
  })

  it('given back is told to the others, not to whoever gave it back', async () => {
    const scene = await createScene(world)
    const tom = await createMember(world, scene.organization, { firstName: 'Tom' })
    const claimed = await createClaimed(world, scene)
    await command(world, scene.trainer, path(scene, `/requests/${claimed.id}/release`), { reason: 'Ill' })
    await world.settle()
    expect(subjectsTo(tom)).toEqual(['New request available'])
    expect(subjectsTo(scene.trainer)).toEqual([])
  })

  it('that nobody claims is told once more, then flagged', async () => {
    const scene = await createScene(world)
    const { id, reference } = await submitRequest(world, scene)
    await world.settle()
    const told = () => mailsOf(world, scene.trainer.email, 'New request available').length
    world.clock.moveTo(new Date(Date.parse(NOW) + 60 * 60_000 - 1))
    await world.settle()
    expect(told()).toBe(1)
    world.clock.moveTo(new Date(Date.parse(NOW) + 60 * 60_000))
    await world.settle()
    await world.settle()
    expect(told()).toBe(2)
    expect(subjectsTo(scene.admin)).toEqual([])
    world.clock.moveTo(new Date(Date.parse(NOW) + 240 * 60_000))
    await world.settle()
    expect(told()).toBe(2)
    expect(mailOf(world, scene.admin.email, `Needs attention: request ${reference}`).text).toContain(
      'Nobody has claimed this request',
    )
    await command(world, scene.trainer, path(scene, `/requests/${id}/claim`))
    await world.settle()
    const answer = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(answer.json()).toMatchObject({ attention: null })
  })
})

describe('what people typed', () => {
  it('makes no header and no markup', async () => {
    const scene = await createScene(world)
    const { id } = await submitRequest(world, scene, { email: 'evil@example.test' })
    const name = 'Eve\r\nBcc: all@example.test <script>alert(1)</script> "x"'
    // Neither the form nor the API takes such a name; mails must not lean on that.
    const settleAs = async (customerName: string) => {
      const rename = (to: string) =>
        world.database.db.update(trainingRequests).set({ customerName: to }).where(eq(trainingRequests.id, id))
      await rename(customerName)
      await world.settle()
      await rename(CUSTOMER.name)
    }
    await settleAs(name)
    await command(world, scene.trainer, path(scene, `/requests/${id}/claim`))
    await sendLink(world, scene, id)
    await settleAs(name)
    const received = world.mailer.to('evil@example.test')
    expect(received.map((mail) => mail.subject)).toEqual(['We received your request', 'Choose a time for your session'])
    for (const mail of received) {
      expect(mail.to.name).toBe('Eve Bcc: all@example.test <script>alert(1)</script> "x"')
      expect(`${mail.subject}${mail.from.name}`).not.toMatch(/[\r\n]/)
    }
    await command(world, scene.admin, path(scene, `/requests/${id}/cancel`))
    await settleAs(name)
    const mail = mailOf(world, scene.trainer.email, 'A request was canceled')
    expect(mail.html).not.toContain('<script>')
    expect(mail.html).toContain('&lt;script&gt;')
  })

  it('is a link only where we made it', async () => {
    const scene = await createScene(world)
    const { id } = await submitRequest(world, scene, { name: 'https://evil.example.test/login' })
    await command(world, scene.trainer, path(scene, `/requests/${id}/claim`))
    await command(world, scene.admin, path(scene, `/requests/${id}/cancel`))
    await world.settle()
    const mail = mailOf(world, scene.trainer.email, 'A request was canceled')
    expect(mail.text).toContain('https://evil.example.test/login')
    expect(mail.html).not.toContain('href="https://evil')
  })
})

describe('the scheduling link', () => {
  it('goes to the customer and works', async () => {
    const scene = await createScene(world)
    const { link } = await createLinked(world, scene)
    await world.settle()
    const mail = mailOf(world, CASEY, 'Choose a time for your session')
    expect(mail.text).toContain(`http://ordinatus.test/book/${link}`)
    expect(mail.text).toContain('Tina')
    // Seven days on, in the customer's own zone.
    expect(mail.text).toContain('Mon, Nov 30, 2026, 10:00 AM EST')
    expect((await world.call({ url: '/v1/scheduling', as: link })).statusCode).toBe(200)
  })

  it('that a newer one replaced before it was mailed is not mailed', async () => {
    const scene = await createScene(world)
    const { id, link } = await createLinked(world, scene)
    world.clock.advanceMinutes(1)
    const fresh = await sendLink(world, scene, id)
    await world.settle()
    const links = world.mailer.to(CASEY).map((mail) => secretOf(/\/book\/\S+/.exec(mail.text)?.[0] ?? ''))
    expect(links).toEqual([fresh])
    expect(links).not.toContain(link)
    const rows = await mailRows('trainingRequestId', id)
    expect(rows.map((row) => row.state).toSorted()).toEqual(['done', 'skipped'])
  })

  it('is remembered after two and five days, until the customer has booked', async () => {
    const scene = await createScene(world)
    const { id, link } = await createLinked(world, scene)
    await world.settle()
    const reminders = () =>
      mailsOf(world, CASEY, 'Reminder: choose a time for your session').filter((mail) => mail.text.includes(link))
        .length
    const day = 86_400_000
    for (const [elapsed, count] of [
      [2 * day - 1, 0],
      [2 * day, 1],
      [5 * day - 1, 1],
      [5 * day, 2],
      [6 * day, 2],
    ] as const) {
      world.clock.moveTo(new Date(Date.parse(NOW) + elapsed))
      await world.settle()
      await world.settle()
      expect(reminders()).toBe(count)
    }
    world.clock.moveTo(new Date(Date.parse(NOW) + 7 * day))
    await world.settle()
    expect(reminders()).toBe(2)
    const answer = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(answer.json()).toMatchObject({ attention: { reason: 'customer_silent' } })
    await sendLink(world, scene, id)
    await world.settle()
    const after = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(after.json()).toMatchObject({ attention: null })
  })

  it('that runs out while the clock leaps is followed by no pile of reminders', async () => {
    const scene = await createScene(world, { settings: { schedulingLinkLifetimeHours: 24 * 20 } })
    const { link } = await createLinked(world, scene)
    world.clock.moveTo(new Date(Date.parse(NOW) + 10 * 86_400_000))
    await world.settle()
    const reminders = mailsOf(world, CASEY, 'Reminder: choose a time for your session')
    expect(reminders.filter((mail) => mail.text.includes(link))).toHaveLength(1)
  })

  it('that no longer works can be asked for anew: the trainer is told, if they want to be', async () => {
    const scene = await createScene(world)
    const { link } = await createLinked(world, scene)
    world.clock.moveTo(new Date(Date.parse(NOW) + 8 * 86_400_000))
    const ask = await world.call({ method: 'POST', url: '/v1/scheduling/new-link-requests', as: link, body: {} })
    expect(ask.statusCode).toBe(202)
    await world.settle()
    expect(mailOf(world, scene.trainer.email, 'A customer asks for a new link').text).toContain('Casey Customer')
  })

  it('with no time that suits is answered with the customer’s words to the trainer', async () => {
    const scene = await createScene(world)
    const { link } = await createLinked(world, scene)
    const ask = await world.call({
      method: 'POST',
      url: '/v1/scheduling/time-requests',
      as: link,
      body: { message: 'Evenings <b>please</b>' },
    })
    expect(ask.statusCode).toBe(202)
    await world.settle()
    const mail = mailOf(world, scene.trainer.email, 'A customer asks for other times')
    expect(mail.text).toContain('Evenings <b>please</b>')
    expect(mail.html).toContain('Evenings &lt;b&gt;please&lt;/b&gt;')
  })
})

describe('a payment', () => {
  it('that awaits its trainer is told to both, and once more after an hour', async () => {
    const scene = await createScene(world)
    const { bookingId } = await createPaid(world, scene, START)
    world.clock.advanceMinutes(5)
    await world.settle()
    const mail = mailOf(world, CASEY, 'We received your payment')
    expect(mail.text).toContain('We received your payment. Your trainer will confirm your session shortly.')
    expect(mail.text).toContain('$90.00')
    expect(mailOf(world, scene.trainer.email, 'A customer has paid: please confirm').text).toContain(
      `http://ordinatus.test/o/${scene.organization.slug}/bookings/${bookingId}`,
    )
    world.clock.advanceMinutes(60)
    await world.settle()
    expect(subjectsTo(scene.trainer)).toEqual(['A customer has paid: please confirm', 'Reminder: confirm a payment'])
    world.clock.advanceMinutes(11 * 60)
    await world.settle()
    const answer = await world.call({ url: path(scene, '/requests?view=all'), as: scene.admin.accessToken })
    expect(answer.json().data[0]).toMatchObject({ attention: { reason: 'paid_not_confirmed' } })
  })

  it('is not told to a trainer who switched that off, nor where confirmation follows by itself', async () => {
    const quiet = await createScene(world, { trainer: { notificationPreferences: { paymentReceived: false } } })
    await createPaid(world, quiet, START)
    const automatic = await createScene(world, { settings: { confirmAutomaticallyWhenPaid: true } })
    await createPaid(world, automatic, START)
    world.clock.advanceMinutes(5)
    await world.settle()
    expect(subjectsTo(quiet.trainer)).toEqual([])
    expect(subjectsTo(automatic.trainer)).toEqual([])
    expect(subjectsTo(CASEY).filter((subject) => subject === 'We received your payment')).toHaveLength(1)
    expect(subjectsTo(CASEY).filter((subject) => subject === 'Your session is confirmed')).toHaveLength(1)
  })
})

describe('a confirmed session', () => {
  it('is told to the customer in their zone, with what they need and an invitation', async () => {
    const scene = await createScene(world)
    const { bookingId, link, reference } = await createConfirmed(world, scene, START)
    await world.settle()
    const mail = mailOf(world, CASEY, 'Your session is confirmed')
    expect(mail.text).toContain('Tue, Nov 24, 2026 · 11:00 AM–12:00 PM EST (America/New_York)')
    expect(mail.text).toContain('60 minutes')
    expect(mail.text).toContain(reference)
    expect(mail.text).toContain('https://meet.example.test/room')
    expect(mail.text).toContain(`http://ordinatus.test/book/${link}`)
    const { value } = eventOf(mail)
    expect(mail.calendar?.method).toBe('REQUEST')
    expect(value('uid')).toBe(`${bookingId}@ordinatus.test`)
    expect(value('sequence')).toBe(0)
    expect(String(value('dtstart'))).toBe('2026-11-24T16:00:00Z')
    expect(String(value('organizer')).toLowerCase()).toBe(`mailto:${world.deps.config.mailFrom}`)
    const rows = await mailRows('bookingId', bookingId)
    expect(rows.filter((row) => row.sideEffectKind !== null).map((row) => [row.sideEffectKind, row.state])).toEqual([
      ['customer_email', 'done'],
      ['trainer_email', 'skipped'],
    ])
    expect(subjectsTo(scene.trainer)).not.toContain('A session is confirmed')
  })

  it('is told to a trainer who opted in', async () => {
    const scene = await createScene(world, { trainer: { notificationPreferences: { bookingConfirmed: true } } })
    await createConfirmed(world, scene, START)
    await world.settle()
    expect(mailOf(world, scene.trainer.email, 'A session is confirmed').text).toContain(
      'Tue, Nov 24, 2026 · 10:00–11:00 AM CST (America/Chicago)',
    )
  })

  it('that was canceled before its mail went gets no confirmation, and no cancellation of an invitation never sent', async () => {
    const scene = await createScene(world)
    const { id } = await createConfirmed(world, scene, START)
    await command(world, scene.admin, path(scene, `/requests/${id}/cancel`))
    await world.settle()
    expect(subjectsTo(CASEY)).not.toContain('Your session is confirmed')
    expect(mailOf(world, CASEY, 'Your session was canceled').calendar).toBeUndefined()
  })

  it('that is canceled is taken back: invitation, mail to both sides, and the refund', async () => {
    const scene = await createScene(world)
    const { id, bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    await command(world, scene.admin, path(scene, `/requests/${id}/cancel`), { reason: 'Ill' })
    await world.settle()
    const mail = mailOf(world, CASEY, 'Your session was canceled')
    expect(mail.text).toContain('$90.00')
    expect(mail.calendar?.method).toBe('CANCEL')
    const { value } = eventOf(mail)
    expect(value('uid')).toBe(`${bookingId}@ordinatus.test`)
    expect(value('sequence')).toBe(1)
    expect(value('status')).toBe('CANCELLED')
    expect(subjectsTo(CASEY)).not.toContain('Your request was canceled')
    expect(subjectsTo(CASEY)).toContain('Your refund was made')
    expect(subjectsTo(scene.trainer)).toContain('A session was canceled')
    expect(subjectsTo(scene.trainer)).not.toContain('A request was canceled')
  })

  it('that its own trainer cancels is not told to them', async () => {
    const scene = await createScene(world)
    const { id } = await createConfirmed(world, scene, START)
    await world.settle()
    world.mailer.sent.length = 0
    await command(world, scene.trainer, path(scene, `/requests/${id}/cancel`))
    await world.settle()
    expect(subjectsTo(scene.trainer)).toEqual([])
    expect(subjectsTo(CASEY)).toContain('Your session was canceled')
  })

  it('once completed asks for a rating by a link that works', async () => {
    const scene = await createScene(world)
    const { bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    world.clock.moveTo('2026-11-24T17:00:00.000Z')
    await command(world, scene.trainer, path(scene, `/bookings/${bookingId}/complete`))
    await world.settle()
    const mail = mailOf(world, CASEY, 'How was your session?')
    const [, secret = ''] = /http:\/\/ordinatus\.test\/feedback\/(\S+)/.exec(mail.text) ?? []
    expect((await world.call({ url: '/v1/feedback', as: secret })).statusCode).toBe(200)
    const rows = await mailRows('bookingId', bookingId)
    expect(rows.find((row) => row.sideEffectKind === 'feedback_email')?.state).toBe('done')
  })

  it('that ended a day ago and was not completed is flagged', async () => {
    const scene = await createScene(world)
    const { id } = await createConfirmed(world, scene, START)
    await world.settle()
    const attention = async () =>
      (await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })).json().attention
    world.clock.moveTo(new Date(Date.parse('2026-11-25T17:00:00.000Z') - 1))
    await world.settle()
    expect(await attention()).toBeNull()
    world.clock.moveTo('2026-11-25T17:00:00.000Z')
    await world.settle()
    expect(await attention()).toMatchObject({ reason: 'not_completed', since: '2026-11-25T17:00:00.000Z' })
  })
})

describe('a request that changes hands', () => {
  it('is told to the trainer who gets it and to the one who loses it', async () => {
    const scene = await createScene(world)
    const tom = await createMember(world, scene.organization, { firstName: 'Tom' })
    const claimed = await createClaimed(world, scene)
    await command(world, scene.admin, path(scene, `/requests/${claimed.id}/assign`), { trainerId: tom.userId })
    await world.settle()
    expect(subjectsTo(tom)).toEqual(['A request was assigned to you'])
    expect(mailOf(world, scene.trainer.email, 'A request is no longer yours').text).not.toContain('Casey')
  })

  it('is taken back at the link’s deadline where the organization wants that, and flagged where it does not', async () => {
    const strict = await createScene(world, { settings: { releaseAtLinkDeadline: true, linkDeadlineHours: 2 } })
    const taken = await createClaimed(world, strict)
    const lenient = await createScene(world, { settings: { linkDeadlineHours: 2 } })
    const kept = await createClaimed(world, lenient)
    world.clock.moveTo(new Date(Date.parse(NOW) + 2 * 3_600_000 - 1))
    await world.settle()
    expect([await statusOf(taken.id), await statusOf(kept.id)]).toEqual(['claimed', 'claimed'])
    world.clock.moveTo(new Date(Date.parse(NOW) + 2 * 3_600_000))
    await world.settle()
    expect([await statusOf(taken.id), await statusOf(kept.id)]).toEqual(['trainers_notified', 'claimed'])
    expect(subjectsTo(strict.trainer)).toEqual(['A request is no longer yours'])
    expect(subjectsTo(lenient.admin)).toEqual([`Needs attention: request ${kept.reference}`])
  })
})

describe('a mail server', () => {
  it('that is down for a while gets every mail once it is back, each under the Message-ID it had', async () => {
    const scene = await createScene(world)
    const tried: string[] = []
    const { mailer } = world
    const flaky: Mailer = {
      send: async (mail) => {
        tried.push(mail.messageId)
        await mailer.send(mail)
      },
      close: async () => {},
    }
    const send = world.deps.mailer
    world.deps.mailer = flaky
    mailer.failWith(() => new Error('connect ECONNREFUSED smtp://user@mail.example.test:25'))
    const { id } = await createLinked(world, scene)
    await world.settle()
    const [row] = await mailRows('trainingRequestId', id)
    expect(row).toMatchObject({ state: 'retrying', attempts: 1, lastError: 'connect ECONNREFUSED …' })
    expect(row?.nextAttemptAt).toEqual(new Date(Date.parse(NOW) + 10_000))
    world.clock.moveTo(new Date(Date.parse(NOW) + 9_999))
    await world.settle()
    expect(tried).toHaveLength(1)
    for (let minute = 1; minute <= 60; minute += 10) {
      world.clock.moveTo(new Date(Date.parse(NOW) + minute * 60_000))
      await world.settle()
    }
    mailer.failWith(null)
    world.clock.moveTo(new Date(Date.parse(NOW) + 91 * 60_000))
    await world.settle()
    await world.settle()
    expect(mailsOf(world, CASEY, 'Choose a time for your session')).toHaveLength(1)
    expect(new Set(tried)).toEqual(new Set([`<${row?.id}@ordinatus.test>`]))
    const [after] = await mailRows('trainingRequestId', id)
    expect(after).toMatchObject({ state: 'done', lastError: null, nextAttemptAt: null })
    world.deps.mailer = send
  })

  it('that refuses a mail for good is not asked again: it is there for all to see, and can be tried again', async () => {
    const scene = await createScene(world)
    const { id, bookingId } = await createConfirmed(world, scene, START)
    world.mailer.failWith(() => new MailRefused('550 5.1.1 <casey@example.test>: no such mailbox'))
    await world.settle()
    const url = path(scene, `/bookings/${bookingId}`)
    const booking = (await world.call({ url, as: scene.trainer.accessToken })).json()
    const effect = booking.sideEffects.find((one: { kind: string }) => one.kind === 'customer_email')
    expect(effect).toMatchObject({ state: 'failed', attempts: 1, lastError: '550 5.1.1 …: no such mailbox' })
    const request = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(request.json()).toMatchObject({ attention: { reason: 'side_effect_failed' } })
    world.mailer.failWith(null)
    const stranger = await createMember(world, scene.organization, { firstName: 'Tom' })
    const retry = (as: TestMember) =>
      world.call({ method: 'POST', url: `${url}/side-effects/${effect.id}/retry`, as: as.accessToken, body: {} })
    expect((await retry(stranger)).statusCode).toBe(404)
    expect((await retry(scene.trainer)).json()).toMatchObject({ id: bookingId })
    await world.settle()
    expect(mailsOf(world, CASEY, 'Your session is confirmed')).toHaveLength(1)
    const after = await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })
    expect(after.json()).toMatchObject({ attention: null })
    // Done is done: asking again sends nothing.
    expect((await retry(scene.trainer)).statusCode).toBe(200)
    await world.settle()
    expect(mailsOf(world, CASEY, 'Your session is confirmed')).toHaveLength(1)
  })
})

describe('every mail', () => {
  it('has a plain, short subject, says why it was sent and whom to ask, and carries no secret in its headers', async () => {
    const scene = await createScene(world, {
      trainer: { notificationPreferences: { bookingConfirmed: true } },
      settings: { supportEmail: 'every@demo.test', supportPhone: '+1 312 555 0100' },
    })
    await connectCalendar(world, scene.trainer.userId)
    const { bookingId } = await createConfirmed(world, scene, START)
    await submitRequest(world, scene)
    await world.settle()
    world.clock.moveTo('2026-11-24T17:00:00.000Z')
    await command(world, scene.trainer, path(scene, `/bookings/${bookingId}/complete`))
    await world.settle()
    const sent = world.mailer.sent.filter((mail) => mail.replyTo === 'every@demo.test')
    expect(new Set(sent.map((mail) => mail.subject.replace(/R-\w+/, 'R')))).toEqual(
      new Set([
        'We received your request',
        'New request available',
        'Your session is confirmed',
        'A session is confirmed',
        'How was your session?',
        'Needs attention: request R',
      ]),
    )
    for (const mail of sent) {
      expect(mail.subject.length).toBeLessThan(50)
      expect(mail.text).toContain('You get this email because')
      expect(mail.html).toContain('You get this email because')
      expect(mail.text).toContain('every@demo.test · +1 312 555 0100')
      expect(mail.messageId).toMatch(/^<[0-9a-f-]{36}@ordinatus\.test>$/)
      expect(mail.html).toMatch(/^<!doctype html>/)
      expect(mail.html).not.toMatch(/undefined|null|\[object/)
      expect(mail.text).not.toMatch(/undefined|null|\[object/)
      expect(JSON.stringify([mail.subject, mail.messageId, mail.headers])).not.toMatch(/book|feedback/)
    }
    expect(new Set(sent.map((mail) => mail.messageId)).size).toBe(sent.length)
  })

  it('is prepared once, however often its job runs', async () => {
    const scene = await createScene(world)
    const linked = await createLinked(world, scene)
    await choose(world, linked.link, START)
    await world.settle()
    const rows = await mailRows('trainingRequestId', linked.id)
    const { prepareMails } = await import('./prepare-mails.ts')
    const { sendMail } = await import('./send-mail.ts')
    for (const row of rows) {
      await prepareMails(world.deps, { eventId: row.eventId })
      await sendMail(world.deps, { mailId: row.id })
    }
    await world.settle()
    expect(await mailRows('trainingRequestId', linked.id)).toHaveLength(rows.length)
    expect(mailsOf(world, CASEY, 'Choose a time for your session')).toHaveLength(1)
  })
})
