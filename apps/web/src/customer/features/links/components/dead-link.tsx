import { Button, ButtonLink } from '../../../../components/customer/button.tsx'
import { CheckIcon, LinkOffIcon, MailIcon } from '../../../../components/customer/icons.tsx'
import { StatusPanel } from '../../../../components/customer/status-panel.tsx'
import { problemText } from '../../../../lib/problem-text.ts'
import { organizationWords } from '../../organizations/words.ts'
import { useRequestBookingMail, useRequestNewLink } from '../../scheduling/mutations.ts'
import type { LinkProblem, Organization } from '../link-problem.ts'
import { linkWords } from '../words.ts'

type DeadLinkProps = { schedulingToken: string; problem: LinkProblem; organization: Organization | null }

/** A link that no longer opens a choice of times: what happened, one button, whom to ask. */
export function DeadLink({ schedulingToken, problem, organization }: DeadLinkProps) {
  switch (problem) {
    case 'link_expired':
    case 'link_replaced':
      return <NewLinkOffer schedulingToken={schedulingToken} problem={problem} />
    case 'request_closed':
      return (
        <StatusPanel
          icon={<LinkOffIcon />}
          title={linkWords.closedTitle}
          actions={
            organization ? (
              <ButtonLink href={`mailto:${organization.supportEmail}`}>{organizationWords.contact}</ButtonLink>
            ) : null
          }
        >
          <p>{linkWords.closedText}</p>
          {organization ? null : <p>{linkWords.replyToMail}</p>}
        </StatusPanel>
      )
    case 'link_used':
      return <BookingMailOffer schedulingToken={schedulingToken} />
    case 'link_not_found':
      return (
        <StatusPanel icon={<LinkOffIcon />} title={linkWords.unknownTitle}>
          <p>{linkWords.unknownText}</p>
          <p>{linkWords.unknownHelp}</p>
        </StatusPanel>
      )
  }
}

type NewLinkOfferProps = { schedulingToken: string; problem: 'link_expired' | 'link_replaced' }

function NewLinkOffer({ schedulingToken, problem }: NewLinkOfferProps) {
  const requestNewLink = useRequestNewLink(schedulingToken)
  if (requestNewLink.data) {
    return (
      <StatusPanel icon={<MailIcon />} title={linkWords.linkAskedTitle} tone="success" takesFocus>
        <p>{requestNewLink.data.message}</p>
      </StatusPanel>
    )
  }
  const [title, text] =
    problem === 'link_expired'
      ? [linkWords.expiredTitle, linkWords.expiredText]
      : [linkWords.replacedTitle, linkWords.replacedText]
  return (
    <StatusPanel
      icon={<ClockOrNewer problem={problem} />}
      title={title}
      tone="warning"
      actions={
        <Button onClick={() => requestNewLink.run(undefined).catch(() => undefined)} busy={requestNewLink.isPending}>
          {linkWords.askForLink}
        </Button>
      }
    >
      <p>{text}</p>
      <Refusal error={requestNewLink.error} />
    </StatusPanel>
  )
}

function BookingMailOffer({ schedulingToken }: { schedulingToken: string }) {
  const requestBookingMail = useRequestBookingMail(schedulingToken)
  if (requestBookingMail.data) {
    return (
      <StatusPanel icon={<MailIcon />} title={linkWords.bookingMailedTitle} tone="success" takesFocus>
        <p>{requestBookingMail.data.message}</p>
      </StatusPanel>
    )
  }
  return (
    <StatusPanel
      icon={<CheckIcon />}
      title={linkWords.usedTitle}
      tone="success"
      actions={
        <Button
          onClick={() => requestBookingMail.run(undefined).catch(() => undefined)}
          busy={requestBookingMail.isPending}
        >
          {linkWords.mailBooking}
        </Button>
      }
    >
      <p>{linkWords.usedText}</p>
      <Refusal error={requestBookingMail.error} />
    </StatusPanel>
  )
}

/** Why the one button of the page has led to nothing. */
function Refusal({ error }: { error: unknown }) {
  if (!error) return null
  const { title, advice } = problemText(error)
  return (
    <p role="alert">
      {title}. {advice}
    </p>
  )
}

function ClockOrNewer({ problem }: { problem: NewLinkOfferProps['problem'] }) {
  return problem === 'link_expired' ? <LinkOffIcon /> : <MailIcon />
}
