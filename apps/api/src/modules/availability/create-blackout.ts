import type { Deps } from '../../deps.ts'
import { BLACKOUTS_MAX, blackoutErrors } from '../../domain/blackout.ts'
import { AppError } from '../../errors/app-error.ts'
import { countBlackouts, insertBlackout } from './repository.ts'

/** A stretch of time off as its owner writes it down, in their own zone. */
export interface NewBlackout {
  startDate: string
  /** Inclusive. */
  endDate: string
  /** Both times or neither: whole days. */
  startTime?: string | null
  endTime?: string | null
  reason?: string | null
}

/**
 * Takes time off for the person, in every organization. Answers its id. Sessions already booked in it stay booked.
 *
 * Refuses `validation_failed` for dates or times in the wrong order, one time without the other, and beyond
 * {@link BLACKOUTS_MAX} blackouts.
 */
export async function createBlackout(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { userId: string; blackout: NewBlackout },
): Promise<string> {
  const { userId, blackout } = input
  const span = {
    startDate: blackout.startDate,
    endDate: blackout.endDate,
    startTime: blackout.startTime ?? null,
    endTime: blackout.endTime ?? null,
  }
  const errors = blackoutErrors(span).map(({ pointer, message }) => ({ pointer, message: `${message}.` }))
  if (errors.length > 0) throw new AppError('validation_failed', { errors })
  // Two at once may pass by one; the limit only keeps the number sane.
  if ((await countBlackouts(deps.db, userId)) >= BLACKOUTS_MAX) {
    const message = `There are ${BLACKOUTS_MAX} blackouts already. Remove one first.`
    throw new AppError('validation_failed', { detail: message, errors: [{ pointer: '', message }] })
  }
  const id = deps.ids.next()
  await insertBlackout(deps.db, {
    id,
    userId,
    startDate: span.startDate,
    endDate: span.endDate,
    startLocalTime: span.startTime,
    endLocalTime: span.endTime,
    reason: blackout.reason?.trim() ?? null,
    createdAt: deps.clock.now(),
  })
  return id
}
