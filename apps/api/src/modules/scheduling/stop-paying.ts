import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { closeCheckouts } from '../payments/close-checkouts.ts'
import { listPaymentsOfBooking } from '../payments/repository.ts'
import { syncPayment } from '../payments/sync-payment.ts'

/**
 * Makes sure that nobody pays for an unpaid hold any more; what was paid already is written down first. Does nothing to
 * any other booking. Never inside a transaction; refuses `payment_provider_unavailable`.
 */
export async function stopPaying(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'calendars' | 'config'>,
  scope: OrganizationScope,
  booking: BookingRow,
): Promise<void> {
  if (booking.status !== 'pending_payment' || booking.paymentStatus !== 'unpaid') return
  if ((await closeCheckouts(deps, { scope, bookingId: booking.id })) === 'closed') return
  try {
    for (const payment of await listPaymentsOfBooking(deps.db, scope, booking.id))
      await syncPayment(deps, { scope, paymentId: payment.id, confirmFor: null })
  } catch (error) {
    if (!(error instanceof PaymentGatewayUnavailable)) throw error
    throw new AppError('payment_provider_unavailable', {}, { cause: error })
  }
}
