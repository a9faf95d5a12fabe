import { useQuery, useQueryClient } from '@tanstack/react-query'
import { addDays, dateKey, epochMillis } from '../../../lib/dates.ts'
import { mergedSlots, type OfferedDay, type OfferedSlot, offeredDays, priceRange } from './days.ts'
import { slotsQuery } from './queries.ts'
import type { Scheduling, Slots } from './scheduling.ts'

/** The API's first answer reaches so many days, today included (api.md, listSlots). */
const FIRST_DAYS = 14
/** It refuses to look at more days at once. */
const MOST_DAYS = 92

export type OfferedTimes = {
  days: OfferedDay[]
  slots: OfferedSlot[]
  /** The day to show first: that of the first free time, else today. */
  firstFreeDate: string
  /** Whether there is no time of this length in the whole horizon, and why. */
  notice: Slots['notice']
  horizonEnd: string
  /** How far the product's clock is ahead of this device's, in milliseconds. */
  clockAheadMs: number
  /** Whether the whole horizon is known; until then a missing time proves nothing. */
  isComplete: boolean
}

type Wish = { schedulingToken: string; scheduling: Scheduling; durationMinutes: number; timeZone: string }

/**
 * The free times of one length in the customer's zone, over the whole horizon.
 * The first fortnight comes in one answer, the days after it in a second, so that the page stands early.
 */
export function useOfferedTimes({ schedulingToken, scheduling, durationMinutes, timeZone }: Wish) {
  const wish = { schedulingToken, sessionTypeName: scheduling.sessionType.name, durationMinutes, timeZone }
  const first = useQuery({
    ...slotsQuery({ ...wish, days: null }),
    enabled: scheduling.durations.length > 0,
    // Another zone moves no slot: the ones at hand stay until the answer is there. Another length does.
    placeholderData: (previous, query) =>
      query?.queryKey[2] === wish.sessionTypeName && query.queryKey[3] === durationMinutes ? previous : undefined,
  })
  const { data } = first
  const today = data ? dateKey(data.computedAt, timeZone) : ''
  const horizon = data ? dateKey(data.horizonEnd, timeZone) : ''
  const lastDate = data && horizon > addDays(today, MOST_DAYS - 1) ? addDays(today, MOST_DAYS - 1) : horizon
  const laterFrom = data ? addDays(today, FIRST_DAYS) : ''
  const hasLater = data !== undefined && laterFrom <= lastDate
  const later = useQuery({
    ...slotsQuery({ ...wish, days: { from: laterFrom, to: lastDate } }),
    enabled: hasLater,
  })
  const times: OfferedTimes | null = data
    ? timesOf(data, hasLater ? (later.data?.slots ?? []) : [], {
        timeZone,
        today,
        lastDate,
        isComplete: !hasLater || later.isSuccess,
        receivedAt: first.dataUpdatedAt,
      })
    : null
  return { times, first }
}

type Frame = { timeZone: string; today: string; lastDate: string; isComplete: boolean; receivedAt: number }

function timesOf(data: Slots, laterSlots: OfferedSlot[], frame: Frame): OfferedTimes {
  const slots = mergedSlots(data.slots, laterSlots)
  const firstFree = data.nextAvailable ?? slots[0]?.start
  return {
    days: fromFirstFreeDay(offeredDays(slots, frame.timeZone, frame.today, frame.lastDate)),
    slots,
    firstFreeDate: firstFree ? dateKey(firstFree, frame.timeZone) : frame.today,
    notice: data.nextAvailable === null && slots.length === 0 ? data.notice : null,
    horizonEnd: data.horizonEnd,
    clockAheadMs: clockAhead(data.computedAt, frame.receivedAt),
    isComplete: frame.isComplete,
  }
}

/** The strip begins with a day that can be had; when none can, it shows them all. */
function fromFirstFreeDay(days: OfferedDay[]): OfferedDay[] {
  return days.slice(
    Math.max(
      0,
      days.findIndex((day) => day.times.length > 0),
    ),
  )
}

/** Less than this is the answer's way through the network, not a clock that is wrong. */
const NETWORK_MS = 3000

function clockAhead(computedAt: string, receivedAt: number): number {
  const ahead = epochMillis(computedAt) - receivedAt
  return receivedAt === 0 || Math.abs(ahead) < NETWORK_MS ? 0 : ahead
}

/**
 * The prices of every length, for the list of lengths. The others are asked for once the chosen one is there: their
 * times are then at hand as well when the customer changes the length.
 */
export function useLengthPrices(
  { schedulingToken, scheduling, durationMinutes, timeZone }: Wish,
  chosen: OfferedSlot[],
) {
  const queryClient = useQueryClient()
  const lengths = scheduling.durations.map((each) => each.durationMinutes)
  const sessionTypeName = scheduling.sessionType.name
  const { data } = useQuery({
    queryKey: ['length-prices', schedulingToken, sessionTypeName, lengths, timeZone],
    queryFn: async () => {
      const wishes = lengths.map((length) =>
        slotsQuery({ schedulingToken, sessionTypeName, durationMinutes: length, timeZone, days: null }),
      )
      const answers = await Promise.all(wishes.map((wish) => queryClient.ensureQueryData(wish)))
      return answers.map(({ slots }) => priceRange(slots))
    },
    enabled: lengths.length > 1 && chosen.length > 0,
    refetchInterval: LENGTH_PRICES_POLL_MS,
  })
  return lengths.map((length, index) => ({
    durationMinutes: length,
    price: length === durationMinutes ? (priceRange(chosen) ?? data?.[index] ?? null) : (data?.[index] ?? null),
  }))
}

const LENGTH_PRICES_POLL_MS = 60_000
