import { Button } from '@mantine/core'
import { Fact, Facts } from '../../../components/facts.tsx'
import { Moment } from '../../../components/moment.tsx'
import { useNote } from '../../../components/notes.tsx'
import type { TrainingRequest } from '../queries.ts'
import { LINK_STATE_WORDS } from '../words.ts'

/** The link's state: when it was sent and until when it works. The link itself is at hand only right after sending. */
export function SchedulingLinkState({
  link,
  url,
  timeZone,
}: {
  link: NonNullable<TrainingRequest['schedulingLink']>
  url: string | null
  timeZone: string
}) {
  const say = useNote()
  return (
    <div>
      <Facts>
        <Fact name="State">{LINK_STATE_WORDS[link.state]}</Fact>
        <Fact name="Sent at">
          <Moment at={link.sentAt} timeZone={timeZone} />
        </Fact>
        <Fact name={link.state === 'expired' ? 'Expired at' : 'Expires at'}>
          <Moment at={link.expiresAt} timeZone={timeZone} />
        </Fact>
      </Facts>
      {url !== null && (
        <Button
          mt={12}
          variant="default"
          size="compact-md"
          onClick={() => {
            navigator.clipboard.writeText(url).then(
              () => say('Link copied. It is the customer’s own: pass it to nobody else.'),
              () => say('Your browser does not allow copying here'),
            )
          }}
        >
          Copy the link
        </Button>
      )}
    </div>
  )
}
