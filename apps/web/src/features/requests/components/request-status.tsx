import { StatusBadge } from '../../../components/status-badge.tsx'
import type { TrainingRequest } from '../queries.ts'
import { ATTENTION_LABEL, STATUS_TONE } from '../words.ts'

/** A request's status, with the flag of a stuck one beside it. */
export function RequestStatusBadge({
  trainingRequest: { status, statusLabel, attention },
}: {
  trainingRequest: Pick<TrainingRequest, 'status' | 'statusLabel' | 'attention'>
}) {
  return (
    <>
      <StatusBadge tone={STATUS_TONE[status]}>{statusLabel}</StatusBadge>
      {attention !== null && <StatusBadge tone="red">{ATTENTION_LABEL}</StatusBadge>}
    </>
  )
}
