import { addDays, bareTime, dateKey, epochMillis, minutesOfDay, zoneAbbreviation } from '../../../lib/dates.ts'
import type { Money } from '../../../lib/money.ts'

export type OfferedSlot = { start: string; end: string; price: Money }

export type OfferedTime = OfferedSlot & {
  /** "10:30 AM" in the customer's zone. */
  label: string
  /** "CDT" where the same wall-clock time occurs twice on this day, else null. */
  zoneLabel: string | null
}

export const DAY_PARTS = ['morning', 'afternoon', 'evening'] as const
export type DayPart = (typeof DAY_PARTS)[number]

/** One calendar date of the strip with the times that can be had on it. */
export type OfferedDay = { date: string; times: OfferedTime[] }

const NOON_MINUTES = 12 * 60
const EVENING_MINUTES = 17 * 60

/** Whether a time reads as morning (before noon), afternoon or evening (from 5 PM) where the customer is. */
export function dayPart(start: string, timeZone: string): DayPart {
  const minutes = minutesOfDay(start, timeZone)
  if (minutes < NOON_MINUTES) return 'morning'
  return minutes < EVENING_MINUTES ? 'afternoon' : 'evening'
}

/**
 * The days of the strip, from `firstDate` to `lastDate` inclusive, each with its times in the customer's zone.
 * Days without a time are there as well: a gap is an answer too. Slots outside the dates are left out.
 */
export function offeredDays(slots: OfferedSlot[], timeZone: string, firstDate: string, lastDate: string): OfferedDay[] {
  const byDate = new Map<string, OfferedTime[]>()
  for (let date = firstDate; date <= lastDate; date = addDays(date, 1)) byDate.set(date, [])
  for (const slot of slots) {
    byDate.get(dateKey(slot.start, timeZone))?.push({ ...slot, label: bareTime(slot.start, timeZone), zoneLabel: null })
  }
  return [...byDate].map(([date, times]) => ({ date, times: tellRepeatedHoursApart(times, timeZone) }))
}

/** When clocks go back, 1:00 AM comes twice: those times get the name of their zone. */
function tellRepeatedHoursApart(times: OfferedTime[], timeZone: string): OfferedTime[] {
  const seen = new Map<string, number>()
  for (const time of times) seen.set(time.label, (seen.get(time.label) ?? 0) + 1)
  if (seen.size === times.length) return times
  return times.map((time) =>
    (seen.get(time.label) ?? 0) > 1 ? { ...time, zoneLabel: zoneAbbreviation(timeZone, time.start) } : time,
  )
}

/** The same slots without twins, earliest first; later lists win, being fresher. */
export function mergedSlots(...lists: OfferedSlot[][]): OfferedSlot[] {
  const byStart = new Map<number, OfferedSlot>()
  for (const slot of lists.flat()) byStart.set(epochMillis(slot.start), slot)
  return [...byStart].sort(([one], [other]) => one - other).map(([, slot]) => slot)
}

/** The first day after `date` that has a time, or null. */
export function nextFreeDay(days: OfferedDay[], date: string): OfferedDay | null {
  return days.find((day) => day.date > date && day.times.length > 0) ?? null
}

/** The prices of these slots: the lowest, and whether they differ. Null without slots. */
export function priceRange(slots: OfferedSlot[]): { lowest: Money; varies: boolean } | null {
  const [first, ...rest] = slots
  if (!first) return null
  let lowest = first.price
  let varies = false
  for (const { price } of rest) {
    if (price.amount !== lowest.amount) varies = true
    if (price.amount < lowest.amount) lowest = price
  }
  return { lowest, varies }
}
