import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { Fact, Facts } from '../../../components/facts.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { dateAndTime, duration } from '../../../lib/dates.ts'
import { isProblem } from '../../../lib/problem.ts'
import {
  useCancelRequest,
  useChangeSessionType,
  useClaimRequest,
  useReleaseRequest,
  useResolveAttention,
  useSendSchedulingLink,
} from '../mutations.ts'
import { openSlotsQuery, type TrainingRequest } from '../queries.ts'
import { nextStepWords, paymentWords } from '../words.ts'
import { AttentionNotice } from './attention-notice.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import styles from './request-panel.module.css'
import { RequestStatusBadge } from './request-status.tsx'
import { SchedulingLinkState } from './scheduling-link.tsx'

const AssignDialog = lazy(() => import('./assign-dialog.tsx'))

type Asked = 'release' | 'assign' | 'cancel' | 'resolve' | null

/** Everything one can do with a request, as the API allows it: one filled button, the rest outlined or plain. */
export function RequestPanel({
  org,
  trainingRequest,
  timeZone,
  bookingPath,
  schedulePath,
  isMine,
  canResolve,
  onLost,
}: {
  org: string
  trainingRequest: TrainingRequest
  timeZone: string
  bookingPath: (bookingId: string) => string
  schedulePath: string
  /** Whether the person holds the request. */
  isMine: boolean
  /** Whether the person may put aside what is stuck. */
  canResolve: boolean
  /** Another trainer was quicker. */
  onLost: () => void
}) {
  const { id, actions, schedulingLink, booking, sessionType, attention } = trainingRequest
  const say = useNote()
  const claim = useClaimRequest(org, id)
  const send = useSendSchedulingLink(org, id)
  const release = useReleaseRequest(org, id)
  const cancel = useCancelRequest(org, id)
  const resolve = useResolveAttention(org, id)
  const changeType = useChangeSessionType(org, id)
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const isFirstLink = schedulingLink === null
  const lost = isProblem(claim.error, 'request_already_claimed')
  const refusal = lost ? null : (claim.error ?? send.error ?? changeType.error)

  return (
    <div className={styles.panel}>
      <div className={styles.status} aria-live="polite">
        <RequestStatusBadge trainingRequest={trainingRequest} />
      </div>
      {attention !== null && (
        <AttentionNotice attention={attention} timeZone={timeZone}>
          {canResolve && (
            <Button mt={8} variant="default" size="compact-sm" onClick={() => setAsked('resolve')}>
              Resolve…
            </Button>
          )}
        </AttentionNotice>
      )}
      <p>{nextStepWords(trainingRequest)}</p>

      {refusal !== null && <ProblemNotice error={refusal} />}

      {actions.claim.allowed && (
        <>
          <OpenTimesBefore
            org={org}
            trainingRequest={trainingRequest}
            timeZone={timeZone}
            schedulePath={schedulePath}
          />
          <Button
            fullWidth
            loading={claim.isPending}
            onClick={() =>
              claim.mutate(undefined, {
                onSuccess: () => say('You have claimed this request.'),
                onError: (error) => {
                  if (isProblem(error, 'request_already_claimed')) onLost()
                },
              })
            }
          >
            Claim This Request
          </Button>
        </>
      )}

      {actions.sendSchedulingLink.allowed && (
        <NothingOpen org={org} trainingRequest={trainingRequest} isMine={isMine} schedulePath={schedulePath} />
      )}
      {actions.sendSchedulingLink.allowed && (
        <Button
          fullWidth
          variant={isFirstLink || schedulingLink.state === 'expired' ? 'filled' : 'default'}
          loading={send.isPending}
          onClick={() =>
            send.mutate(undefined, {
              onSuccess: () =>
                say(
                  isFirstLink
                    ? 'Scheduling link sent to the customer.'
                    : 'A fresh scheduling link is on its way. The previous link no longer works.',
                ),
            })
          }
        >
          {isFirstLink ? 'Send Scheduling Link' : 'Resend Scheduling Link'}
        </Button>
      )}

      {booking !== null &&
        (booking.status === 'confirmed' || booking.status === 'pending_payment' || booking.status === 'completed') && (
          <Button component={Link} to={bookingPath(booking.id)} variant="default" fullWidth>
            View the session
          </Button>
        )}

      {actions.changeSessionType.allowed && trainingRequest.sessionTypeOptions.length > 0 ? (
        <NativeSelect
          label="Session Type"
          description="Controls the price and the session lengths offered to the customer."
          value={sessionType.id}
          disabled={changeType.isPending}
          onChange={(event) =>
            changeType.mutate(
              { sessionTypeId: event.currentTarget.value },
              { onSuccess: (updated) => say(`Session type is now ${updated.sessionType.name}.`) },
            )
          }
          data={trainingRequest.sessionTypeOptions.map((option) => ({ value: option.id, label: option.name }))}
        />
      ) : null}

      <Facts>
        {!(actions.changeSessionType.allowed && trainingRequest.sessionTypeOptions.length > 0) && (
          <Fact name="Session type">{sessionType.name}</Fact>
        )}
        <Fact name="Lengths">
          {sessionType.durations.map(({ durationMinutes }) => duration(durationMinutes)).join(', ')}
        </Fact>
        <Fact name="Skills">
          {trainingRequest.requiredSkills.length === 0 ? 'Any trainer' : trainingRequest.requiredSkills.join(', ')}
        </Fact>
        {trainingRequest.category !== null && <Fact name="Category">{trainingRequest.category}</Fact>}
        {trainingRequest.priority !== 'normal' && (
          <Fact name="Priority">{trainingRequest.priority === 'high' ? 'High' : 'Low'}</Fact>
        )}
        <Fact name="Trainer">{trainingRequest.claimedBy?.name ?? 'Nobody yet'}</Fact>
        {booking !== null && <Fact name="Payment">{paymentWords(booking)}</Fact>}
      </Facts>

      {schedulingLink !== null && (
        <section aria-labelledby="scheduling-link" className={styles.part}>
          <h2 id="scheduling-link">Scheduling link</h2>
          <SchedulingLinkState
            link={schedulingLink}
            url={send.data !== undefined && send.data.id === schedulingLink.id ? send.data.url : null}
            timeZone={timeZone}
          />
        </section>
      )}

      {(actions.release.allowed || actions.assign.allowed || actions.cancel.allowed) && (
        <div className={styles.others}>
          {actions.assign.allowed && (
            <Button variant="default" size="compact-md" onClick={() => setAsked('assign')}>
              Assign…
            </Button>
          )}
          {actions.release.allowed && (
            <Button variant="default" size="compact-md" onClick={() => setAsked('release')}>
              Release…
            </Button>
          )}
          {actions.cancel.allowed && (
            <Button variant="subtle" color="red" size="compact-md" onClick={() => setAsked('cancel')}>
              Cancel Request…
            </Button>
          )}
        </div>
      )}

      {asked === 'release' && (
        <ReasonDialog
          title="Release this request?"
          words="It goes back to New Requests for every trainer whose skills match. A link that was sent stops working."
          confirmLabel="Release"
          keepLabel="Keep it"
          reasonRequired
          pending={release.isPending}
          error={release.error}
          onClose={close}
          onConfirm={(reason) =>
            release.mutate(
              { reason },
              {
                onSuccess: () => {
                  say('Request released.')
                  close()
                },
              },
            )
          }
        />
      )}
      {asked === 'cancel' && (
        <ReasonDialog
          title="Cancel this request?"
          words={
            booking !== null && (booking.status === 'confirmed' || booking.status === 'pending_payment')
              ? 'The request closes for good, its session is canceled and the customer is told.'
              : 'The request closes for good. A link that was sent stops working, and the customer is told.'
          }
          confirmLabel="Cancel Request"
          keepLabel="Keep it"
          danger
          pending={cancel.isPending}
          error={cancel.error}
          onClose={close}
          onConfirm={(reason) =>
            cancel.mutate(reason === '' ? {} : { reason }, {
              onSuccess: () => {
                say('Request canceled.')
                close()
              },
            })
          }
        />
      )}
      {asked === 'resolve' && (
        <ReasonDialog
          title="Mark this as resolved?"
          words="The flag goes away until something new gets stuck. The request itself stays as it is."
          confirmLabel="Resolve"
          keepLabel="Keep the flag"
          pending={resolve.isPending}
          error={resolve.error}
          onClose={close}
          onConfirm={(note) =>
            resolve.mutate(note === '' ? {} : { note }, {
              onSuccess: () => {
                say('Marked as resolved.')
                close()
              },
            })
          }
        />
      )}
      {asked === 'assign' && (
        <Suspense fallback={null}>
          <AssignDialog org={org} trainingRequest={trainingRequest} onClose={close} />
        </Suspense>
      )}
    </div>
  )
}

