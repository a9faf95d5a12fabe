import { dateAndTime, duration, epochMillis } from '../../../lib/dates.ts'
import { cancellationWords } from './words.ts'

export type CancellationPolicy = { kind: 'full' | 'partial' | 'none'; windowHours: number; partialPercent: number }

const HOUR = 3_600_000

/**
 * The cancellation rules in one sentence, with the last moment for a refund as a date once the start is known.
 * `now` is the product's clock: a session that starts within the window gets the sentence that nothing comes back.
 */
export function cancellationRules(
  policy: CancellationPolicy,
  start: string | null,
  timeZone: string,
  now: number,
): string {
  if (policy.kind === 'none') return cancellationWords.rulesNone
  const percent = policy.kind === 'partial' ? policy.partialPercent : 100
  if (start === null) {
    const notice = policy.windowHours === 0 ? null : duration(policy.windowHours * 60)
    if (notice === null) {
      return percent === 100
        ? cancellationWords.rulesFull(cancellationWords.rulesUntilStart)
        : cancellationWords.rulesPartial(percent, cancellationWords.rulesUntilStart)
    }
    return percent === 100
      ? cancellationWords.rulesFullGeneral(notice)
      : cancellationWords.rulesPartialGeneral(percent, notice)
  }
  const deadline = epochMillis(start) - policy.windowHours * HOUR
  if (deadline <= now) return cancellationWords.rulesTooLate
  const until = dateAndTime(deadline, timeZone, now)
  return percent === 100 ? cancellationWords.rulesFull(until) : cancellationWords.rulesPartial(percent, until)
}
