import { useEffect, useMemo, useState } from 'react'
import { addDays, dateKey, epochMillis } from '../../../lib/dates.ts'
import type { Resource } from '../../resource-cache.ts'
import { useResource, useResourceCache } from '../../use-resource.ts'
import { useClockAhead } from './clock-ahead.ts'
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
  const sessionTypeName = scheduling.sessionType.name
  const wish = { schedulingToken, sessionTypeName, durationMinutes, timeZone }
  const first = useResource(scheduling.durations.length > 0 ? slotsQuery({ ...wish, days: null }) : null)
  const kept = useKept(first.data, first.receivedAt, `${sessionTypeName} ${durationMinutes}`)
  const { data, receivedAt } = kept
  const clockAheadMs = useClockAhead(data ? epochMillis(data.computedAt) - receivedAt : null)
  const today = data ? dateKey(data.computedAt, timeZone) : ''
  const horizon = data ? dateKey(data.horizonEnd, timeZone) : ''
  const lastDate = data && horizon > addDays(today, MOST_DAYS - 1) ? addDays(today, MOST_DAYS - 1) : horizon
  const laterFrom = data ? addDays(today, FIRST_DAYS) : ''
  const hasLater = data !== undefined && laterFrom <= lastDate
  const later = useResource(hasLater ? slotsQuery({ ...wish, days: { from: laterFrom, to: lastDate } }) : null)
  const laterSlots = later.data?.slots
  const times = useMemo(
    () =>
      data
        ? timesOf(data, laterSlots ?? [], {
            timeZone,
            today,
            lastDate,
            isComplete: !hasLater || laterSlots !== undefined,
            clockAheadMs,
          })
        : null,
    [data, laterSlots, timeZone, today, lastDate, hasLater, clockAheadMs],
  )
  return { times, first, isKept: data !== first.data }
}

type Kept = { what: string; data: Slots | undefined; receivedAt: number }

/** Another zone moves no slot: the ones at hand stay until its answer is there. Another length or session does. */
function useKept(data: Slots | undefined, receivedAt: number, what: string): Kept {
  const [kept, setKept] = useState<Kept>({ what, data, receivedAt })
  useEffect(() => {
    if (data) setKept({ what, data, receivedAt })
  }, [data, receivedAt, what])
  if (data) return { what, data, receivedAt }
  return kept.what === what ? kept : { what, data: undefined, receivedAt: 0 }
}

type Frame = { timeZone: string; today: string; lastDate: string; isComplete: boolean; clockAheadMs: number }

function timesOf(data: Slots, laterSlots: OfferedSlot[], frame: Frame): OfferedTimes {
  const slots = mergedSlots(data.slots, laterSlots)
  const firstFree = data.nextAvailable ?? slots[0]?.start
  return {
    days: fromFirstFreeDay(offeredDays(slots, frame.timeZone, frame.today, frame.lastDate)),
    slots,
    firstFreeDate: firstFree ? dateKey(firstFree, frame.timeZone) : frame.today,
    notice: data.nextAvailable === null && slots.length === 0 ? data.notice : null,
    horizonEnd: data.horizonEnd,
    clockAheadMs: frame.clockAheadMs,
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

/**
 * The prices of every length, for the list of lengths. The others are asked for once the chosen one is there: their
 * times are then at hand as well when the customer changes the length.
 */
export function useLengthPrices(wish: Wish, chosen: OfferedSlot[]): { durationMinutes: number; price: PriceRange }[] {
  const { schedulingToken, scheduling, durationMinutes, timeZone } = wish
  const cache = useResourceCache()
  const lengths = scheduling.durations.map((each) => each.durationMinutes)
  const sessionTypeName = scheduling.sessionType.name
  const all: Resource<PriceRange[]> = {
    key: ['slots', schedulingToken, sessionTypeName, lengths, timeZone],
    read: async () => {
      const wishes = lengths.map((length) =>
        slotsQuery({ schedulingToken, sessionTypeName, durationMinutes: length, timeZone, days: null }),
      )
      const answers = await Promise.all(wishes.map((each) => cache.ensure(each)))
      return answers.map(({ slots }) => priceRange(slots))
    },
    pollMs: () => LENGTH_PRICES_POLL_MS,
  }
  const { data } = useResource(lengths.length > 1 && chosen.length > 0 ? all : null)
  return lengths.map((length, index) => ({
    durationMinutes: length,
    price: (length === durationMinutes ? priceRange(chosen) : null) ?? data?.[index] ?? null,
  }))
}

type PriceRange = ReturnType<typeof priceRange>

const LENGTH_PRICES_POLL_MS = 60_000
