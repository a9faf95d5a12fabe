import { and, desc, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { formVersions } from '../db/schema/forms.ts'
import { users } from '../db/schema/identity.ts'
import { organizations } from '../db/schema/organizations.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import { type AttentionReason, shownAttention } from '../domain/attention.ts'
import type { BookingState, BookingStatus, PaymentStatus } from '../domain/booking.ts'
import { type ActorKind, type Caller, decideReadRequest, isOrgAdmin, type RequestView } from '../domain/caller.ts'
import { type FormSection, presentAnswers } from '../domain/intake-form.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { sellableLengths } from '../domain/pricing.ts'
import { parseReference } from '../domain/reference.ts'
import { requestActions } from '../domain/request-actions.ts'
import { type LinkEndReason, linkState } from '../domain/scheduling-token.ts'
import {
  HISTORY_OCCASION_LABELS,
  type HistoryOccasion,
  REQUEST_STATUS_LABELS,
  type RequestList,
  type RequestStatus,
  UNBOOKED_STATUSES,
  UNCLAIMED_STATUSES,
} from '../domain/training-request.ts'
import { AppError } from '../errors/app-error.ts'
import { hasPaymentAccountSql } from '../modules/organizations/payment-account-in-sql.ts'
import type { TrainingRequest } from '../modules/requests/schemas.ts'
import { canTakePayments } from '../platform/payment-gateway/payment-gateways.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'
import type { Action } from '../wire/problem.ts'

type ViewDeps = Pick<Deps, 'db' | 'clock' | 'paymentGateways'>

/** Instants inside JSON that the database made come as text with an offset. */
type JsonInstant = string

interface CauseJson {
  reason: AttentionReason
  since: JsonInstant
  hiddenAt: JsonInstant | null
}
interface LinkJson {
  id: string
  sentAt: JsonInstant
  expiresAt: JsonInstant
  endedAt: JsonInstant | null
  endReason: LinkEndReason | null
}
interface BookingJson {
  id: string
  status: BookingStatus
  paymentStatus: PaymentStatus
  trainerId: string
  startAt: JsonInstant
  endAt: JsonInstant
  holdExpiresAt: JsonInstant | null
  completedAt: JsonInstant | null
}
interface HistoryJson {
  at: JsonInstant
  actorKind: ActorKind
  actorId: string | null
  actorName: string | null
  from: RequestStatus | null
  to: RequestStatus
  occasion: HistoryOccasion
  reason: string | null
  trainerId: string | null
  trainerName: string | null
}
interface PriceJson {
  durationMinutes: number
  amount: number
}
interface OptionJson {
  id: string
  name: string
  listedMinutes: number[]
  pricedMinutes: number[]
}

function json<Value>(subquery: SQL) {
  return sql<Value>`${subquery}`.mapWith((value: unknown) =>
    typeof value === 'string' ? (JSON.parse(value) as Value) : (value as Value),
  )
}

const causesOfRequest = json<CauseJson[]>(sql`(
  select coalesce(json_agg(json_build_object('reason', c.reason, 'since', c.since, 'hiddenAt', c.hidden_at)), '[]')
  from attention_causes c
  where c.training_request_id = ${trainingRequests.id} and c.organization_id = ${trainingRequests.organizationId})`)

const latestLink = json<LinkJson | null>(sql`(
  select json_build_object('id', l.id, 'sentAt', l.sent_at, 'expiresAt', l.expires_at, 'endedAt', l.ended_at,
    'endReason', l.end_reason)
  from scheduling_tokens l
  where l.training_request_id = ${trainingRequests.id} and l.organization_id = ${trainingRequests.organizationId}
  order by l.id desc limit 1)`)

// At most one booking of a request is open (bookings_one_open_per_request), and a live one is open.
const currentBooking = json<BookingJson | null>(sql`(
  select json_build_object('id', b.id, 'status', b.status, 'paymentStatus', b.payment_status,
    'trainerId', b.trainer_user_id, 'startAt', b.start_at, 'endAt', b.end_at, 'holdExpiresAt', b.hold_expires_at,
    'completedAt', b.completed_at)
  from bookings b
  where b.training_request_id = ${trainingRequests.id} and b.organization_id = ${trainingRequests.organizationId}
  order by b.status in ('pending_payment', 'confirmed') desc, b.id desc limit 1)`)

const historyOfRequest = json<HistoryJson[]>(sql`(
  select coalesce(json_agg(json_build_object('at', h.at, 'actorKind', h.actor_kind, 'actorId', h.actor_id,
    'actorName', coalesce(u.first_name || ' ' || u.last_name, k.name), 'from', h.from_status, 'to', h.to_status,
    'occasion', h.occasion, 'reason', h.reason, 'trainerId', h.trainer_user_id,
    'trainerName', t.first_name || ' ' || t.last_name) order by h.at, h.id), '[]')
  from training_request_history h
  left join users u on h.actor_kind = 'user' and u.id = h.actor_id
  left join api_keys k on h.actor_kind = 'api_key' and k.id = h.actor_id and k.organization_id = h.organization_id
  left join users t on t.id = h.trainer_user_id
  where h.training_request_id = ${trainingRequests.id} and h.organization_id = ${trainingRequests.organizationId})`)

const pricesOfSessionType = json<PriceJson[]>(sql`(
  select coalesce(json_agg(json_build_object('durationMinutes', p.duration_minutes, 'amount', p.amount_minor)), '[]')
  from session_type_prices p
  where p.session_type_id = ${trainingRequests.sessionTypeId} and p.organization_id = ${trainingRequests.organizationId})`)

const activeSessionTypes = json<OptionJson[]>(sql`(
  case when ${inArray(trainingRequests.status, [...UNBOOKED_STATUSES])} then (
    select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'listedMinutes', s.durations_minutes,
      'pricedMinutes', array(select p.duration_minutes from session_type_prices p where p.session_type_id = s.id))
      order by s.name), '[]')
    from session_types s
    where s.organization_id = ${trainingRequests.organizationId} and s.status = 'active')
  else '[]' end)`)

/** Everything that a request's presentation needs, in one statement for one row or a page of them. */
function selectRequests(db: Db | Tx) {
  return db
    .select({
      row: trainingRequests,
      sections: formVersions.sections,
      sessionType: { name: sessionTypes.name, durationsMinutes: sessionTypes.durationsMinutes },
      settings: organizations.settings,
      hasPaymentAccount: hasPaymentAccountSql,
      claimant: { firstName: users.firstName, lastName: users.lastName },
      prices: pricesOfSessionType,
      options: activeSessionTypes,
      causes: causesOfRequest,
      link: latestLink,
      booking: currentBooking,
      history: historyOfRequest,
    })
    .from(trainingRequests)
    .innerJoin(organizations, eq(organizations.id, trainingRequests.organizationId))
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, trainingRequests.organizationId),
        eq(formVersions.id, trainingRequests.formVersionId),
      ),
    )
    .innerJoin(
      sessionTypes,
      and(
        eq(sessionTypes.organizationId, trainingRequests.organizationId),
        eq(sessionTypes.id, trainingRequests.sessionTypeId),
      ),
    )
    .leftJoin(users, eq(users.id, trainingRequests.claimedByUserId))
    .$dynamic()
}

