import { and, eq, exists, inArray, isNull, or, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { preparedOnce } from '../../db/prepared.ts'
import { events } from '../../db/schema/events.ts'
import { memberships } from '../../db/schema/organizations.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { stepSources } from '../../domain/training-request.ts'

export interface ClaimStatementInput {
  trainingRequestId: string
  trainerUserId: string
  actor: Actor
  historyId: string
  eventId: string
  now: Date
}

/** The statement itself, not yet prepared; the benchmark sends the same one through pgbench. */
export function buildClaim(db: Db | Tx) {
  const select = new QueryBuilder({ casing: 'snake_case' })
  const trainerUserId = sql`${sql.placeholder('trainerUserId')}::uuid`
  const now = sql`${sql.placeholder('now')}::timestamptz`
  const isEligibleTrainer = exists(
    select
      .select({ one: sql`1` })
      .from(memberships)
      .where(
        and(
          eq(memberships.organizationId, trainingRequests.organizationId),
          sql`${memberships.userId} = ${trainerUserId}`,
          eq(memberships.status, 'active'),
          or(eq(memberships.role, 'trainer'), eq(memberships.canTrain, true)),
          sql`${trainingRequests.requiredSkills} <@ ${memberships.skills}`,
        ),
      ),
  )
  const before = db.$with('before').as(
    db
      .select({ id: trainingRequests.id, status: trainingRequests.status })
      .from(trainingRequests)
      .where(
        and(
          eq(trainingRequests.organizationId, sql.placeholder('organizationId')),
          eq(trainingRequests.id, sql.placeholder('trainingRequestId')),
          inArray(trainingRequests.status, [...stepSources('claimed')]),
          isNull(trainingRequests.claimedByUserId),
          isEligibleTrainer,
        ),
      )
      // The lock that decides the race: whoever waits here finds the row claimed and sees it no more.
      .for('update'),
  )
  const taken = db.$with('taken').as(
    db
      .update(trainingRequests)
      .set({
        status: 'claimed',
        claimedByUserId: trainerUserId,
        claimedAt: now,
        updatedAt: now,
        version: sql`${trainingRequests.version} + 1`,
      })
      .from(before)
      .where(eq(trainingRequests.id, before.id))
      .returning({
        id: trainingRequests.id,
        organizationId: trainingRequests.organizationId,
        fromStatus: sql<string>`${before.status}`.as('from_status'),
      }),
  )
  const recorded = db.$with('recorded').as(
    db
      .insert(trainingRequestHistory)
      .select(
        select
          .select({
            id: sql`${sql.placeholder('historyId')}::uuid`.as('id'),
            organizationId: taken.organizationId,
            trainingRequestId: taken.id,
            at: sql`${now}`.as('at'),
            actorKind: sql`${sql.placeholder('actorKind')}::actor_kind`.as('actor_kind'),
            actorId: sql`${sql.placeholder('actorId')}::uuid`.as('actor_id'),
            fromStatus: sql`${taken.fromStatus}`.as('from_status'),
            toStatus: sql`'claimed'::request_status`.as('to_status'),
            occasion: sql`'claimed'`.as('occasion'),
            reason: sql`null`.as('reason'),
            trainerUserId: sql`${trainerUserId}`.as('trainer_user_id'),
          })
          .from(taken),
      )
      .returning({ id: trainingRequestHistory.id }),
  )
  return db
    .with(before, taken, recorded)
    .insert(events)
    .select(
      select
        .select({
          id: sql`${sql.placeholder('eventId')}::uuid`.as('id'),
          organizationId: taken.organizationId,
          name: sql`'request_claimed'`.as('name'),
          trainingRequestId: taken.id,
          bookingId: sql`null::uuid`.as('booking_id'),
          actor: sql`${sql.placeholder('actor')}::jsonb`.as('actor'),
          payload:
            sql`jsonb_build_object('requestId', ${taken.id}, 'bookingId', null, 'status', 'claimed', 'trainerId', ${trainerUserId})`.as(
              'payload',
            ),
          occurredAt: sql`${now}`.as('occurred_at'),
          relayedSequence: sql`null::bigint`.as('relayed_sequence'),
          relayedAt: sql`null::timestamptz`.as('relayed_at'),
        })
        .from(taken),
    )
    .returning({ id: events.id })
}

const claimStatement = preparedOnce((db) => buildClaim(db).prepare('claim_request'))

/**
 * Takes the request for this trainer if nobody has it: one statement that locks the row, judges, steps it and writes the
 * history row and the event with it. Answers whether it took. The rule that explains a refusal is domain/claim.ts.
 */
export async function claimUnclaimed(
  db: Db | Tx,
  scope: OrganizationScope,
  input: ClaimStatementInput,
): Promise<boolean> {
  const rows = await claimStatement(db).execute({
    organizationId: scope.organizationId,
    trainingRequestId: input.trainingRequestId,
    trainerUserId: input.trainerUserId,
    now: input.now.toISOString(),
    historyId: input.historyId,
    eventId: input.eventId,
    actorKind: input.actor.kind,
    actorId: input.actor.id,
    actor: JSON.stringify(input.actor),
  })
  return rows.length === 1
}
