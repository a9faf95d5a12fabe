import { Button } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useCompleteBooking, useConfirmPayment, useMarkNoShow } from '../mutations.ts'
import type { Booking } from '../queries.ts'
import styles from './booking-dialogs.module.css'
import { CancelDialog } from './cancel-dialog.tsx'
import { RefundDialog } from './refund-dialog.tsx'
import { RescheduleDialog } from './reschedule-dialog.tsx'

type Asked = 'cancel' | 'reschedule' | 'no-show' | 'refund' | null

/** What can be done with a booking now, as the API allows it: one filled button, the rest outlined or plain. */
export function BookingActions({
  org,
  booking,
  isOwn,
  isAdmin,
  timeZone,
}: {
  org: string
  booking: Booking
  /** Whether the session is the person's own. */
  isOwn: boolean
  isAdmin: boolean
  timeZone: string
}) {
  const say = useNote()
  const confirm = useConfirmPayment(org)
  const complete = useCompleteBooking(org)
  const noShow = useMarkNoShow(org)
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const error = confirm.error ?? complete.error
  const { confirmPayment, complete: markComplete, reschedule, markNoShow, cancel, refund } = booking.actions

  return (
    <>
      {error !== null && <ProblemNotice error={error} />}
      {confirmPayment.allowed && (
        <Button
          fullWidth
          loading={confirm.isPending}
          onClick={() =>
            confirm.mutate(booking.id, {
              onSuccess: () => say(`Payment confirmed. ${booking.customer.name} gets a confirmation email.`),
            })
          }
        >
          Confirm Payment
        </Button>
      )}
      {markComplete.allowed && (
        <Button
          fullWidth
          variant={booking.status === 'no_show' ? 'default' : 'filled'}
          loading={complete.isPending}
          onClick={() =>
            complete.mutate(booking.id, {
              onSuccess: () => say(`Session with ${booking.customer.name} marked complete.`),
            })
          }
        >
          Mark Complete
        </Button>
      )}
      {(reschedule.allowed || markNoShow.allowed || cancel.allowed || refund.allowed) && (
        <div className={styles.others}>
          {reschedule.allowed && (
            <Button variant="default" size="compact-md" onClick={() => setAsked('reschedule')}>
              Reschedule…
            </Button>
          )}
          {markNoShow.allowed && (
            <Button variant="default" size="compact-md" onClick={() => setAsked('no-show')}>
              No-show…
            </Button>
          )}
          {refund.allowed && (
            <Button variant="default" size="compact-md" onClick={() => setAsked('refund')}>
              Refund…
            </Button>
          )}
          {cancel.allowed && (
            <Button variant="outline" color="red" size="compact-md" onClick={() => setAsked('cancel')}>
              Cancel Session…
            </Button>
          )}
        </div>
      )}
      {asked === 'cancel' && <CancelDialog org={org} booking={booking} mayChooseRefund={isAdmin} onClose={close} />}
      {asked === 'reschedule' && (
        <RescheduleDialog org={org} booking={booking} isOwn={isOwn} timeZone={timeZone} onClose={close} />
      )}
      {asked === 'refund' && <RefundDialog org={org} booking={booking} onClose={close} />}
      {asked === 'no-show' && (
        <ConfirmDialog
          title="Mark as a no-show?"
          words={`${booking.customer.name} did not come. Session and request are closed, the payment is kept, and nobody is asked for feedback.`}
          confirmLabel="Mark No-show"
          keepLabel="Keep it open"
          pending={noShow.isPending}
          error={noShow.error}
          onClose={close}
          onConfirm={() =>
            noShow.mutate(booking.id, {
              onSuccess: () => {
                say(`Session with ${booking.customer.name} marked as a no-show.`)
                close()
              },
            })
          }
        />
      )}
    </>
  )
}
