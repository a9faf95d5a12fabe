import { and, desc, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { organizations } from '../db/schema/organizations.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import type { AttentionReason } from '../domain/attention.ts'
import { type Caller, decideReadRequest, isOrgAdmin } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { parseReference } from '../domain/reference.ts'
import { type RequestList, type RequestStatus, UNCLAIMED_STATUSES } from '../domain/training-request.ts'
import { AppError } from '../errors/app-error.ts'
import type { TrainingRequest } from '../modules/requests/schemas.ts'
import { canTakePayments } from '../platform/payment-gateway/payment-gateways.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'
import { presentTrainingRequest } from './training-request-presentation.ts'
import { findRequestRecord, type RequestRecord, selectRequests } from './training-request-record.ts'

type ViewDeps = Pick<Deps, 'db' | 'clock' | 'paymentGateways'>

function decideView(caller: Caller, record: RequestRecord) {
  return decideReadRequest(
    caller,
    { claimedBy: record.row.claimedByUserId, requiredSkills: record.row.requiredSkills },
    resolveSettings(record.settings),
  )
}

/**
 * One request as this caller may see it, with what they may do with it now.
 *
 * Refuses `not_found` where it does not exist for them, and `request_already_claimed` for a trainer who could have
 * claimed it and was too late: they learn that, and nothing about the customer (product.md §4).
 */
export async function readTrainingRequest(
  deps: ViewDeps,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string },
): Promise<TrainingRequest> {
  const record = await findRequestRecord(deps.db, input.scope, input.trainingRequestId)
  if (record === null) throw new AppError('not_found')
  const decision = decideView(input.caller, record)
  if (!decision.allowed) throw new AppError(decision.reason)
  if (decision.view === 'claimed_by_another') throw new AppError('request_already_claimed')
  return presentTrainingRequest(record, {
    caller: input.caller,
    view: decision.view,
    isProviderConfigured: canTakePayments(deps.paymentGateways, record),
    now: deps.clock.now(),
  })
}

/**
 * The request as a command leaves it, for whoever gave the command.
 *
 * Who has just given a request away, and could not open it any more, still reads what became of it, without the
 * customer's contact details.
 */
export async function trainingRequestAfterCommand(
  deps: ViewDeps,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string },
): Promise<TrainingRequest> {
  const record = await findRequestRecord(deps.db, input.scope, input.trainingRequestId)
  if (record === null) throw new AppError('not_found')
  const decision = decideView(input.caller, record)
  return presentTrainingRequest(record, {
    caller: input.caller,
    view: decision.allowed && decision.view !== 'claimed_by_another' ? decision.view : 'contact_hidden',
    isProviderConfigured: canTakePayments(deps.paymentGateways, record),
    now: deps.clock.now(),
  })
}

const UNCLAIMED = and(
  isNull(trainingRequests.claimedByUserId),
  inArray(trainingRequests.status, [...UNCLAIMED_STATUSES]),
)

/** What exists for this caller: `decideReadRequest` (domain/caller.ts) as a WHERE. */
function visibleTo(caller: Caller): SQL | undefined {
  if (caller.kind === 'system' || isOrgAdmin(caller)) return undefined
  if (caller.kind !== 'user') return sql`false`
  return or(
    eq(trainingRequests.claimedByUserId, caller.userId),
    and(
      isNull(trainingRequests.claimedByUserId),
      sql`${trainingRequests.requiredSkills} <@ ${sql.param([...caller.skills], trainingRequests.requiredSkills)}::text[]`,
    ),
  )
}

function inList(caller: Caller, list: RequestList): SQL | undefined {
  if (list === 'new') return UNCLAIMED
  if (list === 'all') return undefined
  return caller.kind === 'user' ? eq(trainingRequests.claimedByUserId, caller.userId) : sql`false`
}

function matches(caller: Caller, q: string): SQL | undefined {
  const pattern = `%${q.trim().replace(/[\\%_]/g, '\\$&')}%`
  const reference = parseReference(q)
  const byReference = or(
    sql`${trainingRequests.reference} ilike ${pattern}`,
    reference === null ? undefined : eq(trainingRequests.reference, reference),
  )
  const byContact = or(
    sql`${trainingRequests.customerName} ilike ${pattern}`,
    sql`${trainingRequests.customerEmail} ilike ${pattern}`,
  )
  if (isOrgAdmin(caller) || caller.kind !== 'user') return or(byReference, byContact)
  // What is not shown cannot be searched for either.
  return or(
    byReference,
    and(
      byContact,
      or(
        eq(trainingRequests.claimedByUserId, caller.userId),
        sql`coalesce((${organizations.settings} ->> 'hideContactUntilClaimed')::boolean, false) = false`,
      ),
    ),
  )
}

function isStuck(reason: AttentionReason | 'any'): SQL {
  return sql`exists (select from attention_causes c
    where c.training_request_id = ${trainingRequests.id} and c.organization_id = ${trainingRequests.organizationId}
      and c.hidden_at is null ${reason === 'any' ? sql`` : sql`and c.reason = ${reason}::attention_reason`})`
}

const CURSOR = 'requests'

export interface TrainingRequestFilters {
  view?: RequestList
  status?: readonly RequestStatus[]
  attention?: AttentionReason | 'any'
  q?: string
  limit?: number
  cursor?: string
}

/**
 * A page of the requests that this caller may see, newest first, in one statement whatever its length.
 *
 * `new`: unclaimed, and open to the caller; `mine`: claimed by the caller; `all`: both, and for admins everything.
 * Requests that come in while paging are newer than every page after the first, so none is repeated or skipped.
 */
export async function listTrainingRequests(
  deps: ViewDeps,
  input: { scope: OrganizationScope; caller: Caller; filters: TrainingRequestFilters },
): Promise<{ data: TrainingRequest[]; nextCursor: string | null }> {
  const { caller, filters, scope } = input
  const limit = filters.limit ?? PAGE_LIMIT_DEFAULT
  const records = await selectRequests(deps.db)
    .where(
      and(
        eq(trainingRequests.organizationId, scope.organizationId),
        visibleTo(caller),
        inList(caller, filters.view ?? 'all'),
        filters.status === undefined || filters.status.length === 0
          ? undefined
          : inArray(trainingRequests.status, [...filters.status]),
        filters.attention === undefined ? undefined : isStuck(filters.attention),
        filters.q === undefined ? undefined : matches(caller, filters.q),
        filters.cursor === undefined ? undefined : lt(trainingRequests.id, decodeIdCursor(CURSOR, filters.cursor)),
      ),
    )
    .orderBy(desc(trainingRequests.id))
    .limit(limit + 1)
  const now = deps.clock.now()
  const data = records.slice(0, limit).flatMap((record) => {
    const decision = decideView(caller, record)
    // The WHERE has said yes already; where the two should ever disagree, nothing is shown.
    if (!decision.allowed || decision.view === 'claimed_by_another') return []
    return [
      presentTrainingRequest(record, {
        caller,
        view: decision.view,
        isProviderConfigured: canTakePayments(deps.paymentGateways, record),
        now,
      }),
    ]
  })
  const last = records[limit - 1]
  return {
    data,
    nextCursor: records.length > limit && last !== undefined ? encodeCursor(CURSOR, [last.row.id]) : null,
  }
}
