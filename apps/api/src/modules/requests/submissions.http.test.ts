import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createApiKey,
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { events } from '../../db/schema/events.ts'
import { forms, formVersions } from '../../db/schema/forms.ts'
import { organizationSlugs } from '../../db/schema/organizations.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'

let world: TestWorld
let organization: TestOrganization
let admin: TestMember
let sessionTypeId: string
let form: { id: string; slug: string; versionId: string }

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
  organization = await createOrganization(world, { supportPhone: '+1 312 555 0100' })
  admin = await createMember(world, organization, { role: 'org_admin' })
  sessionTypeId = (await createSessionType(world, organization)).id
  form = await createForm(world, organization, sessionTypeId)
})
afterAll(() => world.close())

const casey = {
  name: ' Casey   Jones ',
  email: 'casey@example.com',
  phone: '+1 312 555 0142',
  timeZone: 'America/Chicago',
}
const formUrl = (slug = 'support') => `/v1/public/organizations/${organization.slug}/forms/${slug}`
const submit = (body: unknown, headers: Record<string, string> = {}) =>
  world.call({ method: 'POST', url: `${formUrl()}/submissions`, body, headers })

async function rowsOf(reference: string) {
  const [row] = await world.database.db.select().from(trainingRequests).where(eq(trainingRequests.reference, reference))
  if (row === undefined) return null
  const history = await world.database.db
    .select()
    .from(trainingRequestHistory)
    .where(eq(trainingRequestHistory.trainingRequestId, row.id))
  const told = await world.database.db.select().from(events).where(eq(events.trainingRequestId, row.id))
  return { row, history, told }
}
const requestCount = () => world.database.db.$count(trainingRequests)

describe('reading a public form', () => {
  it('shows the published version and its organization to anybody', async () => {
    const answer = await world.call({ url: formUrl() })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      organization: { slug: organization.slug, name: 'Demo Support', supportPhone: '+1 312 555 0100' },
      slug: 'support',
      version: 1,
      title: 'Ask for help',
      honeypotField: 'website',
      sections: [{ key: 'help', fields: [{ key: 'topic', type: 'single_choice' }, { key: 'issue' }] }],
    })
  })

  it('shows the latest published version, not the draft after it', async () => {
    const other = await createForm(world, organization, sessionTypeId, { slug: 'versions' })
    const [first] = await world.database.db.select().from(formVersions).where(eq(formVersions.id, other.versionId))
    if (first === undefined) throw new Error('the factory made no version')
    const copy = (version: number, status: 'published' | 'draft') => ({
      ...first,
      id: world.deps.ids.next(),
      version,
      status,
      title: `Version ${version}`,
    })
    await world.database.db.insert(formVersions).values([copy(2, 'published'), copy(3, 'draft')])
    expect((await world.call({ url: formUrl('versions') })).json()).toMatchObject({ version: 2, title: 'Version 2' })
  })

  it('is 404 for an unknown form, an unknown organization and a form without a published version', async () => {
    const formId = world.deps.ids.next()
    await world.database.db
      .insert(forms)
      .values({ id: formId, organizationId: organization.id, slug: 'unpublished', createdAt: world.clock.now() })
    for (const url of [
      formUrl('nothing'),
      formUrl('unpublished'),
      '/v1/public/organizations/nobody-here/forms/support',
    ]) {
      const answer = await world.call({ url })
      expect(answer.statusCode).toBe(404)
      expect(answer.json().code).toBe('not_found')
    }
  })

  it('is found under the organization’s former slug, and names the present one', async () => {
    await world.database.db.insert(organizationSlugs).values({
      slug: `former-${organization.slug}`,
      organizationId: organization.id,
      createdAt: world.clock.now(),
    })
    const url = `/v1/public/organizations/former-${organization.slug}/forms/support`
    expect((await world.call({ url })).json().organization.slug).toBe(organization.slug)
  })
})

