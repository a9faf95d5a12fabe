import { Button } from '@mantine/core'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { useNow } from '../../../components/use-now.ts'
import { epochMillis, relativeTime } from '../../../lib/dates.ts'
import { useRetrySideEffect } from '../mutations.ts'
import type { Booking } from '../queries.ts'
import { SIDE_EFFECT_NAMES, SIDE_EFFECT_STATES } from '../words.ts'
import styles from './side-effects.module.css'

/** What Ordinatus did about a booking, each with how it went; what failed for good can be tried again. */
export function SideEffects({ org, booking }: { org: string; booking: Booking }) {
  const retry = useRetrySideEffect(org, booking.id)
  const say = useNote()
  // What has just been done may be younger than the last look at the clock.
  const now = useNow(30_000)
  if (booking.sideEffects.length === 0) {
    return (
      <p className="dim">
        {booking.status === 'pending_payment'
          ? 'Emails, the calendar event and the session link are made once the payment is confirmed.'
          : 'Nothing is recorded here yet.'}
      </p>
    )
  }
  return (
    <>
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      <ul className={styles.list} aria-live="polite">
        {booking.sideEffects.map((effect) => {
          const { label, tone } = SIDE_EFFECT_STATES[effect.state]
          return (
            <li key={effect.id} className={styles.item}>
              <span className={styles.name}>
                {SIDE_EFFECT_NAMES[effect.kind]}
                {effect.state === 'done' && effect.doneAt !== null && (
                  <span className="dim small">
                    {' '}
                    {relativeTime(effect.doneAt, Math.max(now, epochMillis(effect.doneAt)))}
                  </span>
                )}
                {effect.lastError !== null && effect.state !== 'done' && (
                  <span className={styles.error}>{effect.lastError}</span>
                )}
                {effect.state === 'retrying' && effect.nextAttemptAt !== null && (
                  <span className="dim small"> next attempt {relativeTime(effect.nextAttemptAt, now)}</span>
                )}
              </span>
              <StatusBadge tone={tone}>{label}</StatusBadge>
              {(effect.state === 'failed' || effect.state === 'unknown') && (
                <Button
                  variant="default"
                  size="compact-sm"
                  loading={retry.isPending && retry.variables === effect.id}
                  aria-label={`Retry: ${SIDE_EFFECT_NAMES[effect.kind]}`}
                  onClick={() => retry.mutate(effect.id, { onSuccess: () => say('Trying again.') })}
                >
                  Retry
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
