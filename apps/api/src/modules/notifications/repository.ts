import { and, desc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { forms, formVersions } from '../../db/schema/forms.ts'
import { mails } from '../../db/schema/notifications.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { SideEffectState } from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { MailTemplate } from './templates/mail-facts.ts'

export type MailRow = Omit<typeof mails.$inferSelect, 'template'> & { template: MailTemplate }

/** States in which a mail may be sent: waiting for it, or left in the middle by a process that died. */
const SENDABLE_STATES = ['queued', 'retrying', 'running'] as const satisfies readonly SideEffectState[]
/** Adds mails that follow from an event, each once; answers those that are new. */
export async function insertMails(
  tx: Tx,
  scope: OrganizationScope,
  rows: readonly (Omit<typeof mails.$inferInsert, 'organizationId' | 'template'> & { template: MailTemplate })[],
): Promise<MailRow[]> {
  if (rows.length === 0) return []
  const inserted = await tx
    .insert(mails)
    .values(rows.map((row) => ({ ...row, organizationId: scope.organizationId })))
    .onConflictDoNothing({ target: [mails.eventId, mails.template, mails.recipient, mails.recipientUserId] })
    .returning()
  return inserted as MailRow[]
}

/**
 * Begins one try of a mail: running, one attempt more. Null when it is not due, or over. The job knows the row's id only,
 * so this look-up names no organization.
 */
export async function beginMail(db: Db | Tx, mailId: string, now: Date): Promise<MailRow | null> {
  const [row] = await db
    .update(mails)
    .set({ state: 'running', attempts: sql`${mails.attempts} + 1`, nextAttemptAt: null })
    .where(
      and(
        eq(mails.id, mailId),
        inArray(mails.state, [...SENDABLE_STATES]),
        or(isNull(mails.nextAttemptAt), lte(mails.nextAttemptAt, now)),
      ),
    )
    .returning()
  return (row as MailRow | undefined) ?? null
}

/** Writes down what became of a mail; answers whether it was still in one of the given states. */
export async function updateMail(
  tx: Tx,
  scope: OrganizationScope,
  change: {
    mailId: string
    from: readonly SideEffectState[]
    set: Partial<Pick<MailRow, 'state' | 'attempts' | 'lastError' | 'nextAttemptAt' | 'doneAt' | 'linkFollows'>>
  },
): Promise<boolean> {
  const rows = await tx
    .update(mails)
    .set(change.set)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.id, change.mailId),
        inArray(mails.state, [...change.from]),
      ),
    )
    .returning({ id: mails.id })
  return rows.length > 0
}

/** Reads a mail that counts among a booking's side effects; null when it is not there. */
export async function findMailOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { bookingId: string; mailId: string },
): Promise<MailRow | null> {
  const [row] = await db
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.bookingId, input.bookingId),
        eq(mails.id, input.mailId),
      ),
    )
  return (row as MailRow | undefined) ?? null
}

/** The mails to a booking's customer that carry its calendar object, oldest first. */
export async function listCalendarMails(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<MailRow[]> {
  const rows = await db
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.bookingId, bookingId),
        sql`${mails.calendarSequence} is not null`,
      ),
    )
    .orderBy(mails.id)
  return rows as MailRow[]
}

/** Takes the mails, of every organization, whose time has come: they wait for nothing more. */
export async function takeWaitingMails(tx: Tx, input: { now: Date; limit: number }): Promise<{ id: string }[]> {
  const due = await tx
    .select({ id: mails.id })
    .from(mails)
    .where(and(inArray(mails.state, ['queued', 'retrying']), lte(mails.nextAttemptAt, input.now)))
    .orderBy(mails.nextAttemptAt)
    .limit(input.limit)
    .for('update', { skipLocked: true })
  if (due.length === 0) return []
  return tx
    .update(mails)
    .set({ nextAttemptAt: null })
    .where(
      inArray(
        mails.id,
        due.map((row) => row.id),
      ),
    )
    .returning({ id: mails.id })
}

/** Lets a mail that waits for something go now; answers whether it was waiting. */
export async function releaseMail(tx: Tx, scope: OrganizationScope, mailId: string): Promise<boolean> {
  const rows = await tx
    .update(mails)
    .set({ nextAttemptAt: null })
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.id, mailId),
        eq(mails.state, 'queued'),
        sql`${mails.nextAttemptAt} is not null`,
      ),
    )
    .returning({ id: mails.id })
  return rows.length > 0
}

/** The form that a request answered. */
export async function findFormOfRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<string | null> {
  const [row] = await db
    .select({ formId: forms.id })
    .from(trainingRequests)
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, trainingRequests.organizationId),
        eq(formVersions.id, trainingRequests.formVersionId),
      ),
    )
    .innerJoin(forms, and(eq(forms.organizationId, formVersions.organizationId), eq(forms.id, formVersions.formId)))
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.id, trainingRequestId)))
  return row?.formId ?? null
}

/**
 * When the latest mails of this kind about a form's requests were or will be due, after `since`, the latest first. Call
 * it under the form's lock.
 */
export async function listDueTimesOfForm(
  tx: Tx,
  scope: OrganizationScope,
  input: { formId: string; template: 'new_request' | 'notifications_delayed'; since: Date; limit: number },
): Promise<Date[]> {
  const dueAt = sql<Date>`coalesce(${mails.sendAfter}, ${mails.createdAt})`.mapWith(mails.createdAt)
  const rows = await tx
    .select({ dueAt })
    .from(mails)
    .innerJoin(
      trainingRequests,
      and(eq(trainingRequests.organizationId, mails.organizationId), eq(trainingRequests.id, mails.trainingRequestId)),
    )
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, trainingRequests.organizationId),
        eq(formVersions.id, trainingRequests.formVersionId),
      ),
    )
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        // Named in the statement itself, so that the partial index of that kind can serve it.
        input.template === 'new_request' ? sql`${mails.template} = 'new_request'` : eq(mails.template, input.template),
        gt(dueAt, sql.param(input.since, mails.createdAt)),
        eq(formVersions.formId, input.formId),
      ),
    )
    .orderBy(desc(dueAt))
    .limit(input.limit)
  return rows.map((row) => row.dueAt)
}

/** Makes everybody else who counts this form's mails wait until the transaction ends. */
export async function lockFormMails(tx: Tx, formId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('form-mails:' || ${formId}::text, 0))`)
}
