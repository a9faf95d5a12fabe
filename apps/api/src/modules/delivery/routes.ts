import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { closed, id, ref, slug } from '../../wire/schema.ts'
import { Booking } from '../bookings/schemas.ts'

const SideEffectParams = Type.Object({
  org: slug({ description: 'The organization’s slug.' }),
  bookingId: id(),
  sideEffectId: id(),
})

/** Mails, calendar events and remote sessions that failed for good can be tried again. */
export const deliveryRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.post(
    '/v1/organizations/:org/bookings/:bookingId/side-effects/:sideEffectId/retry',
    {
      config: { audience: ['member', { apiKey: 'bookings:write' }], problems: ['invalid_state'] },
      schema: {
        operationId: 'retrySideEffect',
        tags: ['Bookings'],
        summary: 'Try a failed side effect again',
        description:
          'For one whose state is `failed` or `unknown`; it is queued again. Already queued, running or done: 200, and nothing happens.',
        params: SideEffectParams,
        body: closed({}),
        response: { 200: ref(Booking) },
      },
    },
    async () => notBuilt(),
  )
}
