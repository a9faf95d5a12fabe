import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { trainersQuery } from '../../team/queries.ts'
import { useAssignRequest } from '../mutations.ts'
import type { TrainingRequest } from '../queries.ts'

/** Gives a request to a trainer of the admin's choice; missing skills are named, and are no obstacle. */
export default function AssignDialog({
  org,
  trainingRequest,
  onClose,
}: {
  org: string
  trainingRequest: TrainingRequest
  onClose: () => void
}) {
  const trainers = useQuery(trainersQuery(org))
  const assign = useAssignRequest(org, trainingRequest.id)
  const say = useNote()
  const [trainerId, setTrainerId] = useState('')
  const [reason, setReason] = useState('')
  const chosen = trainers.data?.find(({ userId }) => userId === trainerId)
  const missing =
    chosen === undefined ? [] : trainingRequest.requiredSkills.filter((skill) => !chosen.skills.includes(skill))

  return (
    <Dialog
      title={trainingRequest.claimedBy === null ? 'Assign to a trainer' : 'Assign to another trainer'}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          assign.mutate(
            { trainerId, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
            {
              onSuccess: (updated) => {
                say(`${updated.reference} assigned to ${updated.claimedBy?.name ?? 'the trainer'}`)
                onClose()
              },
            },
          )
        }}
      >
        <p>
          {trainingRequest.claimedBy === null
            ? 'The trainer gets a mail and goes on from Claimed by Trainer.'
            : `${trainingRequest.claimedBy.name} no longer has it, a link that was sent stops working, and both trainers get a mail.`}
        </p>
        {trainers.isError && <ProblemNotice error={trainers.error} onRetry={() => void trainers.refetch()} />}
        <NativeSelect
          mt={16}
          label="Trainer"
          required
          withAsterisk={false}
          // Not disabled while the trainers are read: a dialog opens with the focus on its first field that is not.
          aria-busy={trainers.isPending}
          value={trainerId}
          onChange={(event) => setTrainerId(event.currentTarget.value)}
          data={[
            { value: '', label: trainers.isPending ? 'Loading…' : 'Choose a trainer', disabled: true },
            ...(trainers.data ?? [])
              .filter(({ userId }) => userId !== trainingRequest.claimedBy?.id)
              .map(({ userId, name }) => ({ value: userId, label: name })),
          ]}
        />
        {missing.length > 0 && (
          <Notice tone="amber" title="Skills are missing">
            <p>
              {chosen?.name} does not have: {missing.join(', ')}. You can assign it all the same.
            </p>
          </Notice>
        )}
        <Textarea
          mt={16}
          label="Reason (optional)"
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {assign.error !== null && <ProblemNotice error={assign.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Keep as it is
          </Button>
          <Button type="submit" loading={assign.isPending} disabled={trainerId === ''}>
            Assign
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
