import { useNow } from '../../../components/use-now.ts'
import { dateAndTime, relativeTime } from '../../../lib/dates.ts'
import type { TrainingRequest } from '../queries.ts'
import { paymentWords } from '../words.ts'

/** In a few words, what a claimed request waits for, with the instant that matters. */
export function RequestProgress({
  trainingRequest: { status, schedulingLink, booking, actions },
  timeZone,
}: {
  trainingRequest: Pick<TrainingRequest, 'status' | 'schedulingLink' | 'booking' | 'actions'>
  timeZone: string
}) {
  const now = useNow(30_000)
  if (booking !== null && booking.holdExpiresAt !== null && status === 'pending_payment') {
    return (
      <>
        <span>Held until {dateAndTime(booking.holdExpiresAt, timeZone, now)}</span>
        <span className="dim small">{relativeTime(booking.holdExpiresAt, now)}</span>
      </>
    )
  }
  if (booking !== null && (status === 'pending_payment' || status === 'confirmed')) {
    return (
      <>
        <span>{dateAndTime(booking.start, timeZone, now)}</span>
        <span className="dim small">{relativeTime(booking.start, now)}</span>
        {status === 'pending_payment' && <span className="small">{paymentWords(booking)}</span>}
      </>
    )
  }
  if (schedulingLink !== null && schedulingLink.state === 'live') {
    return (
      <>
        <span>Link sent {relativeTime(schedulingLink.sentAt, now)}</span>
        <span className="dim small">Expires {relativeTime(schedulingLink.expiresAt, now)}</span>
      </>
    )
  }
  if (schedulingLink !== null && schedulingLink.state === 'expired' && actions.sendSchedulingLink.allowed) {
    return <span>Link expired; resend it</span>
  }
  if (actions.sendSchedulingLink.allowed) return <span>Send the scheduling link</span>
  return <span className="dim">–</span>
}
