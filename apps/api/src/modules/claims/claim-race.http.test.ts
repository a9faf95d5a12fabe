import { Agent, request as httpRequest } from 'node:http'
import { inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  createTrainingRequest,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { events } from '../../db/schema/events.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import { ALREADY_CLAIMED_MESSAGE } from '../../domain/claim.ts'

const TRAINERS = 50
/** As many as the product promises to have tried. */
const ROUNDS = 100

let world: TestWorld
let organization: TestOrganization
let trainers: TestMember[]
let requestIds: string[]
let origins: string[]
const agent = new Agent({ keepAlive: true, maxSockets: 200 })

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
  organization = await createOrganization(world)
  const sessionType = await createSessionType(world, organization)
  const form = await createForm(world, organization, sessionType.id)
  trainers = await Promise.all(
    Array.from({ length: TRAINERS }, () => createMember(world, organization, { skills: ['wordpress'] })),
  )
  const made = await Promise.all(
    Array.from({ length: ROUNDS }, () =>
      createTrainingRequest(world, organization, {
        formVersionId: form.versionId,
        sessionTypeId: sessionType.id,
        requiredSkills: ['wordpress'],
      }),
    ),
  )
  requestIds = made.map((one) => one.id)
  origins = await world.listen(2)
})
afterAll(async () => {
  agent.destroy()
  await world.close()
})

interface Answer {
  status: number
  body: { code?: string; detail?: string; claimedBy?: { id: string }; status: string | number }
}

/**
 * Sends a claim but its last byte, so that all of a round stand at the barrier; `release` lets this one through.
 */
function claimAtBarrier(origin: string, requestId: string, accessToken: string) {
  const body = '{}'
  const request = httpRequest(`${origin}/v1/organizations/${organization.slug}/requests/${requestId}/claim`, {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      'content-length': body.length,
    },
  })
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
  })
  const isSent = new Promise<void>((resolve, reject) =>
    request.write('{', (error) => (error ? reject(error) : resolve())),
  )
  return { isSent, answer, release: () => request.end('}') }
}

async function race(requestId: string): Promise<Answer[]> {
  const claims = trainers.map((trainer, index) =>
    claimAtBarrier(origins[index % origins.length] ?? '', requestId, trainer.accessToken),
  )
  await Promise.all(claims.map((claim) => claim.isSent))
  for (const claim of claims) claim.release()
  return Promise.all(claims.map((claim) => claim.answer))
}

describe('the race for a request', () => {
  /*
   * Seen failing with its guard removed from claim-statement.ts: without `for update` alone, after a few rounds "expected
   * [ …(2) ] to have a length of 1 but got 2"; without the conditions on status and claimant as well, in the first round
   * "expected [ …(50) ] to have a length of 1 but got 50".
   */
  it(`is won by one of ${TRAINERS} trainers who claim at once, ${ROUNDS} times over, through two instances`, async () => {
    const winners = new Map<string, string>()
    for (const requestId of requestIds) {
      const answers = await race(requestId)
      const won = answers.filter((answer) => answer.status === 200)
      expect(won).toHaveLength(1)
      winners.set(requestId, won[0]?.body.claimedBy?.id ?? '')
      for (const lost of answers.filter((answer) => answer.status !== 200))
        expect(lost).toMatchObject({
          status: 409,
          body: {
            code: 'request_already_claimed',
            detail: 'This request has already been claimed by another trainer.',
          },
        })
    }
    expect(ALREADY_CLAIMED_MESSAGE).toBe('This request has already been claimed by another trainer.')

    const { db } = world.database
    const rows = await db.select().from(trainingRequests).where(inArray(trainingRequests.id, requestIds))
    for (const row of rows)
      expect(row).toMatchObject({ status: 'claimed', claimedByUserId: winners.get(row.id), version: 2 })
    const claims = (
      await db
        .select()
        .from(trainingRequestHistory)
        .where(inArray(trainingRequestHistory.trainingRequestId, requestIds))
    ).filter((row) => row.occasion === 'claimed')
    expect(claims.map((row) => row.trainingRequestId).toSorted()).toEqual(requestIds.toSorted())
    for (const row of claims)
      expect(row).toMatchObject({
        actorKind: 'user',
        actorId: winners.get(row.trainingRequestId),
        trainerUserId: winners.get(row.trainingRequestId),
        fromStatus: 'trainers_notified',
        toStatus: 'claimed',
      })
    const told = await db.select().from(events).where(inArray(events.trainingRequestId, requestIds))
    expect(told.map((event) => event.trainingRequestId).toSorted()).toEqual(requestIds.toSorted())
    for (const event of told)
      expect(event).toMatchObject({
        name: 'request_claimed',
        payload: { trainerId: winners.get(event.trainingRequestId ?? ''), status: 'claimed' },
      })
  }, 180_000)

  it('gives the winner who claims again 200, and changes nothing', async () => {
    const requestId = requestIds[0] ?? ''
    const [before] = await world.database.db
      .select()
      .from(trainingRequests)
      .where(inArray(trainingRequests.id, [requestId]))
    const winner = trainers.find((trainer) => trainer.userId === before?.claimedByUserId)
    const again = claimAtBarrier(origins[0] ?? '', requestId, winner?.accessToken ?? '')
    again.release()
    expect(await again.answer).toMatchObject({ status: 200, body: { claimedBy: { id: winner?.userId }, version: 2 } })
    const [after] = await world.database.db
      .select()
      .from(trainingRequests)
      .where(inArray(trainingRequests.id, [requestId]))
    expect(after).toEqual(before)
    expect(await world.database.db.$count(events)).toBe(requestIds.length)
  })
})
