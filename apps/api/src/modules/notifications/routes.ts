import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { bookingAfterCommand } from '../../views/bookings.ts'
import { closed, id, ref, slug } from '../../wire/schema.ts'
import { Booking } from '../bookings/schemas.ts'
import { retrySideEffect } from './retry-side-effect.ts'

const SideEffectParams = Type.Object({
  org: slug({ description: 'The organization’s slug.' }),
  bookingId: id(),
  sideEffectId: id(),
})

/** Mails, calendar events and remote sessions that failed for good can be tried again. */
export const notificationRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.post(
    '/v1/organizations/:org/bookings/:bookingId/side-effects/:sideEffectId/retry',
    {
      config: { audience: ['member', { apiKey: 'bookings:write' }], problems: ['invalid_state'] },
      schema: {
        operationId: 'retrySideEffect',
        tags: ['Bookings'],
        summary: 'Try a failed side effect again',
        description:
          'For one whose state is `failed` or `unknown`, or that waits for its next try; it is tried afresh. Already queued, running or done: 200, and nothing happens. Left out on purpose (`skipped`): 409.',
        params: SideEffectParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const { bookingId, sideEffectId } = request.params
        const target = { scope: scopeOf(request), caller: callerOf(request), bookingId }
        await retrySideEffect(deps, { ...target, sideEffectId })
        return { status: 200, body: await bookingAfterCommand(deps, target) }
      }),
  )
}
