import { and, desc, eq, getTableColumns, isNotNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { preparedOnce } from '../../db/prepared.ts'
import { organizations } from '../../db/schema/organizations.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type OrganizationSettings, resolveSettings } from '../../domain/organization-settings.ts'

export type SchedulingTokenRow = typeof schedulingTokens.$inferSelect

/** A scheduling link with the request that it is for and the organization that its holder may turn to. */
export interface SchedulingLinkRow {
  token: SchedulingTokenRow
  trainingRequest: Pick<
    typeof trainingRequests.$inferSelect,
    'id' | 'reference' | 'status' | 'sessionTypeId' | 'claimedByUserId' | 'customerTimeZone'
  >
  settings: OrganizationSettings
}

const { id, reference, status, sessionTypeId, claimedByUserId, customerTimeZone } = getTableColumns(trainingRequests)

function selectLinks(db: Db | Tx) {
  return db
    .select({
      token: schedulingTokens,
      trainingRequest: { id, reference, status, sessionTypeId, claimedByUserId, customerTimeZone },
      settings: organizations.settings,
    })
    .from(schedulingTokens)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, schedulingTokens.organizationId),
        eq(trainingRequests.id, schedulingTokens.trainingRequestId),
      ),
    )
    .innerJoin(organizations, eq(organizations.id, schedulingTokens.organizationId))
    .$dynamic()
}

const linkById = preparedOnce((db) =>
  selectLinks(db)
    .where(
      and(
        eq(schedulingTokens.organizationId, sql.placeholder('organizationId')),
        eq(schedulingTokens.id, sql.placeholder('schedulingTokenId')),
      ),
    )
    .prepare('find_scheduling_link'),
)

const selectLinkByDigest = preparedOnce((db) =>
  selectLinks(db)
    .where(eq(schedulingTokens.digest, sql.placeholder('digest')))
    .prepare('find_scheduling_link_by_digest'),
)

function linkOf(
  row: (Omit<SchedulingLinkRow, 'settings'> & { settings: Partial<OrganizationSettings> }) | undefined,
): SchedulingLinkRow | null {
  return row === undefined ? null : { ...row, settings: resolveSettings(row.settings) }
}

/** A link by its row, with its request as it is now; null when it is not there. */
export async function findSchedulingLink(
  db: Db | Tx,
  scope: OrganizationScope,
  schedulingTokenId: string,
): Promise<SchedulingLinkRow | null> {
  const [row] = await linkById(db).execute({ organizationId: scope.organizationId, schedulingTokenId })
  return linkOf(row)
}

/**
 * The link that a secret's digest belongs to, of whichever organization: the look-up that tells which one the holder may
 * turn to. Null for an unknown one.
 */
export async function linkByDigest(db: Db, digest: Buffer): Promise<SchedulingLinkRow | null> {
  const [row] = await selectLinkByDigest(db).execute({ digest })
  return linkOf(row)
}

/** The latest link that was made for a request, whatever became of it; null when there never was one. */
export async function findLatestSchedulingLink(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<SchedulingLinkRow | null> {
  const [row] = await selectLinks(db)
    .where(
      and(
        eq(schedulingTokens.organizationId, scope.organizationId),
        eq(schedulingTokens.trainingRequestId, trainingRequestId),
      ),
    )
    .orderBy(desc(schedulingTokens.id))
    .limit(1)
  return linkOf(row)
}

/**
 * Makes a scheduling link's row and its secret. The row holds the secret's digest only; the secret itself goes into the
 * answer, and is made again for the mail from row and key (product.md §6).
 *
 * `scheduling_tokens_one_active` refuses a second active one: end the one before first, with the request locked.
 */
export async function insertSchedulingToken(
  tx: Tx,
  deps: Pick<Deps, 'ids' | 'secrets'>,
  scope: OrganizationScope,
  input: { trainingRequestId: string; trainerUserId: string; sentAt: Date; expiresAt: Date },
): Promise<{ id: string; secret: string }> {
  const row = { id: deps.ids.next(), nonce: deps.secrets.randomBytes(16), keyId: deps.secrets.linkKeyId }
  const secret = deps.secrets.linkSecret('scheduling', row)
  await tx.insert(schedulingTokens).values({
    ...row,
    ...input,
    organizationId: scope.organizationId,
    digest: deps.secrets.digest(secret),
  })
  return { id: row.id, secret }
}

/** Which of a customer's wishes a link's row remembers. */
export type WishKind = 'new_link' | 'times' | 'booking_mail'

const WISH_COLUMNS = {
  new_link: 'newLinkRequestedAt',
  times: 'timesRequestedAt',
  booking_mail: 'bookingMailRequestedAt',
} as const

/** When the customer last uttered this wish through any link of the request; null when never. */
export async function findLastWish(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; kind: WishKind },
): Promise<Date | null> {
  const column = schedulingTokens[WISH_COLUMNS[input.kind]]
  const [row] = await db
    .select({ at: column })
    .from(schedulingTokens)
    .where(
      and(
        eq(schedulingTokens.organizationId, scope.organizationId),
        eq(schedulingTokens.trainingRequestId, input.trainingRequestId),
        isNotNull(column),
      ),
    )
    .orderBy(desc(column))
    .limit(1)
  return row?.at ?? null
}

/** Remembers that the customer uttered a wish, and the words that came with it. */
export async function recordWish(
  tx: Tx,
  scope: OrganizationScope,
  input: { schedulingTokenId: string; kind: WishKind; message?: string | null; now: Date },
): Promise<void> {
  await tx
    .update(schedulingTokens)
    .set({
      [WISH_COLUMNS[input.kind]]: input.now,
      ...(input.kind === 'times' ? { timesMessage: input.message ?? null } : {}),
    })
    .where(
      and(eq(schedulingTokens.organizationId, scope.organizationId), eq(schedulingTokens.id, input.schedulingTokenId)),
    )
}
