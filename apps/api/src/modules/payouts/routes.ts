import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { closed, ref } from '../../wire/schema.ts'
import { Booking, BookingParams } from '../bookings/schemas.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { ListPayoutsQuery, PayoutPage } from './schemas.ts'

/** Mark Complete, and what the trainer earned by it. */
export const payoutRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.post(
    '/v1/organizations/:org/bookings/:bookingId/complete',
    {
      config: { audience: ['member', { apiKey: 'bookings:write' }], problems: ['session_not_ended', 'invalid_state'] },
      schema: {
        operationId: 'completeBooking',
        tags: ['Bookings'],
        summary: 'Mark Complete',
        description:
          'Once the end time has passed: closes booking and request, records the payout and asks the customer for feedback. Already completed: 200, and nothing happens.',
        params: BookingParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async () => notBuilt(),
  )

  app.get(
    '/v1/organizations/:org/payouts',
    {
      config: { audience: ['member', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'listPayouts',
        tags: ['Payouts'],
        summary: 'List payout lines',
        description: 'A trainer’s own; an admin’s whole organization, or one trainer’s with `trainerId`.',
        params: OrgParams,
        querystring: ListPayoutsQuery,
        response: { 200: PayoutPage },
      },
    },
    async () => notBuilt(),
  )
}
