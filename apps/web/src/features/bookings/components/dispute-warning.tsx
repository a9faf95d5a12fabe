import { Notice } from '../../../components/problem-notice.tsx'
import type { Booking } from '../queries.ts'

/** Warns before money goes back that the customer may get from their bank as well. An inquiry has taken none, and is settled by a refund. */
export function DisputeWarning({
  booking,
  words,
}: {
  booking: Pick<Booking, 'disputes'>
  /** What can be done instead, where there is anything. */
  words?: string | undefined
}) {
  if (!booking.disputes.some(({ status, isInquiry }) => status === 'open' && !isInquiry)) return null
  return (
    <Notice tone="amber" title="This payment is disputed">
      <p>The customer has asked their bank for it. If the bank decides for them, a refund from here pays twice.</p>
      {words !== undefined && <p>{words}</p>}
    </Notice>
  )
}
