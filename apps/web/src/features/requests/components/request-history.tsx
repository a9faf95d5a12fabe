import { Timeline, TimelineEntry } from '../../../components/timeline.tsx'
import { dateAndTime } from '../../../lib/dates.ts'
import type { RequestStatus, TrainingRequest } from '../queries.ts'
import { STATUS_LABELS } from '../words.ts'

type Entry = TrainingRequest['history'][number]

function actorName({ kind, name }: Entry['actor']): string {
  if (name !== null && name !== '') return name
  return { user: 'A member', customer: 'The customer', system: 'Ordinatus', api_key: 'An API key' }[kind]
}

function label(status: RequestStatus | null): string {
  return status === null ? 'Received' : STATUS_LABELS[status]
}

/** Every step of a request: who, when, what it became and why; newest first. */
export function RequestHistory({ history, timeZone }: { history: Entry[]; timeZone: string }) {
  return (
    <Timeline label="History">
      {[...history].reverse().map((entry, index) => (
        <TimelineEntry key={`${entry.at}-${entry.to}-${String(history.length - index)}`}>
          <p>
            {entry.from === entry.to ? `${label(entry.to)}, again` : label(entry.to)}
            <span className="dim"> by {actorName(entry.actor)}</span>
            {entry.trainer !== null && entry.trainer.id !== entry.actor.id && (
              <span className="dim">, given to {entry.trainer.name}</span>
            )}
          </p>
          {entry.reason !== null && entry.reason !== '' && <p>{entry.reason}</p>}
          <time dateTime={entry.at} className="dim small numbers">
            {dateAndTime(entry.at, timeZone)}
          </time>
        </TimelineEntry>
      ))}
    </Timeline>
  )
}
