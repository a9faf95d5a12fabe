import { useState } from 'react'
import { CheckIcon, ClockIcon, LinkOffIcon } from '../../components/customer/icons.tsx'
import { PageFrame } from '../../components/customer/page-frame.tsx'
import { ProblemPanel } from '../../components/customer/problem-panel.tsx'
import { SkeletonBlock } from '../../components/customer/skeleton.tsx'
import { StatusPanel } from '../../components/customer/status-panel.tsx'
import { useDocumentTitle } from '../../components/customer/use-document-title.ts'
import { FeedbackForm } from '../features/feedback/components/feedback-form.tsx'
import { feedbackFormQuery } from '../features/feedback/queries.ts'
import { feedbackWords } from '../features/feedback/words.ts'
import { type LinkProblem, linkProblem, organizationOf } from '../features/links/link-problem.ts'
import { linkWords } from '../features/links/words.ts'
import { SupportContact } from '../features/organizations/components/support-contact.tsx'
import { useBranding } from '../features/organizations/use-branding.ts'
import { pageWords } from '../features/pages/words.ts'
import { useResource } from '../use-resource.ts'

/** The page behind a feedback link. */
export function FeedbackPage({ feedbackToken }: { feedbackToken: string }) {
  const { data: session, error, isFetching, refetch } = useResource(feedbackFormQuery(feedbackToken))
  const [isSent, setIsSent] = useState(false)
  const [lateError, setLateError] = useState<unknown>(null)
  const problem = linkProblem(lateError ?? error)
  const organization = session?.organization ?? organizationOf(lateError ?? error)
  useBranding(organization?.primaryColor)
  useDocumentTitle(session ? feedbackWords.title(session.trainer.firstName) : undefined)

  return (
    <PageFrame brand={organization} footer={organization ? <SupportContact organization={organization} /> : null}>
      {isSent && session ? (
        <StatusPanel icon={<CheckIcon />} title={feedbackWords.thanksTitle} tone="success" takesFocus>
          <p>{feedbackWords.thanksText(session.trainer.firstName, session.organization.name)}</p>
        </StatusPanel>
      ) : problem ? (
        <DeadFeedbackLink problem={problem} hasContact={organization !== null} />
      ) : session ? (
        <FeedbackForm
          feedbackToken={feedbackToken}
          session={session}
          onSent={() => setIsSent(true)}
          onDead={setLateError}
        />
      ) : error ? (
        <ProblemPanel
          error={error}
          retryLabel={pageWords.tryAgain}
          requestLabel={pageWords.requestId}
          retrying={isFetching}
          onRetry={() => refetch()}
        />
      ) : (
        <SkeletonBlock label={feedbackWords.loading} isPage bars={SKELETON} />
      )}
    </PageFrame>
  )
}

const SKELETON = [
  { width: '70%', height: 30 },
  { width: '50%' },
  { width: '260px', height: 48 },
  { height: 112 },
  { width: '160px', height: 44 },
]

function DeadFeedbackLink({ problem, hasContact }: { problem: LinkProblem; hasContact: boolean }) {
  switch (problem) {
    case 'link_used':
      return (
        <StatusPanel icon={<CheckIcon />} title={feedbackWords.givenTitle} tone="success" takesFocus>
          <p>{feedbackWords.givenText}</p>
        </StatusPanel>
      )
    case 'link_expired':
      return (
        <StatusPanel icon={<ClockIcon />} title={feedbackWords.expiredTitle} takesFocus>
          <p>{hasContact ? feedbackWords.expiredText : feedbackWords.replyToMail}</p>
        </StatusPanel>
      )
    case 'link_not_found':
      return (
        <StatusPanel icon={<LinkOffIcon />} title={linkWords.unknownTitle}>
          <p>{linkWords.unknownText}</p>
          <p>{linkWords.unknownHelp}</p>
        </StatusPanel>
      )
    default:
      return (
        <StatusPanel icon={<LinkOffIcon />} title={feedbackWords.closedTitle} takesFocus>
          <p>{feedbackWords.replyToMail}</p>
        </StatusPanel>
      )
  }
}
