import { and, eq, getTableColumns, inArray, isNull, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { attentionCauses, trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  type RequestState,
  type RequestStatus,
  STEPS,
  type StepOccasion,
  stepSources,
  UNBOOKED_STATUSES,
} from '../../domain/training-request.ts'
import type { Ids } from '../../platform/ids.ts'

export type TrainingRequestRow = typeof trainingRequests.$inferSelect

/** One move of a request along product.md §2, with what changes beside the status. */
export interface TrainingRequestStep {
  trainingRequestId: string
  /** Gives the target status and, unless `from` is narrower, the statuses it may come from. */
  occasion: StepOccasion
  /** Only from these; statuses that the table of moves does not name are left out whatever is asked. */
  from?: readonly RequestStatus[]
  /** Columns that change with the status. */
  set?: Partial<Pick<TrainingRequestRow, 'claimedByUserId' | 'claimedAt' | 'sessionTypeId'>>
  actor: Actor
  /** What a person gave as the reason, in their words. */
  reason?: string | null
  now: Date
  ids: Ids
}

/** The steps whose history row names the trainer that the request went to. */
const GIVES_TO_TRAINER: ReadonlySet<StepOccasion> = new Set(['claimed', 'assigned'])

export type SteppedTrainingRequest = TrainingRequestRow & { fromStatus: RequestStatus }

/**
 * Moves a request to its next status and writes the move into its history, or does neither.
 *
 * One guarded statement: it locks the row, looks whether the table of moves (domain/training-request.ts, `STEPS`) lets it
 * come from where it is, steps it with `version + 1` and adds the history row. Null: the row is not there or is
 * elsewhere by now; read it again and let the decision name the refusal. The event is the caller's, in the same
 * transaction.
 */
export async function stepTrainingRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  step: TrainingRequestStep,
): Promise<SteppedTrainingRequest | null> {
  const sources = stepSources(step.occasion).filter((status) => step.from === undefined || step.from.includes(status))
  if (sources.length === 0) return null
  const select = new QueryBuilder({ casing: 'snake_case' })
  const before = db.$with('before').as(
    db
      .select({ id: trainingRequests.id, status: trainingRequests.status })
      .from(trainingRequests)
      .where(
        and(
          eq(trainingRequests.organizationId, scope.organizationId),
          eq(trainingRequests.id, step.trainingRequestId),
          inArray(trainingRequests.status, sources),
        ),
      )
      .for('update'),
  )
  const stepped = db.$with('stepped').as(
    db
      .update(trainingRequests)
      .set({
        ...step.set,
        status: STEPS[step.occasion].to,
        updatedAt: step.now,
        version: sql`${trainingRequests.version} + 1`,
      })
      .from(before)
      .where(eq(trainingRequests.id, before.id))
      .returning({
        ...getTableColumns(trainingRequests),
        fromStatus: sql<RequestStatus>`${before.status}`.as('from_status'),
      }),
  )
  const recorded = db.$with('recorded').as(
    db
      .insert(trainingRequestHistory)
      .select(
        select
          .select({
            id: sql`${step.ids.next()}::uuid`.as('id'),
            organizationId: stepped.organizationId,
            trainingRequestId: stepped.id,
            at: sql`${step.now.toISOString()}::timestamptz`.as('at'),
            actorKind: sql`${step.actor.kind}::actor_kind`.as('actor_kind'),
            actorId: sql`${step.actor.id}::uuid`.as('actor_id'),
            fromStatus: sql`${stepped.fromStatus}`.as('from_status'),
            toStatus: stepped.status,
            occasion: sql`${step.occasion}::text`.as('occasion'),
            reason: sql`${step.reason ?? null}::text`.as('reason'),
            trainerUserId:
              sql`${GIVES_TO_TRAINER.has(step.occasion) ? (step.set?.claimedByUserId ?? null) : null}::uuid`.as(
                'trainer_user_id',
              ),
          })
          .from(stepped),
      )
      .returning({ id: trainingRequestHistory.id }),
  )
  const [row] = await db.with(before, stepped, recorded).select().from(stepped)
  return row ?? null
}

/**
 * Reads a request and keeps everyone else from changing it until the transaction ends; null when it is not there.
 *
 * Lock order (architecture.md §3): after the trainer's lock, before booking and payment.
 */
export async function lockTrainingRequest(
  tx: Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<TrainingRequestRow | null> {
  const [row] = await tx
    .select()
    .from(trainingRequests)
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.id, trainingRequestId)))
    .for('update')
  return row ?? null
}

/** Reads a request; null when it is not there. */
export async function findTrainingRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<TrainingRequestRow | null> {
  const [row] = await db
    .select()
    .from(trainingRequests)
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.id, trainingRequestId)))
  return row ?? null
}

