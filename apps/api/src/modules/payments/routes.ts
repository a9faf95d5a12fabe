import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { vendorCommand } from '../../plugins/idempotency.ts'
import { bookingAfterCommand } from '../../views/bookings.ts'
import { closed, ref } from '../../wire/schema.ts'
import { Booking, BookingParams } from '../bookings/schemas.ts'
import { confirmPayment } from './confirm-payment.ts'

/** Confirm Payment. */
export const paymentRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.post(
    '/v1/organizations/:org/bookings/:bookingId/confirm-payment',
    {
      config: {
        audience: ['member', { apiKey: 'payments:write' }],
        problems: ['payment_not_completed', 'payment_mismatch', 'invalid_state', 'payment_provider_unavailable'],
      },
      schema: {
        operationId: 'confirmPayment',
        tags: ['Bookings'],
        summary: 'Confirm Payment',
        description:
          'Asks the payment provider whether the customer has paid, checks amount, currency and booking, and confirms the booking. Already confirmed: 200, and nothing happens.',
        params: BookingParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }
        await confirmPayment(deps, target)
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )
}