type RequestRecord = Awaited<ReturnType<typeof selectRequests>>[number]

function buildFindRequest(db: Db | Tx) {
  return selectRequests(db)
    .where(
      and(
        eq(trainingRequests.organizationId, sql.placeholder('organizationId')),
        eq(trainingRequests.id, sql.placeholder('trainingRequestId')),
      ),
    )
    .prepare('find_training_request')
}

const prepared = new WeakMap<Db, ReturnType<typeof buildFindRequest>>()

async function findRecord(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<RequestRecord | null> {
  let statement: ReturnType<typeof buildFindRequest> | undefined
  // A transaction's statements go through its own connection, where nothing was prepared.
  if ('rollback' in db) statement = buildFindRequest(db)
  else {
    statement = prepared.get(db)
    if (statement === undefined) {
      statement = buildFindRequest(db)
      prepared.set(db, statement)
    }
  }
  const [record] = await statement.execute({ organizationId: scope.organizationId, trainingRequestId })
  return record ?? null
}

function bookingStateOf(booking: BookingJson): BookingState {
  return {
    status: booking.status,
    paymentStatus: booking.paymentStatus,
    trainerId: booking.trainerId,
    startAt: new Date(booking.startAt),
    endAt: new Date(booking.endAt),
    holdExpiresAt: booking.holdExpiresAt === null ? null : new Date(booking.holdExpiresAt),
    completedAt: booking.completedAt === null ? null : new Date(booking.completedAt),
  }
}

function linkOf(link: LinkJson, status: RequestStatus, now: Date): NonNullable<TrainingRequest['schedulingLink']> {
  const row = {
    expiresAt: new Date(link.expiresAt),
    endedAt: link.endedAt === null ? null : new Date(link.endedAt),
    endReason: link.endReason,
  }
  return {
    id: link.id,
    sentAt: new Date(link.sentAt).toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    state: linkState(row, status, now),
  }
}

/** Answers to questions for an address or a number are contact details, too. */
function withoutContact(sections: readonly FormSection[]): FormSection[] {
  return sections.map((section) => ({
    ...section,
    fields: section.fields.filter((field) => field.type !== 'email' && field.type !== 'phone'),
  }))
}

function historyOf(history: readonly HistoryJson[]): TrainingRequest['history'] {
  return history.map((entry) => ({
    at: new Date(entry.at).toISOString(),
    actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
    from: entry.from,
    to: entry.to,
    occasionLabel: HISTORY_OCCASION_LABELS[entry.occasion],
    reason: entry.reason ?? HISTORY_OCCASION_LABELS[entry.occasion],
    trainer:
      entry.trainerId === null || entry.trainerName === null ? null : { id: entry.trainerId, name: entry.trainerName },
  }))
}

function present(
  record: RequestRecord,
  viewer: { caller: Caller; view: RequestView; isProviderConfigured: boolean; now: Date },
): TrainingRequest {
  const { row } = record
  const { now } = viewer
  const state = { status: row.status, claimedBy: row.claimedByUserId, requiredSkills: row.requiredSkills }
  const settings = resolveSettings(record.settings)
  const booking = record.booking === null ? null : bookingStateOf(record.booking)
  const organizationMinutes = settings.sessionDurationsMinutes
  const durations = sellableLengths({
    listedMinutes: record.sessionType.durationsMinutes,
    organizationMinutes,
    pricedMinutes: record.prices.map((price) => price.durationMinutes),
  })
  const payments = {
    isPriced: record.prices.some((price) => price.amount > 0 && durations.includes(price.durationMinutes)),
    isProviderConfigured: viewer.isProviderConfigured,
  }
  const actions = requestActions(viewer.caller, state, booking, payments, now)
  const attention = shownAttention(
    record.causes.map((cause) => ({
      reason: cause.reason,
      since: new Date(cause.since),
      hiddenAt: cause.hiddenAt === null ? null : new Date(cause.hiddenAt),
    })),
  )
  const isContactHidden = viewer.view !== 'full'
  return {
    id: row.id,
    reference: row.reference,
    status: row.status,
    statusLabel: REQUEST_STATUS_LABELS[row.status],
    attention: attention && { reason: attention.reason, since: attention.since.toISOString() },
    createdAt: row.createdAt.toISOString(),
    customer: isContactHidden
      ? null
      : {
          name: row.customerName,
          email: row.customerEmail,
          phone: row.customerPhone,
          timeZone: row.customerTimeZone,
        },
    answers: presentAnswers(
      isContactHidden ? withoutContact(record.sections) : record.sections,
      row.answers,
    ) as TrainingRequest['answers'],
    sessionType: {
      id: row.sessionTypeId,
      name: record.sessionType.name,
      durations: durations.map((durationMinutes) => ({ durationMinutes })),
    },
    sessionTypeOptions: actions.changeSessionType.allowed
      ? record.options
          .filter((option) => sellableLengths({ ...option, organizationMinutes }).length > 0)
          .map(({ id, name }) => ({ id, name }))
      : [],
    requiredSkills: row.requiredSkills,
    priority: row.priority,
    category: row.category,
    claimedBy:
      row.claimedByUserId === null || record.claimant === null
        ? null
        : { id: row.claimedByUserId, name: `${record.claimant.firstName} ${record.claimant.lastName}` },
    claimedAt: row.claimedAt?.toISOString() ?? null,
    schedulingLink: record.link === null ? null : linkOf(record.link, row.status, now),
    booking:
      record.booking === null || booking === null
        ? null
        : {
            id: record.booking.id,
            status: booking.status,
            paymentStatus: booking.paymentStatus,
            start: booking.startAt.toISOString(),
            holdExpiresAt: booking.holdExpiresAt?.toISOString() ?? null,
          },
    version: row.version,
    actions: actions as Record<keyof typeof actions, Action>,
    history: historyOf(record.history),
  }
}

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
  const record = await findRecord(deps.db, input.scope, input.trainingRequestId)
  if (record === null) throw new AppError('not_found')
  const decision = decideView(input.caller, record)
  if (!decision.allowed) throw new AppError(decision.reason)
  if (decision.view === 'claimed_by_another') throw new AppError('request_already_claimed')
  return present(record, {
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
  const record = await findRecord(deps.db, input.scope, input.trainingRequestId)
  if (record === null) throw new AppError('not_found')
  const decision = decideView(input.caller, record)
  return present(record, {
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
      present(record, {
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
