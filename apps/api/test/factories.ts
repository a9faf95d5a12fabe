import { randomBytes } from 'node:crypto'
import { availabilityRules } from '../src/db/schema/availability.ts'
import { forms, formVersions } from '../src/db/schema/forms.ts'
import { signIns, users } from '../src/db/schema/identity.ts'
import { apiKeys, memberships, organizationSlugs, organizations } from '../src/db/schema/organizations.ts'
import { sessionTypePrices, sessionTypes } from '../src/db/schema/session-types.ts'
import { trainingRequestHistory, trainingRequests } from '../src/db/schema/training-requests.ts'
import type { ApiKeyScope } from '../src/domain/api-key-scopes.ts'
import type { Role } from '../src/domain/caller.ts'
import type { DeliveryMethod } from '../src/domain/delivery.ts'
import type { FormSection } from '../src/domain/intake-form.ts'
import type { NotificationPreferences } from '../src/domain/notification-preferences.ts'
import { mintOrganizationScope, type OrganizationScope } from '../src/domain/organization-scope.ts'
import type { OrganizationSettings } from '../src/domain/organization-settings.ts'
import type { Routing } from '../src/domain/routing.ts'
import type { RequestStatus } from '../src/domain/training-request.ts'
import type { TestWorld } from './test-world.ts'

/*
 * Rows as the product would have made them, straight into the database: what a test needs before it begins. What a test
 * is about, it does over HTTP.
 */

type World = Pick<TestWorld, 'deps' | 'app' | 'clock' | 'database'>

export interface TestOrganization {
  id: string
  slug: string
  scope: OrganizationScope
}

export async function createOrganization(
  world: World,
  settings: Partial<OrganizationSettings> = {},
): Promise<TestOrganization> {
  const id = world.deps.ids.next()
  const slug = `org-${randomBytes(6).toString('hex')}`
  const now = world.clock.now()
  await world.database.db.insert(organizations).values({
    id,
    slug,
    settings: { name: 'Demo Support', supportEmail: 'support@demo.test', timeZone: 'America/Chicago', ...settings },
    createdAt: now,
    updatedAt: now,
  })
  await world.database.db.insert(organizationSlugs).values({ slug, organizationId: id, createdAt: now })
  return { id, slug, scope: mintOrganizationScope(id) }
}

export interface TestMember {
  userId: string
  email: string
  /** A live access token. */
  accessToken: string
}

export async function createMember(
  world: World,
  organization: TestOrganization,
  options: {
    role?: Role
    canTrain?: boolean
    skills?: string[]
    status?: 'active' | 'inactive'
    timeZone?: string
    firstName?: string
    lastName?: string
    payoutSharePercent?: number
    notificationPreferences?: Partial<NotificationPreferences>
    /** Another organization's person joins this one. */
    userId?: string
  } = {},
): Promise<TestMember> {
  const userId = options.userId ?? world.deps.ids.next()
  const email = `${options.firstName?.toLowerCase() ?? 'person'}-${randomBytes(6).toString('hex')}@example.test`
  const now = world.clock.now()
  if (options.userId === undefined)
    await world.database.db.insert(users).values({
      id: userId,
      email,
      passwordHash: null,
      firstName: options.firstName ?? 'Tina',
      lastName: options.lastName ?? 'Trainer',
      timeZone: options.timeZone ?? 'America/Chicago',
      emailVerifiedAt: now,
      notificationPreferences: options.notificationPreferences ?? {},
      createdAt: now,
      updatedAt: now,
    })
  await world.database.db.insert(memberships).values({
    organizationId: organization.id,
    userId,
    role: options.role ?? 'trainer',
    canTrain: options.canTrain ?? false,
    skills: options.skills ?? [],
    status: options.status ?? 'active',
    payoutSharePercent: options.payoutSharePercent ?? null,
    createdAt: now,
  })
  return { userId, email, accessToken: await createAccessToken(world, userId) }
}

/** Signs a person in: a sign-in row and an access token from it. */
export async function createAccessToken(world: World, userId: string): Promise<string> {
  const signInId = world.deps.ids.next()
  const now = world.deps.clock.unmoved()
  await world.database.db
    .insert(signIns)
    .values({ id: signInId, userId, createdAt: now, expiresAt: new Date(now.getTime() + 30 * 86_400_000) })
  return world.app.jwt.sign({ sub: userId, signInId })
}

export async function createApiKey(
  world: World,
  organization: TestOrganization,
  createdByUserId: string,
  scopes: ApiKeyScope[],
): Promise<string> {
  const key = `ord_${randomBytes(32).toString('base64url')}`
  await world.database.db.insert(apiKeys).values({
    id: world.deps.ids.next(),
    organizationId: organization.id,
    name: `Test key ${key.slice(-6)}`,
    digest: world.deps.secrets.digest(key),
    prefix: key.slice(0, 12),
    scopes,
    createdByUserId,
    createdAt: world.clock.now(),
  })
  return key
}

