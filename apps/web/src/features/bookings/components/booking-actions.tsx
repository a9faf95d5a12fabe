import { Button } from '@mantine/core'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useCompleteBooking, useConfirmPayment } from '../mutations.ts'
import type { Booking } from '../queries.ts'

/** What can be done with a booking now, as the API allows it. */
export function BookingActions({ org, booking }: { org: string; booking: Booking }) {
  const say = useNote()
  const confirm = useConfirmPayment(org)
  const complete = useCompleteBooking(org)
  const error = confirm.error ?? complete.error
  const { confirmPayment, complete: markComplete } = booking.actions
  if (!confirmPayment.allowed && !markComplete.allowed && error === null) return null
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
    </>
  )
}
