import { sql } from 'drizzle-orm'
import type { Tx } from '../../db/client.ts'

/**
 * Makes whoever else wants to book, move or revive a session of this trainer wait until the transaction ends.
 *
 * First in the lock order (architecture.md §3: trainer, request, booking, payment), and a statement of its own: read in
 * the statement that waits, the trainer's bookings would be those of before the wait. It keeps inserts from meeting in
 * `bookings_no_overlap` and dying of a deadlock; the constraint itself stays the guarantee.
 */
export async function lockTrainer(tx: Tx, userId: string): Promise<void> {
  // Waiting in line for a popular trainer is no fault: it may take as long as the database lets any statement take. Its
  // short lock_timeout is for the locks that come after.
  await tx.execute(sql`set local lock_timeout = 0`)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('trainer:' || ${userId}::text, 0))`)
  await tx.execute(sql`set local lock_timeout to default`)
}
