import { sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/organizations.ts'

/**
 * Whether an organization has connected a payment account of its own, for statements that read its row anyway: so the
 * answer is never older than the rest of what they say.
 */
export const hasPaymentAccountSql = sql<boolean>`exists (select from integrations i
  where i.organization_id = ${organizations.id} and i.kind = 'stripe' and i.status = 'connected')`
