import { addDays, bareTime, dateKey, minutesOfDay, zoneAbbreviation } from '../../lib/dates.ts'
import type { Slots } from './queries.ts'

type Slot = Slots['slots'][number]

/** A time as a customer reads it. */
export type CustomerTime = Slot & { label: string }

export type CustomerDay = { date: string; times: CustomerTime[] }

export const DAY_PARTS = ['Morning', 'Afternoon', 'Evening'] as const

/** Noon ends the morning, 5 PM the afternoon, where the customer is. */
export function dayPartOf(start: string, timeZone: string): (typeof DAY_PARTS)[number] {
  const minutes = minutesOfDay(start, timeZone)
  return minutes < 12 * 60 ? 'Morning' : minutes < 17 * 60 ? 'Afternoon' : 'Evening'
}

/**
 * So many days from a date with the times on each, as a customer in the zone sees them. Days without a time are there as
 * well; times that the clock shows twice carry the name of their zone.
 */
export function customerDays(slots: readonly Slot[], timeZone: string, from: string, days: number): CustomerDay[] {
  const byDate = new Map<string, CustomerTime[]>()
  for (let index = 0; index < days; index += 1) byDate.set(addDays(from, index), [])
  for (const slot of slots) {
    byDate.get(dateKey(slot.start, timeZone))?.push({ ...slot, label: bareTime(slot.start, timeZone) })
  }
  return [...byDate].map(([date, times]) => ({
    date,
    times: times.map((time) =>
      times.filter(({ label }) => label === time.label).length > 1
        ? { ...time, label: `${time.label} ${zoneAbbreviation(timeZone, time.start)}` }
        : time,
    ),
  }))
}
