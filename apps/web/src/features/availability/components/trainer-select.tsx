import { NativeSelect } from '@mantine/core'
import type { Choice } from './as-customer.tsx'

/** Whose customers are meant; the person themself has an empty id. */
export type TrainerOption = { id: string; name: string }

/** For admins: whose schedule is looked at. */
export function TrainerSelect({
  trainers,
  choice,
  onChoice,
}: {
  trainers: readonly TrainerOption[]
  choice: Choice
  onChoice: (choice: Choice) => void
}) {
  return (
    <NativeSelect
      label="Trainer"
      value={choice.trainerId ?? ''}
      onChange={(event) => {
        const { trainerId: _before, ...rest } = choice
        const trainerId = event.currentTarget.value
        onChoice(trainerId === '' ? rest : { ...rest, trainerId })
      }}
      data={trainers.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}
