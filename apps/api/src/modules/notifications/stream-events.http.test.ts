import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { buildApp } from '../../app.ts'
import { appendEvent } from '../../db/append-event.ts'
import { memberships } from '../../db/schema/organizations.ts'
import { relayEvents } from '../../relay.ts'

interface Update {
  id: string
  type: string
  requestId: string | null
  bookingId: string | null
  status: string | null
  version: number | null
}

/** A live stream as a browser reads it. */
class OpenStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  readonly #leave: AbortController
  #rest = ''
  readonly #frames: string[] = []
  lastEventId: string | null = null

  private constructor(response: Response, leave: AbortController) {
    if (response.body === null) throw new Error('no body')
    this.#reader = response.body.getReader()
    this.#leave = leave
  }

  /** Resolves once the server has said from where on it tells. */
  static async open(origin: string, slug: string, accessToken: string, lastEventId?: string): Promise<OpenStream> {
    const leave = new AbortController()
    const response = await fetch(`${origin}/v1/organizations/${slug}/events`, {
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: leave.signal,
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    return new OpenStream(response, leave)
  }

  async #frame(): Promise<string | null> {
    for (;;) {
      const ready = this.#frames.shift()
      if (ready !== undefined) return ready
      const { done, value } = await this.#reader.read()
      if (done) return null
      const frames = (this.#rest + this.#decoder.decode(value, { stream: true })).split('\n\n')
      this.#rest = frames.pop() ?? ''
      this.#frames.push(...frames)
    }
  }

  /** The next update, or the next frame without one as null; undefined once the server has ended the stream. */
  async next(): Promise<Update | null | undefined> {
    const frame = await this.#frame()
    if (frame === null) return undefined
    const id = /^id: (.*)$/m.exec(frame)?.[1]
    if (id !== undefined) this.lastEventId = id
    const data = /^data: (.*)$/m.exec(frame)?.[1]
    if (data === undefined) return null
    const update = JSON.parse(data) as Update
    expect(/^event: (.*)$/m.exec(frame)?.[1]).toBe(update.type)
    expect(update.id).toBe(id)
    return update
  }

  /** The next update. */
  async update(): Promise<Update> {
    for (;;) {
      const next = await this.next()
      if (next === undefined) throw new Error('the stream has ended')
      if (next !== null) return next
    }
  }

  /** Resolves when the server ends the stream; answers what it still said. */
  async ended(): Promise<Update[]> {
    const updates: Update[] = []
    for (;;) {
      const next = await this.next()
      if (next === undefined) return updates
      if (next !== null) updates.push(next)
    }
  }

  close(): void {
    this.#leave.abort()
  }
}

let world: TestWorld
let organization: TestOrganization
let tina: TestMember
let tom: TestMember
let otto: TestMember
let admin: TestMember
let origins: string[]

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
  organization = await createOrganization(world)
  tina = await createMember(world, organization, { skills: ['wordpress'], firstName: 'Tina' })
  tom = await createMember(world, organization, { skills: ['wordpress', 'quickbooks'], firstName: 'Tom' })
  otto = await createMember(world, organization, { skills: [], firstName: 'Otto' })
  admin = await createMember(world, organization, { role: 'org_admin', firstName: 'Ada' })
  const sessionType = await createSessionType(world, organization)
  await createForm(world, organization, sessionType.id)
  origins = await world.listen(2)
})
afterAll(() => world.close())

const origin = (index: number) => origins[index] ?? ''
const open = (member: TestMember, instance = 0, lastEventId?: string) =>
  OpenStream.open(origin(instance), organization.slug, member.accessToken, lastEventId)

