import { Button, ButtonLink } from '../../../../components/customer/button.tsx'
import { CheckIcon, LinkOffIcon, MailIcon } from '../../../../components/customer/icons.tsx'
import { StatusPanel } from '../../../../components/customer/status-panel.tsx'
import { problemText } from '../../../../lib/problem-text.ts'
import { organizationWords } from '../../organizations/words.ts'
import { useRequestNewLink } from '../../scheduling/mutations.ts'
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
      return (
        <StatusPanel icon={<CheckIcon />} title={linkWords.usedTitle} tone="success">
          <p>{linkWords.usedText}</p>
        </StatusPanel>
      )
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
        <p>{linkWords.linkAskedText}</p>
      </StatusPanel>
    )
  }
  const [title, text] =
    problem === 'link_expired'
      ? [linkWords.expiredTitle, linkWords.expiredText]
      : [linkWords.replacedTitle, linkWords.replacedText]
  const refusal = requestNewLink.error ? problemText(requestNewLink.error) : null
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
      {refusal ? (
        <p role="alert">
          {refusal.title}. {refusal.advice}
        </p>
      ) : null}
    </StatusPanel>
  )
}

function ClockOrNewer({ problem }: { problem: NewLinkOfferProps['problem'] }) {
  return problem === 'link_expired' ? <LinkOffIcon /> : <MailIcon />
}
