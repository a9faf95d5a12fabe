import { and, asc, eq, notExists, sql } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { events } from '../../db/schema/events.ts'
import { organizations } from '../../db/schema/organizations.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { ORGANIZATION_SETTINGS } from '../../domain/organization-settings.ts'

const BOOKINGS_PER_TURN = 100

/**
 * A payment that its trainer has not confirmed for as long as the organization says (`paidReminderMinutes`, an hour at
 * first) is brought to the trainer's mind once more: the event from which the mail follows, once per booking. Answers how
 * many. At the very instant it is due.
 */
export async function remindToConfirm(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    // One reminder at a time, and a look that begins after the one before has committed.
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended('remind-to-confirm', 0)) as held`,
    )
    if (lock?.held !== true) return 0
    const minutes = sql`coalesce((${organizations.settings} ->> 'paidReminderMinutes')::int, ${ORGANIZATION_SETTINGS.paidReminderMinutes.default})`
    const reminded = tx
      .select({ id: events.id })
      .from(events)
      .where(
        and(
          eq(events.organizationId, bookings.organizationId),
          eq(events.trainingRequestId, bookings.trainingRequestId),
          eq(events.bookingId, bookings.id),
          eq(events.name, 'payment_confirmation_overdue'),
        ),
      )
    const due = await tx
      .select({
        id: bookings.id,
        organizationId: bookings.organizationId,
        trainingRequestId: bookings.trainingRequestId,
        trainerUserId: bookings.trainerUserId,
        status: bookings.status,
      })
      .from(bookings)
      .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
      .where(
        and(
          eq(bookings.status, 'pending_payment'),
          eq(bookings.paymentStatus, 'paid'),
          sql`${bookings.paidAt} + make_interval(mins => ${minutes}) <= ${sql.param(now, bookings.paidAt)}`,
          notExists(reminded),
        ),
      )
      .orderBy(asc(bookings.paidAt))
      .limit(BOOKINGS_PER_TURN)
      // One that is being confirmed at this moment needs no reminder.
      .for('update', { of: bookings, skipLocked: true })
    for (const booking of due)
      await appendEvent(tx, deps, {
        organizationId: booking.organizationId,
        actor: actorOf(SYSTEM),
        now,
        event: {
          name: 'payment_confirmation_overdue',
          payload: {
            requestId: booking.trainingRequestId,
            bookingId: booking.id,
            status: booking.status,
            trainerId: booking.trainerUserId,
          },
        },
      })
    return due.length
  })
}
