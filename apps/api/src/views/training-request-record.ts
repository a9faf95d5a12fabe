import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { type JsonInstant, jsonColumn } from '../db/json-column.ts'
import { preparedOnce } from '../db/prepared.ts'
import { formVersions } from '../db/schema/forms.ts'
import { users } from '../db/schema/identity.ts'
import { organizations } from '../db/schema/organizations.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { AttentionReason } from '../domain/attention.ts'
import type { BookingStatus, PaymentStatus } from '../domain/booking.ts'
import type { ActorKind } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { LinkEndReason } from '../domain/scheduling-token.ts'
import { type HistoryOccasion, type RequestStatus, UNBOOKED_STATUSES } from '../domain/training-request.ts'
import { hasPaymentAccountSql } from '../modules/organizations/payment-account-in-sql.ts'

interface CauseJson {
  reason: AttentionReason
  since: JsonInstant
  hiddenAt: JsonInstant | null
}
export interface LinkJson {
  id: string
  sentAt: JsonInstant
  expiresAt: JsonInstant
  endedAt: JsonInstant | null
  endReason: LinkEndReason | null
}
export interface BookingJson {
  id: string
  status: BookingStatus
  paymentStatus: PaymentStatus
  trainerId: string
  startAt: JsonInstant
  endAt: JsonInstant
  holdExpiresAt: JsonInstant | null
  completedAt: JsonInstant | null
}
export interface HistoryJson {
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

const causesOfRequest = jsonColumn<CauseJson[]>(sql`(
  select coalesce(json_agg(json_build_object('reason', c.reason, 'since', c.since, 'hiddenAt', c.hidden_at)), '[]')
  from attention_causes c
  where c.training_request_id = ${trainingRequests.id} and c.organization_id = ${trainingRequests.organizationId})`)

const latestLink = jsonColumn<LinkJson | null>(sql`(
  select json_build_object('id', l.id, 'sentAt', l.sent_at, 'expiresAt', l.expires_at, 'endedAt', l.ended_at,
    'endReason', l.end_reason)
  from scheduling_tokens l
  where l.training_request_id = ${trainingRequests.id} and l.organization_id = ${trainingRequests.organizationId}
  order by l.id desc limit 1)`)

// At most one booking of a request is open (bookings_one_open_per_request), and a live one is open.
const currentBooking = jsonColumn<BookingJson | null>(sql`(
  select json_build_object('id', b.id, 'status', b.status, 'paymentStatus', b.payment_status,
    'trainerId', b.trainer_user_id, 'startAt', b.start_at, 'endAt', b.end_at, 'holdExpiresAt', b.hold_expires_at,
    'completedAt', b.completed_at)
  from bookings b
  where b.training_request_id = ${trainingRequests.id} and b.organization_id = ${trainingRequests.organizationId}
  order by b.status in ('pending_payment', 'confirmed') desc, b.id desc limit 1)`)

const historyOfRequest = jsonColumn<HistoryJson[]>(sql`(
  select coalesce(json_agg(json_build_object('at', h.at, 'actorKind', h.actor_kind, 'actorId', h.actor_id,
    'actorName', coalesce(u.first_name || ' ' || u.last_name, k.name), 'from', h.from_status, 'to', h.to_status,
    'occasion', h.occasion, 'reason', h.reason, 'trainerId', h.trainer_user_id,
    'trainerName', t.first_name || ' ' || t.last_name) order by h.at, h.id), '[]')
  from training_request_history h
  left join users u on h.actor_kind = 'user' and u.id = h.actor_id
  left join api_keys k on h.actor_kind = 'api_key' and k.id = h.actor_id and k.organization_id = h.organization_id
  left join users t on t.id = h.trainer_user_id
  where h.training_request_id = ${trainingRequests.id} and h.organization_id = ${trainingRequests.organizationId})`)

const pricesOfSessionType = jsonColumn<PriceJson[]>(sql`(
  select coalesce(json_agg(json_build_object('durationMinutes', p.duration_minutes, 'amount', p.amount_minor)), '[]')
  from session_type_prices p
  where p.session_type_id = ${trainingRequests.sessionTypeId} and p.organization_id = ${trainingRequests.organizationId})`)

const activeSessionTypes = jsonColumn<OptionJson[]>(sql`(
  case when ${inArray(trainingRequests.status, [...UNBOOKED_STATUSES])} then (
    select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'listedMinutes', s.durations_minutes,
      'pricedMinutes', array(select p.duration_minutes from session_type_prices p where p.session_type_id = s.id))
      order by s.name), '[]')
    from session_types s
    where s.organization_id = ${trainingRequests.organizationId} and s.status = 'active')
  else '[]' end)`)

/** Everything that a request's presentation needs, in one statement for one row or a page of them. */
export function selectRequests(db: Db | Tx) {
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

export type RequestRecord = Awaited<ReturnType<typeof selectRequests>>[number]

const requestById = preparedOnce((db) =>
  selectRequests(db)
    .where(
      and(
        eq(trainingRequests.organizationId, sql.placeholder('organizationId')),
        eq(trainingRequests.id, sql.placeholder('trainingRequestId')),
      ),
    )
    .prepare('find_training_request'),
)

/** The record of one request; null where the organization has none of that id. */
export async function findRequestRecord(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<RequestRecord | null> {
  const [record] = await requestById(db).execute({ organizationId: scope.organizationId, trainingRequestId })
  return record ?? null
}