describe('sending in a form', () => {
  it('makes a New request, routed, with its first history row and its event', async () => {
    const answer = await submit({ customer: casey, answers: { topic: 'wordpress', issue: ' It broke.\r\nHelp ' } })
    expect(answer.statusCode).toBe(202)
    const { reference } = answer.json()
    expect(reference).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{8}$/)
    const made = await rowsOf(reference)
    expect(made?.row).toMatchObject({
      status: 'new',
      formVersionId: form.versionId,
      sessionTypeId,
      requiredSkills: ['wordpress'],
      category: 'wordpress',
      priority: 'normal',
      customerName: 'Casey Jones',
      customerEmail: 'casey@example.com',
      customerTimeZone: 'America/Chicago',
      answers: { topic: 'wordpress', issue: 'It broke.\nHelp' },
      version: 1,
      createdAt: world.clock.now(),
    })
    expect(made?.history).toMatchObject([
      { occasion: 'submitted', fromStatus: null, toStatus: 'new', actorKind: 'customer', actorId: null },
    ])
    expect(made?.told).toMatchObject([
      {
        name: 'request_submitted',
        actor: { kind: 'customer', id: null },
        payload: { requestId: made?.row.id, bookingId: null, status: 'new', formVersionId: form.versionId },
      },
    ])
  })

  it('leaves out a time zone that only the browser knows, instead of turning its customer away', async () => {
    const answer = await submit({ customer: { ...casey, timeZone: 'Mars/Olympus' }, answers: { topic: 'other' } })
    expect(answer.statusCode).toBe(202)
    expect((await rowsOf(answer.json().reference))?.row).toMatchObject({ customerTimeZone: null })
  })

  it('takes the default output where no rule fits', async () => {
    const { reference } = (await submit({ customer: casey, answers: { topic: 'other' } })).json()
    expect((await rowsOf(reference))?.row).toMatchObject({ requiredSkills: [], category: null })
  })

  it('names every field that needs another look, and stores nothing', async () => {
    const before = await requestCount()
    const answer = await submit({
      customer: { name: 'Casey', email: 'casey@example.com', phone: 'call me' },
      answers: { issue: 'x', colour: 'blue' },
    })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().code).toBe('validation_failed')
    expect(answer.json().errors.map((error: { pointer: string }) => error.pointer)).toEqual([
      '/customer/phone',
      '/answers/topic',
      '/answers/colour',
    ])
    expect((await submit({ customer: { name: 'Casey', email: 'nope' }, answers: {} })).json().errors).toMatchObject([
      { pointer: '/customer/email' },
    ])
    expect(await requestCount()).toBe(before)
  })

  it('takes a name of 120 characters and none of 121, emoji counted as people count', async () => {
    const named = (name: string) => submit({ customer: { ...casey, name }, answers: { topic: 'other' } })
    expect((await named('😀'.repeat(120))).statusCode).toBe(202)
    const long = await named('😀'.repeat(121))
    expect(long.statusCode).toBe(422)
    expect(long.json().errors).toMatchObject([{ pointer: '/customer/name' }])
  })

  it('answers a robot that fills the honeypot as everyone else, and keeps nothing', async () => {
    const before = await requestCount()
    const answer = await submit({ customer: casey, answers: { topic: 'wordpress' }, website: 'https://spam.example' })
    expect(answer.statusCode).toBe(202)
    expect(Object.keys(answer.json())).toEqual(['reference'])
    expect(answer.json().reference).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{8}$/)
    expect(await requestCount()).toBe(before)
    expect((await submit({ customer: casey, answers: { topic: 'wordpress' }, website: '' })).statusCode).toBe(202)
    expect(await requestCount()).toBe(before + 1)
  })

  it('is sent in once under one Idempotency-Key', async () => {
    const before = await requestCount()
    const body = { customer: casey, answers: { topic: 'wordpress' } }
    const first = await submit(body, { 'idempotency-key': 'once' })
    const second = await submit(body, { 'idempotency-key': 'once' })
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(second.json()).toEqual(first.json())
    expect(await requestCount()).toBe(before + 1)
  })

  it('draws another reference when the first one is taken', async () => {
    const { randomBytes } = world.deps.secrets
    const { reference } = (await submit({ customer: casey, answers: { topic: 'other' } })).json()
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
    const bits = [...reference.slice(2)].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
    const taken = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
    let draws = 0
    world.deps.secrets.randomBytes = (size) => {
      draws += 1
      return draws <= 2 ? taken : randomBytes.call(world.deps.secrets, size)
    }
    try {
      const answer = await submit({ customer: casey, answers: { topic: 'other' } })
      expect(answer.statusCode).toBe(202)
      expect(answer.json().reference).not.toBe(reference)
      expect(draws).toBe(3)
    } finally {
      world.deps.secrets.randomBytes = randomBytes
    }
  })

  it('falls back to a session type that can be sold when the form’s own cannot', async () => {
    const archived = await createSessionType(world, organization, { name: 'Archived', status: 'archived' })
    const unpriced = await createSessionType(world, organization, { name: 'Unpriced', prices: { 60: null } })
    const output = (id: string | null) => ({
      requiredSkills: ['  Word  Press '],
      sessionTypeId: id,
      priority: 'high' as const,
      category: null,
    })
    const sold = async (ruled: string | null, byDefault: string) => {
      const { slug } = await createForm(world, organization, sessionTypeId, {
        slug: `fallback-${world.deps.ids.next()}`,
        routing: { rules: [{ conditions: [], output: output(ruled) }], defaultOutput: output(byDefault) },
      })
      const answer = await world.call({
        method: 'POST',
        url: `${formUrl(slug)}/submissions`,
        body: { customer: casey, answers: { topic: 'other' } },
      })
      return (await rowsOf(answer.json().reference))?.row
    }
    const second = await createSessionType(world, organization, { name: 'Second' })
    expect(await sold(second.id, sessionTypeId)).toMatchObject({
      sessionTypeId: second.id,
      requiredSkills: ['word press'],
      priority: 'high',
    })
    expect(await sold(null, second.id)).toMatchObject({ sessionTypeId: second.id })
    expect(await sold(archived.id, second.id)).toMatchObject({ sessionTypeId: second.id })
    expect(await sold(unpriced.id, archived.id)).toMatchObject({ sessionTypeId })
    await world.database.db.update(sessionTypes).set({ status: 'archived' })
    expect(await sold(archived.id, second.id)).toMatchObject({ sessionTypeId: archived.id })
    await world.database.db.update(sessionTypes).set({ status: 'active' }).where(eq(sessionTypes.id, sessionTypeId))
  })

  it('is refused from the eleventh in a minute on, with the seconds to wait', async () => {
    const limited = await createTestWorld({ now: '2026-11-23T15:00:00.000Z', config: { rateLimitScale: 1 } })
    try {
      const url = '/v1/public/organizations/nobody-here/forms/support/submissions'
      const body = { customer: casey, answers: {} }
      for (let count = 0; count < 10; count += 1)
        expect((await limited.call({ method: 'POST', url, body })).statusCode).toBe(404)
      const eleventh = await limited.call({ method: 'POST', url, body })
      expect(eleventh.statusCode).toBe(429)
      expect(Number(eleventh.headers['retry-after'])).toBeGreaterThan(0)
    } finally {
      await limited.close()
    }
  })
})

