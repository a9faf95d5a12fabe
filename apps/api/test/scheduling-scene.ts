import type { LightMyRequestResponse } from 'fastify'
import type { OrganizationSettings } from '../src/domain/organization-settings.ts'
import {
  createAvailability,
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  createTrainingRequest,
  type TestMember,
  type TestOrganization,
} from './factories.ts'
import type { TestWorld } from './test-world.ts'

/** One organization with an admin, a trainer who can be booked, a priced session type and a form. */
export interface SchedulingScene {
  organization: TestOrganization
  admin: TestMember
  trainer: TestMember
  sessionType: { id: string }
  form: { id: string; slug: string; versionId: string }
}

export interface SceneOptions {
  settings?: Partial<OrganizationSettings>
  prices?: Record<number, number | null>
  trainer?: Parameters<typeof createMember>[2]
  hours?: Parameters<typeof createAvailability>[2]
}

export async function createScene(world: TestWorld, options: SceneOptions = {}): Promise<SchedulingScene> {
  const organization = await createOrganization(world, options.settings)
  const admin = await createMember(world, organization, { role: 'org_admin', firstName: 'Ada' })
  const trainer = await createMember(world, organization, { firstName: 'Tina', ...options.trainer })
  const sessionType = await createSessionType(world, organization, { prices: options.prices ?? { 30: 5000, 60: 9000 } })
  const form = await createForm(world, organization, sessionType.id)
  if (options.trainer?.userId === undefined) await createAvailability(world, trainer.userId, options.hours)
  return { organization, admin, trainer, sessionType, form }
}

/** A request that the scene's trainer has claimed. */
export async function createClaimed(
  world: TestWorld,
  scene: SchedulingScene,
  options: { trainer?: TestMember; sessionTypeId?: string } = {},
): Promise<{ id: string; reference: string }> {
  return createTrainingRequest(world, scene.organization, {
    formVersionId: scene.form.versionId,
    sessionTypeId: options.sessionTypeId ?? scene.sessionType.id,
    claimedByUserId: (options.trainer ?? scene.trainer).userId,
  })
}

/** Sends a scheduling link as the trainer and answers its secret, as the customer would read it out of their mail. */
export async function sendLink(
  world: TestWorld,
  scene: SchedulingScene,
  trainingRequestId: string,
  as: TestMember = scene.trainer,
): Promise<string> {
  const answer = await world.call({
    method: 'POST',
    url: `/v1/organizations/${scene.organization.slug}/requests/${trainingRequestId}/scheduling-tokens`,
    as: as.accessToken,
  })
  if (answer.statusCode !== 201) throw new Error(`No link was sent: ${answer.body}`)
  return secretOf(answer.json<{ url: string }>().url)
}

/** A claimed request with a live link. */
export async function createLinked(
  world: TestWorld,
  scene: SchedulingScene,
): Promise<{ id: string; reference: string; link: string }> {
  const trainingRequest = await createClaimed(world, scene)
  return { ...trainingRequest, link: await sendLink(world, scene, trainingRequest.id) }
}

/** The last part of a link's address. */
export function secretOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1)
}

/** Chooses a time with a scheduling link. */
export function choose(
  world: TestWorld,
  link: string,
  start: string,
  options: { durationMinutes?: number; expectedPrice?: { amount: number; currency: string }; key?: string } = {},
): Promise<LightMyRequestResponse> {
  return world.call({
    method: 'POST',
    url: '/v1/scheduling/bookings',
    as: link,
    headers: options.key === undefined ? {} : { 'idempotency-key': options.key },
    body: {
      start,
      durationMinutes: options.durationMinutes ?? 60,
      timeZone: 'America/New_York',
      ...(options.expectedPrice === undefined ? {} : { expectedPrice: options.expectedPrice }),
    },
  })
}

interface SlotsAnswer {
  timeZone: string
  computedAt: string
  horizonEnd: string
  nextAvailable: string | null
  notice: { code: string; message: string } | null
  slots: { start: string; end: string; price: { amount: number; currency: string } }[]
}

/** The times that a link offers; `query` as in an address. */
export async function slotsOf(world: TestWorld, link: string, query: string): Promise<SlotsAnswer> {
  const answer = await world.call({ url: `/v1/scheduling/slots?${query}`, as: link })
  if (answer.statusCode !== 200) throw new Error(`No times were listed: ${answer.body}`)
  return answer.json<SlotsAnswer>()
}
