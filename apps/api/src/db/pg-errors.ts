/** The parts of a PostgreSQL error that decide what it means to the caller. */
export interface PgError {
  code: string
  constraint: string | null
}

/** Finds the PostgreSQL error inside whatever the driver or the ORM wrapped around it; null for any other error. */
export function pgErrorOf(error: unknown): PgError | null {
  let current = error
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const candidate = current as { code?: unknown; constraint_name?: unknown; cause?: unknown }
    if (typeof candidate.code === 'string' && /^[0-9A-Z]{5}$/.test(candidate.code))
      return {
        code: candidate.code,
        constraint: typeof candidate.constraint_name === 'string' ? candidate.constraint_name : null,
      }
    current = candidate.cause
  }
  return null
}

/** True when the database refused to let two live bookings of one trainer overlap, or broke a tie between two. */
export function isSlotConflict(error: unknown): boolean {
  const pg = pgErrorOf(error)
  // 23P01 exclusion_violation; 40P01 deadlock_detected: two inserts waited for each other, one was chosen to lose.
  return pg !== null && ((pg.code === '23P01' && pg.constraint === 'bookings_no_overlap') || pg.code === '40P01')
}

/** True when a unique constraint of that name refused the row. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const pg = pgErrorOf(error)
  return pg !== null && pg.code === '23505' && pg.constraint === constraint
}

/**
 * True when the database cannot serve just now: lock and statement timeouts (55P03, 57014), shutdown and start-up
 * (57P01–57P03), a deadlock it had to break (40P01), lost connections (class 08) and driver-level connection errors. Answered with 503 and Retry-After.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const pg = pgErrorOf(error)
  if (
    pg !== null &&
    (/^08/.test(pg.code) || ['40P01', '55P03', '57014', '57P01', '57P02', '57P03', '53300'].includes(pg.code))
  )
    return true
  let current = error
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const code = (current as { code?: unknown }).code
    if (
      typeof code === 'string' &&
      [
        'ECONNREFUSED',
        'ECONNRESET',
        'EPIPE',
        'ETIMEDOUT',
        'CONNECTION_CLOSED',
        'CONNECTION_ENDED',
        'CONNECTION_DESTROYED',
        'CONNECT_TIMEOUT',
      ].includes(code)
    )
      return true
    current = (current as { cause?: unknown }).cause
  }
  return false
}