describe('submitting a request for a customer', () => {
  const url = () => `/v1/organizations/${organization.slug}/requests`
  const body = { formSlug: 'support', customer: casey, answers: { topic: 'quickbooks' } }

  it('gives an admin and a key with the scope the request, and names them in its history', async () => {
    const key = await createApiKey(world, organization, admin.userId, ['requests:write'])
    for (const [as, actor] of [
      [admin.accessToken, { kind: 'user', id: admin.userId, name: 'Tina Trainer' }],
      [key, { kind: 'api_key', name: expect.stringMatching(/^Test key/) }],
    ] as const) {
      const answer = await world.call({ method: 'POST', url: url(), as, body })
      expect(answer.statusCode).toBe(201)
      expect(answer.json()).toMatchObject({
        status: 'new',
        statusLabel: 'New',
        customer: { name: 'Casey Jones', email: 'casey@example.com' },
        requiredSkills: ['quickbooks'],
        answers: [{ key: 'topic', label: 'Topic', value: 'quickbooks', displayValue: 'QuickBooks' }],
        history: [{ actor, from: null, to: 'new', reason: 'Request submitted' }],
      })
    }
  })

  it('is refused to trainers, to keys without the scope, and for a form that is not published', async () => {
    const trainer = await createMember(world, organization)
    const readOnly = await createApiKey(world, organization, admin.userId, ['requests:read'])
    const tried = async (as: string, sent: object = body) =>
      (await world.call({ method: 'POST', url: url(), as, body: sent })).json()
    expect(await tried(trainer.accessToken)).toMatchObject({ status: 403, code: 'org_admin_required' })
    expect(await tried(readOnly)).toMatchObject({ status: 403, code: 'insufficient_scope' })
    expect(await tried(admin.accessToken, { ...body, formSlug: 'nothing' })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/formSlug' }],
    })
    expect(await tried(admin.accessToken, { ...body, answers: {} })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/answers/topic' }],
    })
  })
})