/** How many times the customer could choose from, before one commits to the request. */
function OpenTimesBefore({
  org,
  trainingRequest,
  timeZone,
  schedulePath,
}: {
  org: string
  trainingRequest: TrainingRequest
  timeZone: string
  schedulePath: string
}) {
  const open = useQuery(openSlotsQuery(org, trainingRequest.sessionType.id, trainingRequest.id))
  if (open.data === undefined) return null
  if (open.data.count === 0) {
    return (
      <Notice tone="amber" title="Your schedule has no open times">
        <p>
          The customer would see an empty calendar. You can claim it all the same;{' '}
          <Link to={schedulePath}>open some times</Link> before you send the link.
        </p>
      </Notice>
    )
  }
  return (
    <p className="dim">
      Your schedule offers the customer {open.data.count} {open.data.count === 1 ? 'time' : 'times'}
      {open.data.firstStart !== null && <>, the first on {dateAndTime(open.data.firstStart, timeZone)}</>}.
    </p>
  )
}

/** Before a link goes out: that its customer would find nothing to choose. */
function NothingOpen({
  org,
  trainingRequest,
  isMine,
  schedulePath,
}: {
  org: string
  trainingRequest: TrainingRequest
  isMine: boolean
  schedulePath: string
}) {
  const { id, sessionType, claimedBy } = trainingRequest
  const open = useQuery(openSlotsQuery(org, sessionType.id, id, claimedBy?.id ?? null))
  if (open.data?.count !== 0) return null
  return (
    <Notice
      tone="amber"
      title={isMine ? 'Your schedule has no open times' : `${claimedBy?.name ?? 'The trainer'} has no open times`}
    >
      <p>
        The customer would see an empty calendar.{' '}
        {isMine && (
          <>
            <Link to={schedulePath}>Open some times</Link> before you send the link.
          </>
        )}
      </p>
    </Notice>
  )
}