/** A request's row as the rules of domain/ read it. */
export function requestStateOf(
  row: Pick<TrainingRequestRow, 'status' | 'claimedByUserId' | 'requiredSkills'>,
): RequestState {
  return { status: row.status, claimedBy: row.claimedByUserId, requiredSkills: row.requiredSkills }
}

/**
 * Adds a request with the first row of its history; false, and nothing is added, when its reference is taken
 * (`training_requests_reference_unique`): draw another one.
 */
export async function insertTrainingRequest(
  tx: Tx,
  scope: OrganizationScope,
  row: Omit<typeof trainingRequests.$inferInsert, 'organizationId'>,
  submitted: { actor: Actor; historyId: string },
): Promise<boolean> {
  const inserted = await tx
    .insert(trainingRequests)
    .values({ ...row, organizationId: scope.organizationId })
    .onConflictDoNothing({ target: trainingRequests.reference })
    .returning({ id: trainingRequests.id })
  if (inserted.length === 0) return false
  await tx.insert(trainingRequestHistory).values({
    id: submitted.historyId,
    organizationId: scope.organizationId,
    trainingRequestId: row.id,
    at: row.createdAt,
    actorKind: submitted.actor.kind,
    actorId: submitted.actor.id,
    fromStatus: null,
    toStatus: row.status,
    occasion: 'submitted',
  })
  return true
}

/**
 * Gives a request that a trainer holds, and nobody has booked, another session type; null when it is not in one of
 * {@link UNBOOKED_STATUSES} any more. No step, so no history row: `version` and the event tell.
 */
export async function changeSessionType(
  tx: Tx,
  scope: OrganizationScope,
  change: { trainingRequestId: string; sessionTypeId: string; now: Date },
): Promise<TrainingRequestRow | null> {
  const [row] = await tx
    .update(trainingRequests)
    .set({
      sessionTypeId: change.sessionTypeId,
      updatedAt: change.now,
      version: sql`${trainingRequests.version} + 1`,
    })
    .where(
      and(
        eq(trainingRequests.organizationId, scope.organizationId),
        eq(trainingRequests.id, change.trainingRequestId),
        inArray(trainingRequests.status, [...UNBOOKED_STATUSES]),
      ),
    )
    .returning()
  return row ?? null
}

/** Hides every cause of attention that shows now, until it arises anew; answers which. */
export async function hideAttentionCauses(
  tx: Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; note: string | null; now: Date },
): Promise<AttentionReason[]> {
  const rows = await tx
    .update(attentionCauses)
    .set({ hiddenAt: input.now, hiddenNote: input.note })
    .where(
      and(
        eq(attentionCauses.organizationId, scope.organizationId),
        eq(attentionCauses.trainingRequestId, input.trainingRequestId),
        isNull(attentionCauses.hiddenAt),
      ),
    )
    .returning({ reason: attentionCauses.reason })
  return rows.map((row) => row.reason)
}

/** Why a request is stuck, what somebody has resolved included. */
export async function listAttentionCauses(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<{ reason: AttentionReason; since: Date; hiddenAt: Date | null }[]> {
  return db
    .select({ reason: attentionCauses.reason, since: attentionCauses.since, hiddenAt: attentionCauses.hiddenAt })
    .from(attentionCauses)
    .where(
      and(
        eq(attentionCauses.organizationId, scope.organizationId),
        eq(attentionCauses.trainingRequestId, trainingRequestId),
      ),
    )
}

/**
 * Writes down why a request is stuck; answers whether that is news. One that shows already keeps its beginning; one that
 * somebody has resolved shows again only when it began after that.
 */
export async function upsertAttentionCause(
  tx: Tx,
  scope: OrganizationScope,
  cause: { trainingRequestId: string; reason: AttentionReason; since: Date },
): Promise<boolean> {
  const rows = await tx
    .insert(attentionCauses)
    .values({ organizationId: scope.organizationId, ...cause })
    .onConflictDoUpdate({
      target: [attentionCauses.trainingRequestId, attentionCauses.reason],
      set: { since: cause.since, hiddenAt: null, hiddenNote: null },
      setWhere: sql`${attentionCauses.organizationId} = ${scope.organizationId}
        and ${attentionCauses.hiddenAt} < ${sql.param(cause.since, attentionCauses.since)}`,
    })
    .returning({ reason: attentionCauses.reason })
  return rows.length > 0
}

/** Forgets a cause that is gone; answers whether it was showing. */
export async function deleteAttentionCause(
  tx: Tx,
  scope: OrganizationScope,
  cause: { trainingRequestId: string; reason: AttentionReason },
): Promise<boolean> {
  const rows = await tx
    .delete(attentionCauses)
    .where(
      and(
        eq(attentionCauses.organizationId, scope.organizationId),
        eq(attentionCauses.trainingRequestId, cause.trainingRequestId),
        eq(attentionCauses.reason, cause.reason),
      ),
    )
    .returning({ hiddenAt: attentionCauses.hiddenAt })
  return rows.some((row) => row.hiddenAt === null)
}