/** A session type with a price for each length, in minor units; a length of price null has no price, so no slots. */
export async function createSessionType(
  world: World,
  organization: TestOrganization,
  options: {
    name?: string
    prices?: Record<number, number | null>
    currency?: string
    deliveryMethod?: DeliveryMethod
    deliveryDetails?: string | null
    status?: 'active' | 'archived'
  } = {},
): Promise<{ id: string }> {
  const id = world.deps.ids.next()
  const now = world.clock.now()
  const prices = options.prices ?? { 60: 9000 }
  await world.database.db.insert(sessionTypes).values({
    id,
    organizationId: organization.id,
    name: options.name ?? `Session ${id.slice(-6)}`,
    durationsMinutes: Object.keys(prices).map(Number),
    deliveryMethod: options.deliveryMethod ?? 'manual_link',
    deliveryDetails: options.deliveryDetails === undefined ? 'https://meet.example.test/room' : options.deliveryDetails,
    status: options.status ?? 'active',
    createdAt: now,
    updatedAt: now,
  })
  const priced = Object.entries(prices).flatMap(([minutes, amount]) =>
    amount === null
      ? []
      : [
          {
            organizationId: organization.id,
            sessionTypeId: id,
            durationMinutes: Number(minutes),
            amountMinor: amount,
            currency: options.currency ?? 'USD',
          },
        ],
  )
  if (priced.length > 0) await world.database.db.insert(sessionTypePrices).values(priced)
  return { id }
}

const SECTIONS: FormSection[] = [
  {
    key: 'help',
    title: 'What do you need help with?',
    description: null,
    fields: [
      {
        key: 'topic',
        type: 'single_choice',
        label: 'Topic',
        helpText: null,
        required: true,
        options: [
          { value: 'wordpress', label: 'WordPress' },
          { value: 'quickbooks', label: 'QuickBooks' },
          { value: 'other', label: 'Something else' },
        ],
        limits: {},
        visibleWhen: null,
      },
      {
        key: 'issue',
        type: 'long_text',
        label: 'Describe the issue',
        helpText: null,
        required: false,
        options: [],
        limits: {},
        visibleWhen: null,
      },
    ],
  },
]

/** A published form that asks for a topic and routes WordPress and QuickBooks to the skill of that name. */
export async function createForm(
  world: World,
  organization: TestOrganization,
  sessionTypeId: string,
  options: { slug?: string; sections?: FormSection[]; routing?: Routing } = {},
): Promise<{ id: string; slug: string; versionId: string }> {
  const id = world.deps.ids.next()
  const versionId = world.deps.ids.next()
  const slug = options.slug ?? 'support'
  const now = world.clock.now()
  const skilled = (skill: string) => ({
    conditions: [{ fieldKey: 'topic', operator: 'equals' as const, value: skill }],
    output: { requiredSkills: [skill], sessionTypeId, priority: 'normal' as const, category: skill },
  })
  await world.database.db.insert(forms).values({ id, organizationId: organization.id, slug, createdAt: now })
  await world.database.db.insert(formVersions).values({
    id: versionId,
    organizationId: organization.id,
    formId: id,
    version: 1,
    status: 'published',
    title: 'Ask for help',
    introduction: null,
    sections: options.sections ?? SECTIONS,
    routing: options.routing ?? {
      rules: [skilled('wordpress'), skilled('quickbooks')],
      defaultOutput: { requiredSkills: [], sessionTypeId, priority: 'normal', category: null },
    },
    createdAt: now,
    publishedAt: now,
  })
  return { id, slug, versionId }
}

/** A request in any early status; later ones are reached over HTTP. */
export async function createTrainingRequest(
  world: World,
  organization: TestOrganization,
  options: {
    formVersionId: string
    sessionTypeId: string
    requiredSkills?: string[]
    status?: Extract<RequestStatus, 'new' | 'trainers_notified' | 'claimed'>
    claimedByUserId?: string
    customerName?: string
    customerEmail?: string
  },
): Promise<{ id: string; reference: string }> {
  const id = world.deps.ids.next()
  const reference = `R-${randomBytes(4).toString('hex').toUpperCase()}`
  const now = world.clock.now()
  const status = options.status ?? (options.claimedByUserId === undefined ? 'trainers_notified' : 'claimed')
  await world.database.db.insert(trainingRequests).values({
    id,
    organizationId: organization.id,
    reference,
    status,
    formVersionId: options.formVersionId,
    sessionTypeId: options.sessionTypeId,
    requiredSkills: options.requiredSkills ?? [],
    priority: 'normal',
    category: null,
    customerName: options.customerName ?? 'Casey Customer',
    customerEmail: options.customerEmail ?? 'casey@example.test',
    customerPhone: '+1 312 555 0142',
    customerTimeZone: 'America/New_York',
    answers: { topic: 'other' },
    claimedByUserId: options.claimedByUserId ?? null,
    claimedAt: options.claimedByUserId === undefined ? null : now,
    createdAt: now,
    updatedAt: now,
  })
  await world.database.db.insert(trainingRequestHistory).values({
    id: world.deps.ids.next(),
    organizationId: organization.id,
    trainingRequestId: id,
    at: now,
    actorKind: 'customer',
    actorId: null,
    fromStatus: null,
    toStatus: status,
    occasion: 'submitted',
    reason: null,
  })
  return { id, reference }
}

/** Weekly hours of a person; at first Monday to Friday, nine to five in their own zone. */
export async function createAvailability(
  world: World,
  userId: string,
  options: { daysOfWeek?: number[]; startTime?: string; endTime?: string; durationsMinutes?: number[] } = {},
): Promise<void> {
  const now = world.clock.now()
  await world.database.db.insert(availabilityRules).values({
    id: world.deps.ids.next(),
    userId,
    scheduleType: 'custom',
    daysOfWeek: options.daysOfWeek ?? [1, 2, 3, 4, 5],
    startLocalTime: options.startTime ?? '09:00',
    endLocalTime: options.endTime ?? '17:00',
    durationsMinutes: options.durationsMinutes ?? [],
    createdAt: now,
    updatedAt: now,
  })
}
