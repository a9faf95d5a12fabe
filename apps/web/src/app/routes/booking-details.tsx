import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { BackLink } from '../../components/back-link.tsx'
import { Columns } from '../../components/columns.tsx'
import { Page, Section } from '../../components/page.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { ReferenceCode } from '../../components/reference-code.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { BookingActions } from '../../features/bookings/components/booking-actions.tsx'
import { BookingFacts, PaymentFacts } from '../../features/bookings/components/booking-facts.tsx'
import { BookingStatusBadge } from '../../features/bookings/components/booking-status.tsx'
import { PaymentTimeline } from '../../features/bookings/components/payment-timeline.tsx'
import { SessionLink } from '../../features/bookings/components/session-link.tsx'
import { SideEffects } from '../../features/bookings/components/side-effects.tsx'
import { bookingQuery } from '../../features/bookings/queries.ts'
import { AttentionNotice } from '../../features/requests/components/attention-notice.tsx'
import { requestQuery } from '../../features/requests/queries.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** One session: when and with whom, its money, what Ordinatus did about it, and what can be done now. */
export default function BookingDetails() {
  const { org, me, isAdmin } = useOrganization()
  const { bookingId = '' } = useParams()
  const query = useQuery(bookingQuery(org, bookingId))
  const requestId = query.data?.requestId
  const request = useQuery({ ...requestQuery(org, requestId ?? ''), enabled: requestId !== undefined })
  const back = <BackLink to={paths.dashboard(org)}>Dashboard</BackLink>
  if (query.data === undefined) {
    return (
      <Page title="Session" above={back}>
        {query.isError ? (
          <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <TextSkeleton lines={9} label="Loading the session" />
        )}
      </Page>
    )
  }
  const booking = query.data
  return (
    <Page
      title={`Session with ${booking.customer.name}`}
      above={back}
      beside={<ReferenceCode reference={booking.reference} />}
    >
      <Columns
        main={
          <>
            <Panel>
              <BookingFacts booking={booking} timeZone={me.timeZone} />
            </Panel>
            <Section id="payment" title="Payment">
              <Panel>
                <PaymentFacts booking={booking} timeZone={me.timeZone} />
              </Panel>
            </Section>
            {booking.feedback !== null && (
              <Section id="feedback" title="Feedback">
                <Panel>
                  <p>
                    <strong>{booking.feedback.rating} of 5</strong>
                  </p>
                  {booking.feedback.comment !== null && <p>{booking.feedback.comment}</p>}
                </Panel>
              </Section>
            )}
          </>
        }
        aside={
          <>
            <div aria-live="polite">
              <BookingStatusBadge booking={booking} />
            </div>
            {request.data !== undefined && request.data.attention !== null && (
              <AttentionNotice attention={request.data.attention} timeZone={me.timeZone} />
            )}
            <BookingActions
              org={org}
              booking={booking}
              isOwn={booking.trainer.id === me.id}
              isAdmin={isAdmin}
              timeZone={me.timeZone}
            />
            <Section id="session-link" title="Session link">
              <div>
                <SessionLink delivery={booking.delivery} />
              </div>
            </Section>
            <Section id="side-effects" title="Emails, calendar and link">
              <SideEffects org={org} booking={booking} />
            </Section>
            {booking.price.amount > 0 && (
              <Section id="payment-history" title="Payment history">
                <PaymentTimeline org={org} booking={booking} timeZone={me.timeZone} />
              </Section>
            )}
            <p>
              <Link to={paths.request(org, booking.requestId)}>View the request</Link>
            </p>
          </>
        }
      />
    </Page>
  )
}
