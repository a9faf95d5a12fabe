import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Database } from '../../db/client.ts'
import { forms, formVersions } from '../../db/schema/forms.ts'
import { users } from '../../db/schema/identity.ts'
import { memberships, organizations } from '../../db/schema/organizations.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import { mintOrganizationScope } from '../../domain/organization-scope.ts'
import {
  isUnclaimed,
  REQUEST_STATUSES,
  type RequestStatus,
  STEP_OCCASIONS,
  STEPS,
  type StepOccasion,
  stepSources,
} from '../../domain/training-request.ts'
import { uuidV7Ids } from '../../platform/ids.ts'
import { stepTrainingRequest } from './repository.ts'

const now = new Date('2026-11-23T15:00:00.000Z')
const ids = uuidV7Ids
const actor = { kind: 'system', id: null } as const

describe('a step of a request', () => {
  let testDatabase: TestDatabase
  let database: Database
  const organizationId = ids.next()
  const scope = mintOrganizationScope(organizationId)
  const formVersionId = ids.next()
  const sessionTypeId = ids.next()
  const trainerId = ids.next()

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    database = testDatabase.open(4)
    const { db } = database
    await db.insert(organizations).values({
      id: organizationId,
      slug: 'steps',
      settings: { name: 'Steps', supportEmail: 'help@steps.test' },
      createdAt: now,
      updatedAt: now,
    })
    await db.insert(users).values({
      id: trainerId,
      email: 'tina@steps.test',
      firstName: 'Tina',
      lastName: 'Trainer',
      createdAt: now,
      updatedAt: now,
    })
    await db.insert(memberships).values({ organizationId, userId: trainerId, role: 'trainer', createdAt: now })
    await db.insert(sessionTypes).values({
      id: sessionTypeId,
      organizationId,
      name: 'Help',
      durationsMinutes: [60],
      deliveryMethod: 'manual_link',
      createdAt: now,
      updatedAt: now,
    })
    const formId = ids.next()
    await db.insert(forms).values({ id: formId, organizationId, slug: 'support', createdAt: now })
    await db.insert(formVersions).values({
      id: formVersionId,
      organizationId,
      formId,
      version: 1,
      status: 'published',
      title: 'Support',
      sections: [],
      routing: {
        rules: [],
        defaultOutput: { requiredSkills: [], sessionTypeId, priority: 'normal', category: null },
      },
      createdAt: now,
      publishedAt: now,
    })
  })

  afterAll(async () => {
    await testDatabase.drop()
  })

  let made = 0
  async function requestIn(status: RequestStatus): Promise<string> {
    const id = ids.next()
    made += 1
    await database.db.insert(trainingRequests).values({
      id,
      organizationId,
      reference: `R-${String(made).padStart(8, '0')}`,
      status,
      formVersionId,
      sessionTypeId,
      requiredSkills: [],
      priority: 'normal',
      customerName: 'Casey',
      customerEmail: 'casey@example.com',
      answers: {},
      claimedByUserId: isUnclaimed(status) ? null : trainerId,
      createdAt: now,
      updatedAt: now,
    })
    return id
  }

  async function stateOf(id: string) {
    const [row] = await database.db
      .select({ status: trainingRequests.status, version: trainingRequests.version })
      .from(trainingRequests)
      .where(eq(trainingRequests.id, id))
    const history = await database.db
      .select()
      .from(trainingRequestHistory)
      .where(eq(trainingRequestHistory.trainingRequestId, id))
    return { ...row, history }
  }

  /** Who holds a request after a step, where that changes: `training_requests_held_by_somebody` minds. */
  function holderAfter(occasion: StepOccasion) {
    if (isUnclaimed(STEPS[occasion].to)) return { claimedByUserId: null }
    return occasion === 'claimed' || occasion === 'assigned' ? { claimedByUserId: trainerId } : {}
  }

  it('makes every move of the table with one history row, and no move that is not in it', async () => {
    for (const occasion of STEP_OCCASIONS) {
      for (const from of REQUEST_STATUSES) {
        const trainingRequestId = await requestIn(from)
        const later = new Date(now.getTime() + 1000)
        const stepped = await stepTrainingRequest(database.db, scope, {
          trainingRequestId,
          occasion,
          set: holderAfter(occasion),
          actor,
          reason: 'why',
          now: later,
          ids,
        })
        const after = await stateOf(trainingRequestId)
        if (stepSources(occasion).includes(from)) {
          expect(stepped).toMatchObject({
            id: trainingRequestId,
            fromStatus: from,
            status: STEPS[occasion].to,
            version: 2,
          })
          expect(stepped?.updatedAt).toEqual(later)
          expect(after).toMatchObject({ status: STEPS[occasion].to, version: 2 })
          expect(after.history).toMatchObject([
            { fromStatus: from, toStatus: STEPS[occasion].to, occasion, reason: 'why', actorKind: 'system', at: later },
          ])
        } else {
          expect(stepped).toBeNull()
          expect(after).toMatchObject({ status: from, version: 1, history: [] })
        }
      }
    }
  })

  it('leaves a request of another organization alone', async () => {
    const trainingRequestId = await requestIn('claimed')
    const elsewhere = mintOrganizationScope(ids.next())
    const step = { trainingRequestId, occasion: 'released', set: holderAfter('released'), actor, now, ids } as const
    expect(await stepTrainingRequest(database.db, elsewhere, step)).toBeNull()
    expect(await stateOf(trainingRequestId)).toMatchObject({ status: 'claimed', version: 1, history: [] })
  })

  it('takes a narrower list of statuses, never a wider one', async () => {
    const trainingRequestId = await requestIn('claimed')
    const step = { trainingRequestId, actor, now, ids } as const
    expect(
      await stepTrainingRequest(database.db, scope, { ...step, occasion: 'released', from: ['expired'] }),
    ).toBeNull()
    expect(
      await stepTrainingRequest(database.db, scope, { ...step, occasion: 'claimed', from: ['claimed'] }),
    ).toBeNull()
    expect(
      await stepTrainingRequest(database.db, scope, {
        ...step,
        occasion: 'released',
        from: ['claimed'],
        set: { claimedAt: null, claimedByUserId: null },
      }),
    ).toMatchObject({ status: 'trainers_notified' })
  })

  it('moves a request once when two try at the same moment', async () => {
    const other = testDatabase.open(4)
    for (let round = 0; round < 20; round += 1) {
      const trainingRequestId = await requestIn('claimed')
      const step = { trainingRequestId, occasion: 'released', set: holderAfter('released'), actor, now, ids } as const
      const results = await Promise.all(
        [database, other].flatMap(({ db }) => [1, 2, 3].map(() => stepTrainingRequest(db, scope, step))),
      )
      expect(results.filter((row) => row !== null)).toHaveLength(1)
      expect((await stateOf(trainingRequestId)).history).toHaveLength(1)
    }
  })
})
