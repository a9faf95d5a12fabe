import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import {
  AvailabilityRule,
  AvailabilityRulePage,
  Blackout,
  BlackoutPage,
  BlackoutParams,
  CreateAvailabilityRuleBody,
  CreateBlackoutBody,
  ListAvailabilityQuery,
  RuleParams,
  UpdateAvailabilityRuleBody,
} from './schemas.ts'

/** When the signed-in person can be booked: weekly rules and time off. */
export const availabilityRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
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
    async () => notBuilt(),
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
    async () => notBuilt(),
  )

  app.patch(
    '/v1/me/availability/rules/:ruleId',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'updateAvailabilityRule',
        tags: ['My availability'],
        summary: 'Change a weekly rule',
        description: 'Changes what is sent and keeps the rest. Booked sessions stay booked.',
        params: RuleParams,
        body: UpdateAvailabilityRuleBody,
        response: { 200: ref(AvailabilityRule) },
      },
    },
    async () => notBuilt(),
  )

  app.delete(
    '/v1/me/availability/rules/:ruleId',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'deleteAvailabilityRule',
        tags: ['My availability'],
        summary: 'Remove a weekly rule',
        description: 'Booked sessions stay booked.',
        params: RuleParams,
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
  )
}
