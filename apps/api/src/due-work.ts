import { setTimeout as delay } from 'node:timers/promises'
import type { Deps } from './deps.ts'
import { expireLapsedHolds } from './modules/bookings/expire-lapsed-holds.ts'
import { queueWaitingSideEffects } from './modules/delivery/queue-waiting-side-effects.ts'
import { forgetEndedSignIns } from './modules/identity/forget-ended-sign-ins.ts'
import { checkCalendars } from './modules/notifications/check-calendars.ts'
import { flagStuckRequests } from './modules/notifications/flag-stuck-requests.ts'
import { queueWaitingMails } from './modules/notifications/queue-mails.ts'
import { remindSilentCustomers } from './modules/notifications/remind-silent-customers.ts'
import { renotifyTrainers } from './modules/notifications/renotify-trainers.ts'
import { confirmPaidBookings } from './modules/payments/confirm-paid-bookings.ts'
import { forgetReceivedEvents } from './modules/payments/received-events.ts'
import { reconcilePayments } from './modules/payments/reconcile-payments.ts'
import { reconcileRefunds, reconcileRefundsOfPayments } from './modules/payments/reconcile-refunds.ts'
import { remindToConfirm } from './modules/payments/remind-to-confirm.ts'
import { releaseAtLinkDeadline } from './modules/scheduling/release-at-link-deadline.ts'
import { forgetOldAnswers } from './plugins/idempotency.ts'

/** One kind of work that the clock alone makes due; answers how many things it did. */
export type DueWork = (deps: Deps) => Promise<number>

/** A payment provider that answers takes a fraction of this for everything that is asked in one turn. */
const ASKED_AT_MOST_MILLISECONDS = 20_000

/**
 * Work that asks a vendor, and that a turn waits for so long and no longer: a vendor that keeps silent until its calls run
 * out holds up no sweep and no mail. What takes longer goes on beside the turns, and begins anew once it has ended.
 */
export function waitedForAtMost(milliseconds: number, work: DueWork): DueWork {
  const late = new WeakSet<Deps>()
  return async (deps) => {
    if (late.has(deps)) return 0
    const done = work(deps)
    const inTime = await Promise.race([done, delay(milliseconds, null, { ref: false })])
    if (inTime !== null) return inTime
    late.add(deps)
    const end = () => late.delete(deps)
    done.then(end, end)
    return 0
  }
}

const asking = (work: DueWork) => waitedForAtMost(ASKED_AT_MOST_MILLISECONDS, work)

/**
 * Everything that falls due without anybody doing anything. Each finds its work by state and the product's clock, so
 * that moving the clock is enough to try tomorrow today, and a missed turn is made up by the next.
 */
const DUE_WORK: readonly DueWork[] = [
  // Money is asked about before the clock ends what it may have paid for.
  asking(reconcilePayments),
  expireLapsedHolds,
  asking(confirmPaidBookings),
  asking(reconcileRefunds),
  asking(reconcileRefundsOfPayments),
  remindToConfirm,
  releaseAtLinkDeadline,
  renotifyTrainers,
  remindSilentCustomers,
  checkCalendars,
  // After whatever may have set a request moving again.
  flagStuckRequests,
  queueWaitingSideEffects,
  queueWaitingMails,
  forgetOldAnswers,
  forgetReceivedEvents,
  forgetEndedSignIns,
]

/**
 * Does what is due now; answers how many things it did. One kind that fails keeps none of the others from being done; its
 * error is thrown at the end.
 */
export async function doDueWork(deps: Deps): Promise<number> {
  let done = 0
  const errors: unknown[] = []
  for (const work of DUE_WORK) {
    try {
      done += await work(deps)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
  return done
}
