import { PageFrame } from '../../components/customer/page-frame.tsx'
import { SupportContact } from '../features/organizations/components/support-contact.tsx'
import styles from '../features/scheduling/components/book-time.module.css'
import { LengthsSkeleton, PickerSkeleton } from '../features/scheduling/components/picker-skeleton.tsx'
import { SessionSummary } from '../features/scheduling/components/session-summary.tsx'
import type { Scheduling } from '../features/scheduling/scheduling.ts'

/** The booking page before its times are there: what the session is and whom to ask, and nothing that needs the page's code. */
export function BookingPageStart({ scheduling }: { scheduling: Scheduling }) {
  const { organization, sessionType, trainer, durations } = scheduling
  const [length, another] = durations
  return (
    <PageFrame width="wide" brand={organization} footer={<SupportContact organization={organization} />}>
      <div className={styles.layout}>
        <SessionSummary
          sessionTypeName={sessionType.name}
          description={sessionType.description}
          trainerFirstName={trainer.firstName}
          onlyLength={length && !another ? { durationMinutes: length.durationMinutes, price: '' } : null}
        >
          {another ? <LengthsSkeleton /> : null}
        </SessionSummary>
        <div className={styles.choice}>
          <PickerSkeleton />
        </div>
      </div>
    </PageFrame>
  )
}
