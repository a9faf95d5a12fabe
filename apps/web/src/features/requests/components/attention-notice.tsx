import type { ReactNode } from 'react'
import { Notice } from '../../../components/problem-notice.tsx'
import { dateAndTime } from '../../../lib/dates.ts'
import type { TrainingRequest } from '../queries.ts'
import { ATTENTION_ADVICE, ATTENTION_LABEL, ATTENTION_WORDS } from '../words.ts'

/** Why a request is stuck, since when, and what helps. */
export function AttentionNotice({
  attention,
  timeZone,
  children,
}: {
  attention: NonNullable<TrainingRequest['attention']>
  timeZone: string
  children?: ReactNode
}) {
  return (
    <Notice tone="amber" title={ATTENTION_LABEL}>
      <p>{ATTENTION_WORDS[attention.reason]}</p>
      <p>{ATTENTION_ADVICE[attention.reason]}</p>
      <p className="dim small">Since {dateAndTime(attention.since, timeZone)}</p>
      {children}
    </Notice>
  )
}
