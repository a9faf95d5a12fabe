import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { listBookings, readBooking } from '../../views/bookings.ts'
import { ref } from '../../wire/schema.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { Booking, BookingPage, BookingParams, ListBookingsQuery } from './schemas.ts'

/** Bookings as the organization sees them. */
export const bookingRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/organizations/:org/bookings',
    {
      config: { audience: ['member', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'listBookings',
        tags: ['Bookings'],
        summary: 'List bookings',
        description: 'A trainer’s own; an admin’s whole organization, or one trainer’s with `trainerId`.',
        params: OrgParams,
        querystring: ListBookingsQuery,
        response: { 200: BookingPage },
      },
    },
    async (request) => listBookings(deps, { scope: scopeOf(request), caller: callerOf(request), ...request.query }),
  )

  app.get(
    '/v1/organizations/:org/bookings/:bookingId',
    {
      config: { audience: ['member', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'getBooking',
        tags: ['Bookings'],
        summary: 'Read a booking',
        description: '`delivery.technicianUrl` is there for the booking’s own trainer only.',
        params: BookingParams,
        response: { 200: ref(Booking) },
      },
    },
    async (request) =>
      readBooking(deps, { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }),
  )
}
