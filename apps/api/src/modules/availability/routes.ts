import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { signedInUserOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import {
  affectedBookings,
  availabilityRule,
  availabilityRuleAfterUpdate,
  availabilityRulePage,
  blackout,
  blackoutPage,
} from '../../views/availability.ts'
import { ref } from '../../wire/schema.ts'
import { createAvailabilityRule } from './create-availability-rule.ts'
import { createBlackout } from './create-blackout.ts'
import { deleteAvailabilityRule } from './delete-availability-rule.ts'
import { deleteBlackout } from './delete-blackout.ts'
import {
  AffectedBookings,
  AvailabilityRule,
  AvailabilityRulePage,
  Blackout,
  BlackoutPage,
  BlackoutParams,
  CreateAvailabilityRuleBody,
  CreateBlackoutBody,
  ListAffectedBookingsQuery,
  ListAvailabilityQuery,
  RuleParams,
  UpdateAvailabilityRuleBody,
} from './schemas.ts'
import { updateAvailabilityRule } from './update-availability-rule.ts'

/** When the signed-in person can be booked: weekly rules and time off. */
export const availabilityRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/me/availability/rules',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'listAvailabilityRules',
        tags: ['My availability'],
        summary: 'List my weekly rules',
        description: 'Times are in my own time zone (`getMe`).',
        querystring: ListAvailabilityQuery,
        response: { 200: AvailabilityRulePage },
      },
    },
    async (request) => availabilityRulePage(deps.db, signedInUserOf(request).sub, deps.clock.now(), request.query),
  )

  app.post(
    '/v1/me/availability/rules',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'createAvailabilityRule',
        tags: ['My availability'],
        summary: 'Add a weekly rule',
        description: 'Opens a window on each of the days. Windows may touch and overlap.',
        body: CreateAvailabilityRuleBody,
        response: { 201: ref(AvailabilityRule) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const userId = signedInUserOf(request).sub
        const id = await createAvailabilityRule(deps, { userId, rule: request.body })
        return { status: 201, body: await availabilityRule(deps.db, userId, deps.clock.now(), id) }
      }),
  )

  app.patch(
    '/v1/me/availability/rules/:ruleId',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'updateAvailabilityRule',
        tags: ['My availability'],
        summary: 'Change a weekly rule',
        description:
          'Changes what is sent and keeps the rest. Booked sessions stay booked; those that now lie outside my hours are named in `affectedBookings`.',
        params: RuleParams,
        body: UpdateAvailabilityRuleBody,
        response: { 200: ref(AvailabilityRule) },
      },
    },
    async (request) => {
      const userId = signedInUserOf(request).sub
      const { ruleId } = request.params
      const before = await updateAvailabilityRule(deps, { userId, ruleId, changes: request.body })
      return availabilityRuleAfterUpdate(deps.db, userId, deps.clock.now(), before)
    },
  )

  app.delete(
    '/v1/me/availability/rules/:ruleId',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'deleteAvailabilityRule',
        tags: ['My availability'],
        summary: 'Remove a weekly rule',
        description: 'Booked sessions stay booked; `listAffectedBookings` with `withoutRuleId` names them beforehand.',
        params: RuleParams,
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async (request, reply) => {
      await deleteAvailabilityRule(deps, { userId: signedInUserOf(request).sub, ruleId: request.params.ruleId })
      reply.code(204)
      return null
    },
  )

  app.get(
    '/v1/me/availability/affected-bookings',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'listAffectedBookings',
        tags: ['My availability'],
        summary: 'Booked sessions outside my hours',
        description:
          'Sessions to come, in any organization, that lie outside my weekly hours. With `withoutRuleId`: those that would newly do so without that rule. Nothing changes.',
        querystring: ListAffectedBookingsQuery,
        response: { 200: ref(AffectedBookings) },
      },
    },
    async (request) =>
      affectedBookings(deps.db, signedInUserOf(request).sub, deps.clock.now(), request.query.withoutRuleId ?? null),
  )

  app.get(
    '/v1/me/availability/blackouts',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'listBlackouts',
        tags: ['My availability'],
        summary: 'List my blackouts',
        description: 'The latest start first, past ones included.',
        querystring: ListAvailabilityQuery,
        response: { 200: BlackoutPage },
      },
    },
    async (request) => blackoutPage(deps.db, signedInUserOf(request).sub, deps.clock.now(), request.query),
  )

  app.post(
    '/v1/me/availability/blackouts',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'createBlackout',
        tags: ['My availability'],
        summary: 'Take time off',
        description:
          'Nothing is offered in this time, in any organization. Sessions already booked stay booked and are named in `affectedBookings`.',
        body: CreateBlackoutBody,
        response: { 201: ref(Blackout) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const userId = signedInUserOf(request).sub
        const id = await createBlackout(deps, { userId, blackout: request.body })
        return { status: 201, body: await blackout(deps.db, userId, deps.clock.now(), id) }
      }),
  )

  app.delete(
    '/v1/me/availability/blackouts/:blackoutId',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'deleteBlackout',
        tags: ['My availability'],
        summary: 'Remove a blackout',
        description: 'The time is offered again where rules open it.',
        params: BlackoutParams,
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async (request, reply) => {
      await deleteBlackout(deps, { userId: signedInUserOf(request).sub, blackoutId: request.params.blackoutId })
      reply.code(204)
      return null
    },
  )
}
