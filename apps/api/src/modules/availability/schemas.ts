import { type Static, Type } from 'typebox'
import { SCHEDULE_TYPES } from '../../domain/availability-rule.ts'
import { closedPageQuery, pageOf } from '../../wire/page.ts'
import {
  calendarDate,
  closed,
  id,
  instant,
  integer,
  line,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  ref,
  shape,
  wallTime,
  wallTimeEnd,
} from '../../wire/schema.ts'

const daysOfWeek = listOf(integer(1, 7), 7, {
  minItems: 1,
  uniqueItems: true,
  description: 'Days on which the window starts: 1 = Monday … 7 = Sunday.',
  examples: [[1, 2, 3, 4, 5]],
})
const durationsMinutes = listOf(integer(5, 480), 20, {
  uniqueItems: true,
  description: 'Lengths that may be booked in this window; empty: all.',
  examples: [[]],
})
const startTime = wallTime({ description: 'In the trainer’s own time zone.' })
const endTime = wallTimeEnd({
  description: 'At or before `startTime`: ends on the next day. `24:00` is the end of the day.',
})

const affected = shape({ id: id(), organizationSlug: lineOrEmpty(63), start: instant() })

export const AvailabilityRule = named(
  'AvailabilityRule',
  shape(
    {
      id: id(),
      scheduleType: oneOf(SCHEDULE_TYPES, { description: 'What the form was prefilled with; it checks nothing.' }),
      scheduleTypeLabel: lineOrEmpty(60),
      daysOfWeek,
      startTime,
      endTime,
      durationsMinutes,
      firstDate: nullable(calendarDate(), {
        description: 'The first day on which a window may start; null: no first day.',
      }),
      lastDate: nullable(calendarDate(), {
        description: 'The last day on which a window may start; null: no last day.',
      }),
      warnings: listOf(shape({ code: lineOrEmpty(60), message: lineOrEmpty(300) }), 20, {
        description: 'What about this rule yields no slot, in words.',
      }),
      affectedBookings: Type.Optional(
        listOf(affected, 100, {
          description:
            'In the answer of `updateAvailabilityRule` only: booked sessions that lay within my hours before this change and do no more. They stay booked.',
        }),
      ),
      createdAt: instant(),
      updatedAt: instant(),
    },
    {
      description: 'A weekly window in which sessions may be booked. Belongs to the person, in every organization.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07',
          scheduleType: 'weekday_daytime',
          scheduleTypeLabel: 'Weekday Daytime',
          daysOfWeek: [1, 2, 3, 4, 5],
          startTime: '09:00',
          endTime: '17:00',
          durationsMinutes: [],
          firstDate: null,
          lastDate: null,
          warnings: [],
          createdAt: '2026-11-01T12:00:00.000Z',
          updatedAt: '2026-11-01T12:00:00.000Z',
        },
      ],
    },
  ),
)
export type AvailabilityRule = Static<typeof AvailabilityRule>

export const CreateAvailabilityRuleBody = closed(
  {
    scheduleType: oneOf(SCHEDULE_TYPES),
    daysOfWeek,
    startTime,
    endTime,
    durationsMinutes: Type.Optional(durationsMinutes),
    firstDate: Type.Optional(nullable(calendarDate())),
    lastDate: Type.Optional(nullable(calendarDate())),
  },
  {
    examples: [
      {
        scheduleType: 'weekday_daytime',
        daysOfWeek: [1, 2, 3, 4, 5],
        startTime: '09:00',
        endTime: '17:00',
        durationsMinutes: [],
      },
    ],
  },
)

export const UpdateAvailabilityRuleBody = closed(
  {
    scheduleType: Type.Optional(oneOf(SCHEDULE_TYPES)),
    daysOfWeek: Type.Optional(daysOfWeek),
    startTime: Type.Optional(startTime),
    endTime: Type.Optional(endTime),
    durationsMinutes: Type.Optional(durationsMinutes),
    firstDate: Type.Optional(nullable(calendarDate())),
    lastDate: Type.Optional(nullable(calendarDate())),
  },
  { examples: [{ endTime: '18:00' }] },
)

export const Blackout = named(
  'Blackout',
  shape(
    {
      id: id(),
      startDate: calendarDate(),
      endDate: calendarDate({ description: 'Inclusive.' }),
      startTime: nullable(wallTime(), { description: 'On `startDate`; null together with `endTime`: whole days.' }),
      endTime: nullable(wallTimeEnd(), { description: 'On `endDate`; null together with `startTime`: whole days.' }),
      reason: nullable(lineOrEmpty(200), { description: 'Private: customers and admins never see it.' }),
      affectedBookings: listOf(affected, 100, {
        description: 'Sessions already booked in this time. They stay booked.',
      }),
      createdAt: instant(),
    },
    {
      description: 'One stretch of time off, from the first date and time to the last.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c08',
          startDate: '2026-12-24',
          endDate: '2027-01-01',
          startTime: null,
          endTime: null,
          reason: 'Holidays',
          affectedBookings: [],
          createdAt: '2026-11-01T12:00:00.000Z',
        },
      ],
    },
  ),
)
export type Blackout = Static<typeof Blackout>

export const CreateBlackoutBody = closed(
  {
    startDate: calendarDate(),
    endDate: calendarDate({ description: 'Inclusive.' }),
    startTime: Type.Optional(nullable(wallTime({ description: 'Both times or neither.' }))),
    endTime: Type.Optional(nullable(wallTimeEnd({ description: 'Both times or neither.' }))),
    reason: Type.Optional(nullable(line(200))),
  },
  { examples: [{ startDate: '2026-12-24', endDate: '2027-01-01', reason: 'Holidays' }] },
)

export const RuleParams = Type.Object({ ruleId: id() })
export const BlackoutParams = Type.Object({ blackoutId: id() })
export const ListAvailabilityQuery = closedPageQuery
export const AvailabilityRulePage = pageOf(ref(AvailabilityRule), 'Weekly rules, oldest first.')
export const BlackoutPage = pageOf(ref(Blackout), 'Blackouts, the latest start first.')

export const ListAffectedBookingsQuery = closed({
  withoutRuleId: Type.Optional(
    id({ description: 'Instead: what would newly lie outside my hours if this rule were removed.' }),
  ),
})
export const AffectedBookings = named(
  'AffectedBookings',
  shape(
    { data: listOf(affected, 100, { description: 'Earliest first.' }) },
    {
      description: 'Booked sessions to come that lie outside my weekly hours. They stay booked.',
      examples: [
        {
          data: [
            {
              id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
              organizationSlug: 'demo',
              start: '2026-11-24T16:30:00.000Z',
            },
          ],
        },
      ],
    },
  ),
)
export type AffectedBookings = Static<typeof AffectedBookings>

export const availabilityShapes = [AvailabilityRule, Blackout, AffectedBookings]
