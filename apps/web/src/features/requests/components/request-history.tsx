import { Timeline, TimelineEntry } from '../../../components/timeline.tsx'
import { dateAndTime } from '../../../lib/dates.ts'
import type { TrainingRequest } from '../queries.ts'

type Entry = TrainingRequest['history'][number]

function doneBy({ kind, name }: Entry['actor']): string {
  if (kind === 'system') return ', automatically'
  if (name !== null && name !== '') return ` by ${name}`
  return ` by ${{ user: 'a member', customer: 'the customer', api_key: 'an API key' }[kind]}`
}

/** Every step of a request: what was done, by whom, when and, where somebody gave one, the reason; newest first. */
export function RequestHistory({ history, timeZone }: { history: Entry[]; timeZone: string }) {
  return (
    <Timeline label="History">
      {[...history].reverse().map((entry, index) => (
        <TimelineEntry key={`${entry.at}-${entry.to}-${String(history.length - index)}`}>
          <p>
            {entry.occasionLabel}
            <span className="dim">{doneBy(entry.actor)}</span>
            {entry.trainer !== null && entry.trainer.id !== entry.actor.id && (
              <span className="dim">, given to {entry.trainer.name}</span>
            )}
          </p>
          {/* Where nobody gave a reason, the API repeats what the step was. */}
          {entry.reason !== null && entry.reason !== '' && entry.reason !== entry.occasionLabel && (
            <p>{entry.reason}</p>
          )}
          <time dateTime={entry.at} className="dim small numbers">
            {dateAndTime(entry.at, timeZone)}
          </time>
        </TimelineEntry>
      ))}
    </Timeline>
  )
}
