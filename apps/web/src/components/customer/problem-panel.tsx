import { problemText } from '../../lib/problem-text.ts'
import { Button } from './button.tsx'
import { AlertIcon } from './icons.tsx'
import { StatusPanel } from './status-panel.tsx'

type ProblemPanelProps = {
  error: unknown
  retryLabel: string
  requestLabel: string
  retrying: boolean
  onRetry: () => void
}

/** The page when what it is about could not be read: what happened, one button, the id that support can look up. */
export function ProblemPanel({ error, retryLabel, requestLabel, retrying, onRetry }: ProblemPanelProps) {
  const { title, advice, requestId } = problemText(error)
  return (
    <StatusPanel
      icon={<AlertIcon />}
      title={title}
      tone="warning"
      actions={
        <Button onClick={onRetry} busy={retrying}>
          {retryLabel}
        </Button>
      }
    >
      <p>{advice}</p>
      {requestId ? (
        <p>
          {requestLabel} <code>{requestId}</code>
        </p>
      ) : null}
    </StatusPanel>
  )
}
