import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { command, connectCalendar, createConfirmed, mailOf, mailsOf } from '../../../test/notification-scene.ts'
import { createScene, type SceneOptions, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { remoteSessions, sideEffects } from '../../db/schema/delivery.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import type { SideEffectKind, SideEffectState } from '../../domain/delivery.ts'
import { createTestCalendar, type TestCalendar } from '../../platform/calendars/test-calendar.ts'
import type { RemoteSessions } from '../../platform/remote-sessions/remote-sessions.ts'
import { createTestSessions, type TestSessions } from '../../platform/remote-sessions/test-sessions.ts'
import { runSideEffect } from './run-side-effect.ts'
import { startSideEffects } from './start-side-effects.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const START = '2026-11-24T16:00:00.000Z'
const CASEY = 'casey@example.test'

let world: TestWorld
let calendar: TestCalendar
let sessions: TestSessions

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  const { sql } = world.testDatabase.open(2)
  calendar = await createTestCalendar({ sql })
  sessions = await createTestSessions({ sql, appUrl: world.deps.config.appUrl })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.mailer.sent.length = 0
  world.deps.remoteSessions = sessions
  sessions.simulateOutage(null)
})
afterAll(() => world.close())

async function sceneByZoho(options: SceneOptions = {}): Promise<SchedulingScene> {
  const scene = await createScene(world, options)
  await world.database.db
    .update(sessionTypes)
    .set({ deliveryMethod: 'zoho_assist', deliveryDetails: null })
    .where(eq(sessionTypes.id, scene.sessionType.id))
  return scene
}

interface BookingAnswer {
  delivery: { state: string; technicianUrl?: string; customerUrl?: string }
  sideEffects: { id: string; kind: SideEffectKind; state: SideEffectState; lastError: string | null }[]
}
const bookingUrl = (scene: SchedulingScene, bookingId: string) =>
  `/v1/organizations/${scene.organization.slug}/bookings/${bookingId}`
async function booking(scene: SchedulingScene, bookingId: string, as = scene.trainer): Promise<BookingAnswer> {
  return (await world.call({ url: bookingUrl(scene, bookingId), as: as.accessToken })).json<BookingAnswer>()
}
async function effect(bookingId: string, kind: SideEffectKind) {
  const rows = await world.database.db
    .select()
    .from(sideEffects)
    .where(and(eq(sideEffects.bookingId, bookingId), eq(sideEffects.kind, kind)))
    .orderBy(sideEffects.id)
  const row = rows.at(-1)
  if (row === undefined) throw new Error(`There is no ${kind}.`)
  return row
}
const attentionOf = async (scene: SchedulingScene, id: string) =>
  (
    await world.call({
      url: `/v1/organizations/${scene.organization.slug}/requests/${id}`,
      as: scene.admin.accessToken,
    })
  ).json().attention

