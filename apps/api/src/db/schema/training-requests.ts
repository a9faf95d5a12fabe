import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { ACTOR_KINDS } from '../../domain/caller.ts'
import type { FormAnswers } from '../../domain/intake-form.ts'
import { type HistoryOccasion, REQUEST_PRIORITIES, REQUEST_STATUSES } from '../../domain/training-request.ts'
import { id, instant } from './columns.ts'
import { formVersions } from './forms.ts'
import { memberships, organizations } from './organizations.ts'
import { sessionTypes } from './session-types.ts'

export const requestStatus = pgEnum('request_status', REQUEST_STATUSES)
export const requestPriority = pgEnum('request_priority', REQUEST_PRIORITIES)
export const actorKind = pgEnum('actor_kind', ACTOR_KINDS)
export const attentionReason = pgEnum('attention_reason', ATTENTION_REASONS)

export const trainingRequests = pgTable(
  'training_requests',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    reference: text().notNull(),
    status: requestStatus().notNull(),
    formVersionId: uuid().notNull(),
    sessionTypeId: uuid().notNull(),
    requiredSkills: text().array().notNull(),
    priority: requestPriority().notNull(),
    category: text(),
    customerName: text().notNull(),
    customerEmail: text().notNull(),
    customerPhone: text(),
    customerTimeZone: text(),
    customerLocale: text().notNull().default('en'),
    answers: jsonb().$type<FormAnswers>().notNull(),
    claimedByUserId: uuid(),
    claimedAt: instant(),
    version: integer().notNull().default(1),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    unique('training_requests_scope').on(t.organizationId, t.id),
    uniqueIndex('training_requests_reference_unique').on(t.reference),
    foreignKey({
      columns: [t.organizationId, t.formVersionId],
      foreignColumns: [formVersions.organizationId, formVersions.id],
    }),
    foreignKey({
      columns: [t.organizationId, t.sessionTypeId],
      foreignColumns: [sessionTypes.organizationId, sessionTypes.id],
    }),
    foreignKey({
      columns: [t.organizationId, t.claimedByUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
    index('training_requests_recent').on(t.organizationId, t.id),
    index('training_requests_by_status').on(t.organizationId, t.status, t.id),
    index('training_requests_by_trainer')
      .on(t.organizationId, t.claimedByUserId, t.id)
      .where(sql`${t.claimedByUserId} is not null`),
    index('training_requests_unclaimed')
      .on(t.organizationId, t.id)
      .where(sql`${t.status} in ('new', 'trainers_notified')`),
    // Canceled ones keep whoever held them, if anybody did.
    check(
      'training_requests_held_by_somebody',
      sql`case when ${t.status} in ('new', 'trainers_notified') then ${t.claimedByUserId} is null
        when ${t.status} = 'canceled' then true
        else ${t.claimedByUserId} is not null end`,
    ),
  ],
)

/** Who moved a request, when, from where to where and why; self-moves too. Rows are only ever added. */
export const trainingRequestHistory = pgTable(
  'training_request_history',
  {
    id: id(),
    organizationId: uuid().notNull(),
    trainingRequestId: uuid().notNull(),
    at: instant().notNull(),
    actorKind: actorKind().notNull(),
    /** A user's or an API key's id; null for customer and system. */
    actorId: uuid(),
    fromStatus: requestStatus(),
    toStatus: requestStatus().notNull(),
    occasion: text().$type<HistoryOccasion>().notNull(),
    /** What the person gave as a reason, if anything. */
    reason: text(),
    /** Whom a claim or an assignment gave the request to: the actor may be an API key or an admin. */
    trainerUserId: uuid(),
  },
  (t) => [
    foreignKey({
      columns: [t.organizationId, t.trainerUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
    foreignKey({
      columns: [t.organizationId, t.trainingRequestId],
      foreignColumns: [trainingRequests.organizationId, trainingRequests.id],
    }).onDelete('cascade'),
    index('training_request_history_of_request').on(t.trainingRequestId, t.id),
  ],
)

/** Why a request needs a person. A row lives as long as its cause; `hiddenAt` is set by resolveAttention. */
export const attentionCauses = pgTable(
  'attention_causes',
  {
    organizationId: uuid().notNull(),
    trainingRequestId: uuid().notNull(),
    reason: attentionReason().notNull(),
    since: instant().notNull(),
    hiddenAt: instant(),
    /** What whoever resolved it wrote down about it. */
    hiddenNote: text(),
  },
  (t) => [
    primaryKey({ columns: [t.trainingRequestId, t.reason] }),
    foreignKey({
      columns: [t.organizationId, t.trainingRequestId],
      foreignColumns: [trainingRequests.organizationId, trainingRequests.id],
    }).onDelete('cascade'),
    index('attention_causes_open').on(t.organizationId, t.reason).where(sql`${t.hiddenAt} is null`),
  ],
)
