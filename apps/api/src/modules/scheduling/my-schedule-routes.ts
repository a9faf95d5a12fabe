import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { signedInUserOf } from '../../plugins/auth.ts'
import { explainSlot, previewMySlots } from '../../views/my-schedule.ts'
import { ref } from '../../wire/schema.ts'
import { callerFinder } from '../organizations/find-caller.ts'
import { ExplainSlotQuery, PreviewMySlotsQuery, SlotExplanation, Slots } from './schemas.ts'

/** What my schedule comes to: the times that customers would see, and why a time is not among them. */
export const myScheduleRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  const members = callerFinder(deps.db)

  app.get(
    '/v1/me/availability/explain',
    {
      config: { audience: ['user'], problems: ['not_found', 'trainer_role_required', 'org_admin_required'] },
      schema: {
        operationId: 'explainSlot',
        tags: ['My availability'],
        summary: 'Why is this time not offered?',
        description:
          'Every rule, blackout, session, busy event or setting that keeps customers of the organization from booking me at this time; the same judgement that accepts bookings. Organizational Admins ask about another trainer with `trainerId`; then calendar events, time off and sessions of other organizations are only `busy_elsewhere` with their interval.',
        querystring: ExplainSlotQuery,
        response: { 200: ref(SlotExplanation) },
      },
    },
    async (request) => explainSlot(deps, members, { signedIn: signedInUserOf(request), ...request.query }),
  )

  app.get(
    '/v1/me/availability/preview',
    {
      config: { audience: ['user'], problems: ['not_found', 'trainer_role_required', 'org_admin_required'] },
      schema: {
        operationId: 'previewMySlots',
        tags: ['My availability'],
        summary: 'What customers would see',
        description:
          'The answer of `listSlots` for a customer who picks a time with me, in any zone and length. `notice` is also there when the coming two weeks have no open time at all, although a later day is shown that has some.',
        querystring: PreviewMySlotsQuery,
        response: { 200: ref(Slots) },
      },
    },
    async (request) => previewMySlots(deps, members, { signedIn: signedInUserOf(request), ...request.query }),
  )
}
