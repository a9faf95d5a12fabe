import { and, count, eq } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { availabilityRules, blackouts } from '../../db/schema/availability.ts'

export type AvailabilityRuleRow = typeof availabilityRules.$inferSelect
export type BlackoutRow = typeof blackouts.$inferSelect

/*
 * Rules and blackouts belong to the person, in every organization (product.md §1): the person's id is the scope here.
 */

export async function countAvailabilityRules(db: Db | Tx, userId: string): Promise<number> {
  const [row] = await db.select({ rules: count() }).from(availabilityRules).where(eq(availabilityRules.userId, userId))
  return row?.rules ?? 0
}

export async function insertAvailabilityRule(db: Db | Tx, rule: AvailabilityRuleRow): Promise<void> {
  await db.insert(availabilityRules).values(rule)
}

function isRuleOf(userId: string, ruleId: string) {
  return and(eq(availabilityRules.userId, userId), eq(availabilityRules.id, ruleId))
}

/** One of the person's rules, locked until the transaction ends; null when they have no such rule. */
export async function findAvailabilityRuleForUpdate(
  tx: Tx,
  userId: string,
  ruleId: string,
): Promise<AvailabilityRuleRow | null> {
  const [row] = await tx.select().from(availabilityRules).where(isRuleOf(userId, ruleId)).for('update')
  return row ?? null
}

export async function updateAvailabilityRuleRow(
  tx: Tx,
  userId: string,
  ruleId: string,
  changes: Omit<AvailabilityRuleRow, 'id' | 'userId' | 'createdAt'>,
): Promise<void> {
  await tx.update(availabilityRules).set(changes).where(isRuleOf(userId, ruleId))
}

/** Answers whether the person had such a rule. */
export async function deleteAvailabilityRuleRow(db: Db | Tx, userId: string, ruleId: string): Promise<boolean> {
  const rows = await db
    .delete(availabilityRules)
    .where(isRuleOf(userId, ruleId))
    .returning({ id: availabilityRules.id })
  return rows.length > 0
}

export async function countBlackouts(db: Db | Tx, userId: string): Promise<number> {
  const [row] = await db.select({ blackouts: count() }).from(blackouts).where(eq(blackouts.userId, userId))
  return row?.blackouts ?? 0
}

export async function insertBlackout(db: Db | Tx, blackout: BlackoutRow): Promise<void> {
  await db.insert(blackouts).values(blackout)
}

/** Answers whether the person had such a blackout. */
export async function deleteBlackoutRow(db: Db | Tx, userId: string, blackoutId: string): Promise<boolean> {
  const rows = await db
    .delete(blackouts)
    .where(and(eq(blackouts.userId, userId), eq(blackouts.id, blackoutId)))
    .returning({ id: blackouts.id })
  return rows.length > 0
}
