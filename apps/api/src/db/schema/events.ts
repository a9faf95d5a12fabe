import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Actor } from '../../domain/caller.ts'
import type { EventName, EventPayload } from '../../domain/events.ts'
import { bytes, id, instant } from './columns.ts'

/**
 * What happened, written in the transaction in which it happened. The relay turns rows into jobs and numbers them in the
 * order of its own commits (`relayedSequence`), so that a reader who has seen number n will never see a smaller one.
 */
export const events = pgTable(
  'events',
  {
    id: id(),
    /** Null for what concerns a person and no organization. */
    organizationId: uuid(),
    name: text().$type<EventName>().notNull(),
    trainingRequestId: uuid(),
    bookingId: uuid(),
    actor: jsonb().$type<Actor>().notNull(),
    /** Ids and statuses only: no secret, no personal datum. */
    payload: jsonb().$type<EventPayload>().notNull(),
    occurredAt: instant().notNull(),
    relayedSequence: bigint({ mode: 'number' }),
    relayedAt: instant(),
  },
  (t) => [
    index('events_unrelayed').on(t.id).where(sql`${t.relayedSequence} is null`),
    index('events_relayed').on(t.relayedSequence),
    index('events_of_request').on(t.organizationId, t.trainingRequestId, t.id),
  ],
)

/** Answers kept for repeated commands (api.md "Idempotency-Key"), sealed, for 72 hours. */
export const idempotentAnswers = pgTable(
  'idempotent_answers',
  {
    /** SHA-256 over caller scope and operation. */
    scopeDigest: bytes().notNull(),
    key: text().notNull(),
    bodyDigest: bytes().notNull(),
    /** Null while a command that calls a vendor is still running. */
    status: integer(),
    bodySealed: bytes(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.scopeDigest, t.key] }), index('idempotent_answers_ending').on(t.expiresAt)],
)
