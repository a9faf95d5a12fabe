import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command, vendorCommand } from '../../plugins/idempotency.ts'
import { bookingAfterCommand } from '../../views/bookings.ts'
import { Money } from '../../wire/money.ts'
import { closed, id, prose, ref, slug } from '../../wire/schema.ts'
import { Booking, BookingParams } from '../bookings/schemas.ts'
import { confirmPayment } from './confirm-payment.ts'
import { refundBooking } from './refund-booking.ts'
import { retryRefund } from './retry-refund.ts'

const RefundBookingBody = closed(
  {
    amount: ref(Money),
    reason: Type.Optional(prose(500, { description: 'Why, in your words. The customer reads it in their email.' })),
  },
  { examples: [{ amount: { amount: 2500, currency: 'USD' }, reason: 'We started late. Sorry!' }] },
)

const RefundParams = Type.Object({
  org: slug({ description: 'The organization’s slug.' }),
  bookingId: id(),
  refundId: id(),
})

/** Confirm Payment, and money back by hand. */
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

  app.post(
    '/v1/organizations/:org/bookings/:bookingId/refunds',
    {
      config: {
        audience: ['member', { apiKey: 'payments:write' }],
        problems: ['org_admin_required', 'invalid_state', 'payment_not_completed', 'refund_exceeds_paid'],
      },
      schema: {
        operationId: 'refundBooking',
        tags: ['Bookings'],
        summary: 'Refund a session',
        description:
          'All or part of what was paid, up to what is not refunded or on its way yet (`refund_exceeds_paid` says what is left, as `refundable`). Admins only; the booking stays as it is. One that is Pending Payment is canceled instead, and while a bank decides on a dispute nothing can be refunded (`invalid_state`). The answer shows the refund as `pending`: the provider is asked for it at once afterwards.',
        params: BookingParams,
        body: RefundBookingBody,
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }
        const { amount, reason } = request.body
        await refundBooking(deps, { ...target, amount, note: reason })
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )

  app.post(
    '/v1/organizations/:org/bookings/:bookingId/refunds/:refundId/retry',
    {
      config: {
        audience: ['member', { apiKey: 'payments:write' }],
        problems: ['org_admin_required', 'invalid_state', 'refund_exceeds_paid'],
      },
      schema: {
        operationId: 'retryRefund',
        tags: ['Bookings'],
        summary: 'Make a failed refund again',
        description:
          'Another refund of the same amount takes its place; the failed one stays in the list. Made again already: 200, and nothing happens. Admins only.',
        params: RefundParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const { bookingId, refundId } = request.params
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId }
        await retryRefund(deps, { ...target, refundId })
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )
}