describe('the trainer’s calendar', () => {
  it('gets the session with who, what and where, and loses it when it is canceled', async () => {
    const scene = await createScene(world)
    await connectCalendar(world, scene.trainer.userId)
    const { id, bookingId, reference } = await createConfirmed(world, scene, START)
    await world.settle()
    const [event] = await calendar.events({ bookingId })
    expect(event).toMatchObject({
      userId: scene.trainer.userId,
      startAt: new Date(START),
      endAt: new Date('2026-11-24T17:00:00.000Z'),
      timeZone: 'America/Chicago',
      location: 'https://meet.example.test/room',
    })
    expect(event?.title).toContain('Casey Customer')
    expect(event?.description).toContain(CASEY)
    expect(event?.description).toContain(reference)
    expect(event?.description).toContain(`/o/${scene.organization.slug}/bookings/${bookingId}`)
    expect((await effect(bookingId, 'calendar_event')).state).toBe('done')
    await command(world, scene.admin, `/v1/organizations/${scene.organization.slug}/requests/${id}/cancel`)
    await world.settle()
    expect(await calendar.events({ bookingId })).toEqual([])
  })

  it('that is not connected is left out, and says so', async () => {
    const scene = await createScene(world)
    const { bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    expect((await effect(bookingId, 'calendar_event')).state).toBe('skipped')
    expect((await effect(bookingId, 'remote_session')).state).toBe('skipped')
  })

  it('written into twice holds one event', async () => {
    const scene = await createScene(world)
    await connectCalendar(world, scene.trainer.userId)
    const { bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    const row = await effect(bookingId, 'calendar_event')
    await startSideEffects(world.deps, { eventId: row.eventId })
    await world.database.db.update(sideEffects).set({ state: 'running' }).where(eq(sideEffects.id, row.id))
    await runSideEffect(world.deps, { sideEffectId: row.id })
    await world.settle()
    expect(await calendar.events({ bookingId })).toHaveLength(1)
    expect(await world.database.db.$count(sideEffects, eq(sideEffects.bookingId, bookingId))).toBe(2)
  })

  it('that fails is tried again until it works; the booking stands', async () => {
    const scene = await createScene(world)
    await connectCalendar(world, scene.trainer.userId)
    const { bookingId } = await createConfirmed(world, scene, START)
    await calendar.setReadable(scene.trainer.userId, false)
    await world.settle()
    expect(await effect(bookingId, 'calendar_event')).toMatchObject({
      state: 'retrying',
      attempts: 1,
      lastError: 'The test calendar plays dead.',
    })
    await calendar.setReadable(scene.trainer.userId, true)
    world.clock.moveTo(new Date(Date.parse(NOW) + 10_000))
    await world.settle()
    expect(await effect(bookingId, 'calendar_event')).toMatchObject({ state: 'done', attempts: 2, lastError: null })
    expect(await calendar.events({ bookingId })).toHaveLength(1)
  })

  it('with something else at that time flags the session, tells admin and trainer, and confirms all the same', async () => {
    const scene = await createScene(world)
    await connectCalendar(world, scene.trainer.userId)
    const { id, reference, bookingId } = await createConfirmed(world, scene, START)
    await calendar.addBusy({
      userId: scene.trainer.userId,
      startAt: new Date('2026-11-24T16:30:00.000Z'),
      endAt: new Date('2026-11-24T18:00:00.000Z'),
    })
    await world.settle()
    expect(await calendar.events({ bookingId })).toHaveLength(1)
    expect(await attentionOf(scene, id)).toMatchObject({ reason: 'calendar_conflict' })
    for (const { email } of [scene.admin, scene.trainer])
      expect(mailOf(world, email, `Needs attention: request ${reference}`).text).toContain('another event')
  })
})

describe('the remote session', () => {
  it('gives each side its own link, and the customer’s mail carries theirs', async () => {
    const scene = await sceneByZoho()
    const { bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    const { delivery } = await booking(scene, bookingId)
    expect(delivery.state).toBe('ready')
    expect(delivery.technicianUrl).toMatch(/\/test-session\//)
    const adminsView = await booking(scene, bookingId, scene.admin)
    expect(adminsView.delivery.technicianUrl).toBeUndefined()
    const mail = mailOf(world, CASEY, 'Your session is confirmed')
    expect(mail.text).toContain(`Join the session:\n${delivery.customerUrl}`)
    expect(mail.calendar?.content.replaceAll('\r\n ', '')).toContain(`URL;VALUE=URI:${delivery.customerUrl}`)
    for (const text of [mail.text, mail.html, mail.calendar?.content ?? ''])
      expect(text).not.toContain(delivery.technicianUrl)
    const [row] = await world.database.db.select().from(remoteSessions).where(eq(remoteSessions.bookingId, bookingId))
    // Sealed: the database alone lets nobody in.
    expect(row?.technicianUrlSealed?.toString('latin1')).not.toContain('test-session')
    expect(await sessions.made(bookingId)).toBe(1)
  })

  it('whose answer got lost is unknown, is not made a second time by itself, and keeps no mail waiting', async () => {
    const scene = await sceneByZoho()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    sessions.simulateOutage('after')
    await world.settle()
    expect(await effect(bookingId, 'remote_session')).toMatchObject({ state: 'unknown', attempts: 1 })
    expect((await booking(scene, bookingId)).delivery.state).toBe('unknown')
    expect(await attentionOf(scene, id)).toMatchObject({ reason: 'side_effect_failed' })
    expect(mailOf(world, CASEY, 'Your session is confirmed').text).toContain('The remote link follows')
    sessions.simulateOutage(null)
    world.clock.advanceMinutes(120)
    await world.settle()
    expect(await sessions.made(bookingId)).toBe(1)
    // A person decides to try again, and the promised link follows.
    const { id: effectId } = await effect(bookingId, 'remote_session')
    await command(world, scene.trainer, `${bookingUrl(scene, bookingId)}/side-effects/${effectId}/retry`)
    await world.settle()
    expect(await sessions.made(bookingId)).toBe(2)
    const { delivery } = await booking(scene, bookingId)
    const followed = mailOf(world, CASEY, 'Your link to join the session')
    expect(followed.text).toContain(delivery.customerUrl)
    expect(followed.calendar?.content).toContain('SEQUENCE:1')
    expect(await attentionOf(scene, id)).toBeNull()
    await world.settle()
    expect(mailsOf(world, CASEY, 'Your link to join the session')).toHaveLength(1)
  })

  it('of a process that died while asking is unknown', async () => {
    const scene = await sceneByZoho()
    const { bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    const row = await effect(bookingId, 'remote_session')
    await world.database.db.update(sideEffects).set({ state: 'running' }).where(eq(sideEffects.id, row.id))
    await runSideEffect(world.deps, { sideEffectId: row.id })
    expect((await effect(bookingId, 'remote_session')).state).toBe('unknown')
    expect(await sessions.made(bookingId)).toBe(1)
  })

  it('that cannot be made for a while delays the customer’s mail by half a minute and no more', async () => {
    const scene = await sceneByZoho()
    const { bookingId } = await createConfirmed(world, scene, START)
    const down: RemoteSessions = {
      createSession: async () => {
        throw new Error('503 from https://assist.example.test/api/v2/session')
      },
      removeSession: async () => {},
    }
    world.deps.remoteSessions = down
    await world.settle()
    expect(await effect(bookingId, 'remote_session')).toMatchObject({ state: 'retrying', lastError: '503 from …' })
    expect(mailsOf(world, CASEY, 'Your session is confirmed')).toHaveLength(0)
    world.clock.moveTo(new Date(Date.parse(NOW) + 29_999))
    await world.settle()
    expect(mailsOf(world, CASEY, 'Your session is confirmed')).toHaveLength(0)
    world.clock.moveTo(new Date(Date.parse(NOW) + 30_000))
    await world.settle()
    expect(mailOf(world, CASEY, 'Your session is confirmed').text).toContain('The remote link follows')
    world.deps.remoteSessions = sessions
    world.clock.advanceMinutes(40)
    await world.settle()
    expect(mailOf(world, CASEY, 'Your link to join the session').text).toContain('/test-session/')
  })

  it('ends with its booking: both links are gone', async () => {
    const scene = await sceneByZoho()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    await world.settle()
    const { delivery } = await booking(scene, bookingId)
    await command(world, scene.admin, `/v1/organizations/${scene.organization.slug}/requests/${id}/cancel`)
    await world.settle()
    const after = await booking(scene, bookingId)
    expect(after.delivery).toMatchObject({ state: 'hidden' })
    expect(after.delivery.customerUrl).toBeUndefined()
    const key = delivery.customerUrl?.slice(delivery.customerUrl.lastIndexOf('/') + 1) ?? ''
    expect((await sessions.view(key))?.removed).toBe(true)
  })

  it('made while its booking was being canceled is ended by the next try', async () => {
    const scene = await sceneByZoho()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    const cancelMeanwhile: RemoteSessions = {
      createSession: async (input) => {
        const made = await sessions.createSession(input)
        await command(world, scene.admin, `/v1/organizations/${scene.organization.slug}/requests/${id}/cancel`)
        return made
      },
      removeSession: (input) => sessions.removeSession(input),
    }
    world.deps.remoteSessions = cancelMeanwhile
    await world.settle()
    const [row] = await world.database.db.select().from(remoteSessions).where(eq(remoteSessions.bookingId, bookingId))
    expect(row).toMatchObject({ state: 'hidden', technicianUrlSealed: null })
    expect(await sessions.made(bookingId)).toBe(1)
    const open = await world.database.sql`
      select 1 from test_vendors.remote_sessions where booking_id = ${bookingId} and not removed`
    expect(open).toHaveLength(0)
  })
})