async function post(path: string, member: TestMember, body: object = {}, instance = 1) {
  const response = await fetch(`${origin(instance)}/v1/organizations/${organization.slug}/requests${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${member.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBeLessThan(300)
  const answer = (await response.json()) as { id: string; version: number }
  await relay()
  return answer
}
const relay = () => relayEvents(world.deps, world.database)
const submit = (topic = 'wordpress') =>
  post('', admin, {
    formSlug: 'support',
    customer: { name: 'Casey Jones', email: 'casey@example.com' },
    answers: { topic },
  })
const changedMember = (userId: string) =>
  appendEvent(world.database.db, world.deps, {
    organizationId: organization.id,
    actor: { kind: 'user', id: admin.userId },
    now: world.clock.now(),
    event: { name: 'member_changed', payload: { requestId: null, bookingId: null, status: null, userId } },
  })
const setMember = (userId: string, set: Partial<typeof memberships.$inferInsert>) =>
  world.database.db
    .update(memberships)
    .set(set)
    .where(and(eq(memberships.organizationId, organization.id), eq(memberships.userId, userId)))

describe('a live stream', () => {
  it('tells each person what changed for them, from whichever instance changed it', async () => {
    const streams = {
      tina: await open(tina, 0),
      tom: await open(tom, 1),
      otto: await open(otto, 0),
      admin: await open(admin, 0),
    }
    await Promise.all(Object.values(streams).map((stream) => stream.next()))
    const request = await submit()
    const about = { requestId: request.id, bookingId: null }
    // How soon after the commit is a matter of how often the feed looks: follow-events.test.ts.
    expect(await streams.tina.update()).toMatchObject({ type: 'request_added', status: 'new', version: 1, ...about })
    expect(await streams.tom.update()).toMatchObject({ type: 'request_added', ...about })
    expect(await streams.admin.update()).toMatchObject({ type: 'request_added', ...about })

    await post(`/${request.id}/claim`, tina)
    expect(await streams.tina.update()).toMatchObject({ type: 'request_changed', status: 'claimed', ...about })
    expect(await streams.tom.update()).toMatchObject({ type: 'request_removed', status: 'claimed', ...about })
    expect(await streams.admin.update()).toMatchObject({ type: 'request_changed', ...about })

    await post(`/${request.id}/release`, tina, { reason: 'Away' })
    expect(await streams.tina.update()).toMatchObject({ type: 'request_changed', status: 'trainers_notified' })
    expect(await streams.tom.update()).toMatchObject({ type: 'request_added', ...about })
    expect(await streams.admin.update()).toMatchObject({ type: 'request_changed' })

    await post(`/${request.id}/assign`, admin, { trainerId: otto.userId })
    // The first thing that Otto, whose skills do not fit, ever hears of it.
    const first = await streams.otto.update()
    expect(first).toMatchObject({ type: 'request_added', status: 'claimed', ...about })
    expect(Object.keys(first).toSorted()).toEqual([
      'bookingId',
      'id',
      'occurredAt',
      'requestId',
      'status',
      'type',
      'version',
    ])
    for (const stream of Object.values(streams)) stream.close()
  })

  it('tells a reader who comes back what they missed, and in what order', async () => {
    const stream = await open(tom)
    await stream.next()
    const place = stream.lastEventId ?? ''
    stream.close()
    const mine = await submit('quickbooks')
    await post(`/${mine.id}/claim`, tom)
    const again = await open(tom, 1, place)
    expect(await again.update()).toMatchObject({ type: 'request_added', requestId: mine.id })
    expect(await again.update()).toMatchObject({ type: 'request_changed', requestId: mine.id })
    const next = await submit('quickbooks')
    expect(await again.update()).toMatchObject({ type: 'request_added', requestId: next.id })
    again.close()
    // Tina lacks the skill: for her there is nothing to tell, and the place moves on all the same.
    const other = await open(tina, 0, place)
    expect(await other.next()).toBeNull()
    expect(Number(other.lastEventId)).toBeGreaterThan(Number(place))
    other.close()
  })

  it('replays up to ten minutes, and one millisecond more asks the reader to read everything again', async () => {
    const stream = await open(tom)
    await stream.next()
    const place = stream.lastEventId ?? ''
    stream.close()
    const request = await submit('quickbooks')
    world.clock.advanceMinutes(10)
    const inTime = await open(tom, 0, place)
    expect(await inTime.update()).toMatchObject({ type: 'request_added', requestId: request.id })
    inTime.close()
    world.clock.moveTo(new Date(world.clock.now().getTime() + 1))
    const late = await open(tom, 0, place)
    expect(await late.update()).toMatchObject({ type: 'resync_required', requestId: null, status: null })
    const upToDate = late.lastEventId ?? ''
    late.close()
    // However long ago that was: nothing has happened since.
    world.clock.advanceMinutes(600)
    const quiet = await open(tom, 0, upToDate)
    expect(await quiet.next()).toBeNull()
    quiet.close()
    for (const unknown of ['never', '999999999', '-1']) {
      const lost = await open(tom, 0, unknown)
      expect(await lost.update()).toMatchObject({ type: 'resync_required' })
      lost.close()
    }
  })

  it('asks for everything to be read again when the person’s skills change, and goes by the new ones', async () => {
    const stream = await open(otto)
    await stream.next()
    await submit()
    await setMember(otto.userId, { skills: ['wordpress'] })
    await changedMember(otto.userId)
    await relay()
    expect(await stream.update()).toMatchObject({ type: 'resync_required' })
    const request = await submit()
    expect(await stream.update()).toMatchObject({ type: 'request_added', requestId: request.id })
    stream.close()
  })

  it('ends with the membership', async () => {
    const leaver = await createMember(world, organization, { skills: ['wordpress'] })
    const stream = await open(leaver)
    await stream.next()
    await setMember(leaver.userId, { status: 'inactive' })
    await changedMember(leaver.userId)
    await relay()
    await submit()
    expect(await stream.ended()).toEqual([])
  })

  it('ends with the access token', async () => {
    const { exp } = world.app.jwt.decode<{ exp: number }>(tina.accessToken) ?? { exp: 0 }
    // A second before that, by the clock that the stream goes by: the token itself is good however slow this machine is.
    world.clock.stopUnmovedAt(new Date(exp * 1000 - 1000))
    try {
      const began = performance.now()
      const stream = await open(tina)
      expect(await stream.ended()).toEqual([])
      // Node's timers may be a millisecond early.
      expect(performance.now() - began).toBeGreaterThanOrEqual(998)
    } finally {
      world.clock.stopUnmovedAt(null)
    }
  })

  it('says nothing of another organization, and does not open to its people', async () => {
    const elsewhere = await createOrganization(world)
    const stranger = await createMember(world, elsewhere, { role: 'org_admin' })
    const stream = await OpenStream.open(origin(0), elsewhere.slug, stranger.accessToken)
    await stream.next()
    await submit()
    const sessionType = await createSessionType(world, elsewhere)
    await createForm(world, elsewhere, sessionType.id)
    const answer = await world.call({
      method: 'POST',
      url: `/v1/organizations/${elsewhere.slug}/requests`,
      as: stranger.accessToken,
      body: { formSlug: 'support', customer: { name: 'C', email: 'c@example.com' }, answers: { topic: 'other' } },
    })
    await relay()
    expect(await stream.update()).toMatchObject({ type: 'request_added', requestId: answer.json().id })
    stream.close()
    const url = `/v1/organizations/${organization.slug}/events`
    expect((await world.call({ url, as: stranger.accessToken })).statusCode).toBe(404)
    expect((await world.call({ url })).statusCode).toBe(401)
    expect((await world.call({ method: 'HEAD', url, as: tina.accessToken })).statusCode).toBe(404)
  })

  it('ends when the server closes', async () => {
    const instance = await buildApp({ ...world.deps, db: world.testDatabase.open().db })
    const last = await instance.listen({ port: 0, host: '127.0.0.1' })
    const stream = await OpenStream.open(last, organization.slug, tina.accessToken)
    await stream.next()
    const ended = stream.ended()
    await instance.close()
    expect(await ended).toEqual([])
  })
})
