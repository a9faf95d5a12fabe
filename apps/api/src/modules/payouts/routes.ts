import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { bookingAfterCommand } from '../../views/bookings.ts'
import { listPayouts, summarizePayouts } from '../../views/payouts.ts'
import { closed, ref } from '../../wire/schema.ts'
import { Booking, BookingParams } from '../bookings/schemas.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { completeBooking } from './complete-booking.ts'
import { markNoShow } from './mark-no-show.ts'
import { ListPayoutsQuery, PayoutPage, PayoutSummary, SummarizePayoutsQuery } from './schemas.ts'

/** Mark Complete, Mark No-show, and what the trainer earned by it. */
export const payoutRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.post(
    '/v1/organizations/:org/bookings/:bookingId/complete',
    {
      config: {
        audience: ['member', { apiKey: 'bookings:write' }],
        problems: ['session_not_ended', 'invalid_state', 'org_admin_required'],
      },
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
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }
        await completeBooking(deps, target)
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )

  app.post(
    '/v1/organizations/:org/bookings/:bookingId/no-show',
    {
      config: {
        audience: ['member', { apiKey: 'bookings:write' }],
        problems: ['session_not_started', 'invalid_state'],
      },
      schema: {
        operationId: 'markNoShow',
        tags: ['Bookings'],
        summary: 'The customer did not come',
        description:
          'From 10 minutes after the start: closes booking and request and records the part of the payout that is due after a no-show. An admin may mark it complete within 30 days after all. Already marked: 200, and nothing happens.',
        params: BookingParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId: request.params.bookingId }
        await markNoShow(deps, target)
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
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
    async (request) => listPayouts(deps, { scope: scopeOf(request), caller: callerOf(request), ...request.query }),
  )

  app.get(
    '/v1/organizations/:org/payouts/summary',
    {
      config: { audience: ['member', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'summarizePayouts',
        tags: ['Payouts'],
        summary: 'Add payout lines up',
        description:
          'By month, trainer and currency: earned, corrected after refunds, adjusted, paid out, and what is owed. A trainer’s own; an admin’s whole organization, or one trainer’s with `trainerId`.',
        params: OrgParams,
        querystring: SummarizePayoutsQuery,
        response: { 200: PayoutSummary },
      },
    },
    async (request) => summarizePayouts(deps, { scope: scopeOf(request), caller: callerOf(request), ...request.query }),
  )
}
