import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'

/** Asks for a reason before something that others notice. What it will do is said first; the reason stays if it fails. */
export function ReasonDialog({
  title,
  words,
  confirmLabel,
  keepLabel,
  danger = false,
  reasonRequired = false,
  pending,
  error,
  onConfirm,
  onClose,
}: {
  title: string
  words: string
  confirmLabel: string
  keepLabel: string
  danger?: boolean
  reasonRequired?: boolean
  pending: boolean
  error: unknown
  onConfirm: (reason: string) => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm(reason.trim())
        }}
      >
        <p>{words}</p>
        <Textarea
          mt={16}
          label={reasonRequired ? 'Reason' : 'Reason (optional)'}
          description="It is kept in the history of the request."
          rows={3}
          maxLength={500}
          required={reasonRequired}
          withAsterisk={false}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {error !== null && <ProblemNotice error={error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            {keepLabel}
          </Button>
          <Button type="submit" color={danger ? 'red' : 'blue'} loading={pending}>
            {confirmLabel}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
