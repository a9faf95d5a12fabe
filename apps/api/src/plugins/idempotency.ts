import { createHash } from 'node:crypto'
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Db, inTransaction, type Tx } from '../db/client.ts'
import { idempotentAnswers } from '../db/schema/events.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../errors/app-error.ts'

/** What a command answers: kept and given again, byte for byte, when the same key comes again. */
export interface Answer<Body> {
  status: 200 | 201 | 202 | 204
  body: Body
}

/** How long an answer is kept (api.md "Idempotency-Key"). */
export const KEPT_HOURS = 72
/** A vendor command that has been running for longer than this lost its process; its twin may take over. */
const RUNNING_AT_MOST_MILLISECONDS = 60_000

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || key.length < 1 || key.length > 255)
    throw new AppError('malformed_request', { detail: 'Idempotency-Key must be 1 to 255 characters.' })
  return key
}

function sha256(...parts: string[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest()
}

function callerKeyOf(request: FastifyRequest): string {
  if (request.link !== null)
    return request.link.kind === 'scheduling'
      ? `link:${request.link.schedulingTokenId}`
      : `link:${request.link.bookingTokenId}`
  const organizationId = request.scope?.organizationId ?? '-'
  if (request.caller?.kind === 'api_key') return `key:${request.caller.keyId}`
  if (request.accessTokenPayload !== null) return `user:${request.accessTokenPayload.sub}:${organizationId}`
  return `public:${JSON.stringify(request.params)}`
}

interface Slot {
  scopeDigest: Buffer
  key: string
  bodyDigest: Buffer
  sealContext: string
}

function slotOf(request: FastifyRequest, key: string): Slot {
  const operation = `${request.method} ${request.routeOptions.url}`
  const scopeDigest = sha256(callerKeyOf(request), operation)
  return {
    scopeDigest,
    key,
    bodyDigest: sha256(
      JSON.stringify(request.params ?? null),
      JSON.stringify(request.query ?? null),
      JSON.stringify(request.body ?? null),
    ),
    sealContext: `idempotent-answer:${scopeDigest.toString('base64url')}:${key}`,
  }
}

async function keptAnswer(deps: Pick<Deps, 'clock' | 'secrets'>, db: Db | Tx, slot: Slot) {
  const [row] = await db
    .select()
    .from(idempotentAnswers)
    .where(and(eq(idempotentAnswers.scopeDigest, slot.scopeDigest), eq(idempotentAnswers.key, slot.key)))
  if (row === undefined || row.expiresAt <= deps.clock.unmoved()) return null
  if (!row.bodyDigest.equals(slot.bodyDigest)) throw new AppError('idempotency_key_reused')
  if (row.status === null || row.bodySealed === null) return { running: true as const, since: row.createdAt }
  const body: unknown = JSON.parse(deps.secrets.open(row.bodySealed, slot.sealContext).toString('utf8'))
  return { running: false as const, status: row.status, body }
}

async function keep(
  deps: Pick<Deps, 'clock' | 'secrets'>,
  db: Db | Tx,
  slot: Slot,
  answer: Answer<unknown> | null,
): Promise<void> {
  const now = deps.clock.unmoved()
  const values = {
    bodyDigest: slot.bodyDigest,
    status: answer?.status ?? null,
    bodySealed: answer === null ? null : deps.secrets.seal(JSON.stringify(answer.body ?? null), slot.sealContext),
    createdAt: now,
    expiresAt: new Date(now.getTime() + KEPT_HOURS * 3_600_000),
  }
  await db
    .insert(idempotentAnswers)
    .values({ scopeDigest: slot.scopeDigest, key: slot.key, ...values })
    .onConflictDoUpdate({ target: [idempotentAnswers.scopeDigest, idempotentAnswers.key], set: values })
}

function inProgress(): AppError {
  return new AppError('idempotency_in_progress', { retryAfterSeconds: 1 })
}

async function tryLock(tx: Tx, slot: Slot): Promise<void> {
  const lockName = `idempotency:${slot.scopeDigest.toString('base64url')}:${slot.key}`
  const [row] = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${lockName}, 0)) as locked`,
  )
  if (row?.locked !== true) throw inProgress()
}

/**
 * Runs one state-changing POST, once per Idempotency-Key.
 *
 * Without a key it simply runs. With one, effect and answer are one transaction: the same key and body get the same
 * status and body again (`Idempotent-Replayed: true`); another body is refused with 422 `idempotency_key_reused`, a twin
 * that is still running with 409 `idempotency_in_progress`. Refusals are not kept, so a repeat is judged afresh.
 */
export async function command<Body>(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  run: (deps: Deps) => Promise<Answer<Body>>,
): Promise<Body> {
  const key = keyOf(request)
  if (key === null) {
    const answer = await run(deps)
    reply.code(answer.status)
    return answer.body
  }
  const slot = slotOf(request, key)
  return inTransaction(deps.db, async (tx) => {
    await tryLock(tx, slot)
    const kept = await keptAnswer(deps, tx, slot)
    if (kept?.running === true) throw inProgress()
    if (kept !== null) {
      reply.code(kept.status).header('idempotent-replayed', 'true')
      return kept.body as Body
    }
    const answer = await run({ ...deps, db: tx })
    await keep(deps, tx, slot, answer)
    reply.code(answer.status)
    return answer.body
  })
}

/**
 * Like {@link command}, for one that must ask a vendor in between: no transaction spans the call. It commits its local
 * effect first and is repeatable by its own nature, so the key only saves the answer and keeps twins apart.
 */
export async function vendorCommand<Body>(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  run: (deps: Deps) => Promise<Answer<Body>>,
): Promise<Body> {
  const key = keyOf(request)
  if (key === null) {
    const answer = await run(deps)
    reply.code(answer.status)
    return answer.body
  }
  const slot = slotOf(request, key)
  const kept = await inTransaction(deps.db, async (tx) => {
    await tryLock(tx, slot)
    const found = await keptAnswer(deps, tx, slot)
    if (
      found?.running === true &&
      deps.clock.unmoved().getTime() - found.since.getTime() < RUNNING_AT_MOST_MILLISECONDS
    )
      throw inProgress()
    if (found !== null && !found.running) return found
    await keep(deps, tx, slot, null)
    return null
  })
  if (kept !== null) {
    reply.code(kept.status).header('idempotent-replayed', 'true')
    return kept.body as Body
  }
  try {
    const answer = await run(deps)
    await keep(deps, deps.db, slot, answer)
    reply.code(answer.status)
    return answer.body
  } catch (error) {
    await deps.db
      .delete(idempotentAnswers)
      .where(
        and(
          eq(idempotentAnswers.scopeDigest, slot.scopeDigest),
          eq(idempotentAnswers.key, slot.key),
          sql`${idempotentAnswers.status} is null`,
        ),
      )
    throw error
  }
}

/** Forgets answers older than {@link KEPT_HOURS}; returns how many. */
export async function forgetOldAnswers(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const rows = await deps.db
    .delete(idempotentAnswers)
    .where(
      and(
        isNotNull(idempotentAnswers.expiresAt),
        sql`${idempotentAnswers.expiresAt} <= ${sql.param(deps.clock.unmoved(), idempotentAnswers.expiresAt)}`,
      ),
    )
    .returning({ key: idempotentAnswers.key })
  return rows.length
}
