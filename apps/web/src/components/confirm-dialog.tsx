import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog, DialogButtons } from './dialog.tsx'
import { ProblemNotice } from './problem-notice.tsx'

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({
  title,
  words,
  children,
  confirmLabel,
  keepLabel,
  pending,
  error,
  onConfirm,
  onClose,
}: {
  title: string
  words: string
  children?: ReactNode
  confirmLabel: string
  keepLabel: string
  pending: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{words}</p>
      {children}
      {error !== null && <ProblemNotice error={error} />}
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          {keepLabel}
        </Button>
        <Button color="red" loading={pending} onClick={onConfirm}>
          {confirmLabel}
        </Button>
      </DialogButtons>
    </Dialog>
  )
}
