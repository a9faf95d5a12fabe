import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type AvailabilityRule = Schemas['AvailabilityRule']
export type ScheduleType = AvailabilityRule['scheduleType']
export type Blackout = Schemas['Blackout']
export type AffectedBooking = Schemas['AffectedBookings']['data'][number]
export type Slots = Schemas['Slots']
export type SlotExplanation = Schemas['SlotExplanation']

/** The person's weekly hours. */
export const rulesQuery = () =>
  queryOptions({
    queryKey: ['availability', 'rules'],
    queryFn: async () =>
      (await answer(api.GET('/v1/me/availability/rules', { params: { query: { limit: 100 } } }))).data,
  })

/** The person's times off. */
export const blackoutsQuery = () =>
  queryOptions({
    queryKey: ['availability', 'blackouts'],
    queryFn: async () =>
      (await answer(api.GET('/v1/me/availability/blackouts', { params: { query: { limit: 100 } } }))).data,
  })

/** Sessions to come that lie outside the person's hours; with a rule, those that would newly do so without it. */
export const affectedBookingsQuery = (withoutRuleId: string | null) =>
  queryOptions({
    queryKey: ['availability', 'affected', withoutRuleId],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/me/availability/affected-bookings', {
            params: { query: withoutRuleId === null ? {} : { withoutRuleId } },
          }),
        )
      ).data,
  })

/** Whose customers are meant, and what they would book. */
export type CustomerView = {
  organization: string
  durationMinutes: number
  sessionTypeId?: string
  /** Another trainer of the organization, for its admins. */
  trainerId?: string
}

/** The times that a customer would see from one date to another, both read in `timeZone`. */
export const previewQuery = (view: CustomerView & { from: string; to: string; timeZone: string }) =>
  queryOptions({
    queryKey: ['availability', 'preview', view],
    queryFn: () => answer(api.GET('/v1/me/availability/preview', { params: { query: view } })),
    placeholderData: keepPreviousData,
    // Notice and calendars move with the clock, and tell nobody.
    refetchInterval: 60_000,
  })

/** Whether a time is offered, and everything that keeps it from being so. */
export const explanationQuery = (view: CustomerView & { start: string }) =>
  queryOptions({
    queryKey: ['availability', 'explanation', view],
    queryFn: () => answer(api.GET('/v1/me/availability/explain', { params: { query: view } })),
  })
