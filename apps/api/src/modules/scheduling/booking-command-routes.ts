import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { vendorCommand } from '../../plugins/idempotency.ts'
import { bookingAfterCommand } from '../../views/bookings.ts'
import { previewCancellation } from '../../views/cancellation.ts'
import { ref } from '../../wire/schema.ts'
import { Booking, BookingParams } from '../bookings/schemas.ts'
import { cancelBooking } from './cancel-booking.ts'
import { rescheduleBooking } from './reschedule-booking.ts'
import { CancelBookingBody, CancellationPreview, CancellationPreviewQuery, RescheduleBody } from './schemas.ts'

/** The booking that a call is about, and who calls. */
function targetOf(request: FastifyRequest & { params: { bookingId: string } }) {
  return { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }
}

/** Cancel and reschedule, by the booking's trainer and by admins. */
export const bookingCommandRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/organizations/:org/bookings/:bookingId/cancellation-preview',
    {
      config: { audience: ['member', { apiKey: 'bookings:read' }], problems: ['invalid_state', 'org_admin_required'] },
      schema: {
        operationId: 'previewCancellation',
        tags: ['Bookings'],
        summary: 'What canceling would pay back',
        description: 'To the cent, by the same rule that `cancelBooking` follows. Nothing changes.',
        params: BookingParams,
        querystring: CancellationPreviewQuery,
        response: { 200: ref(CancellationPreview) },
      },
    },
    async (request) => previewCancellation(deps, { ...targetOf(request), ...request.query }),
  )

  app.post(
    '/v1/organizations/:org/bookings/:bookingId/cancel',
    {
      config: {
        audience: ['member', { apiKey: 'bookings:write' }],
        problems: [
          'invalid_state',
          'org_admin_required',
          'refund_exceeds_paid',
          'payment_mismatch',
          'payment_provider_unavailable',
        ],
      },
      schema: {
        operationId: 'cancelBooking',
        tags: ['Bookings'],
        summary: 'Cancel a session',
        description:
          'Frees the time, pays back, tells both sides, removes calendar event and remote session. Its request is canceled too, unless `letCustomerPickAgain`. By the organization everything goes back; an admin may choose `refundAmount` (of a confirmed session), or cancel `onBehalfOfCustomer`, by the policy. Already canceled: 200, and nothing happens.',
        params: BookingParams,
        body: CancelBookingBody,
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const target = targetOf(request)
        await cancelBooking(deps, { ...target, ...request.body })
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )

  app.post(
    '/v1/organizations/:org/bookings/:bookingId/reschedule',
    {
      config: {
        audience: ['member', { apiKey: 'bookings:write' }],
        problems: ['invalid_state', 'session_already_started', 'slot_unavailable', 'calendar_unavailable'],
      },
      schema: {
        operationId: 'rescheduleBooking',
        tags: ['Bookings'],
        summary: 'Move a session to another time',
        description:
          'To another open time; with `override` also to one that is not offered, but never to one at which the trainer has another session. The length and price stay, both sides are told, calendar event and remote session follow. At that time already: 200, and nothing happens.',
        params: BookingParams,
        body: RescheduleBody,
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const target = targetOf(request)
        const { start, override } = request.body
        await rescheduleBooking(deps, { ...target, start: new Date(start), override: override ?? false })
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )
}
