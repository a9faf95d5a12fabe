import { mergeIntervals } from './interval.ts'
import { decidePrice, type Money, percentOf, roundToChargeable } from './money.ts'
import { DAY_MS, dateOfEpochDay, dayOfWeekOfEpochDay, MINUTE_MS, minuteOfDayOf, offsetMsAt } from './zoned-time.ts'

/** How a session type's prices are found: one for each length, or by length, part of the week and season. */
export const PRICING_MODES = ['simple', 'enhanced'] as const
export type PricingMode = (typeof PRICING_MODES)[number]

export interface PriceEntry {
  readonly durationMinutes: number
  /** The part of the week it is for; null is the simple price. */
  readonly daypartId: string | null
  readonly price: Money
}

/** A named part of the week in the organization's zone. An end at or before the start lies on the next day. */
export interface Daypart {
  readonly id: string
  readonly name: string
  /** 1 is Monday; the days on which it starts. */
  readonly daysOfWeek: readonly number[]
  /** `HH:MM`. */
  readonly startTime: string
  /** `HH:MM`, `24:00` allowed. */
  readonly endTime: string
}

export type SeasonAdjustment =
  /** Minus 20 takes a fifth off, 15 adds 15 percent. */
  | { readonly kind: 'percent'; readonly percent: number }
  /** The prices of the season; where it lists none for a length and daypart, the ordinary price stays. */
  | { readonly kind: 'replace'; readonly prices: readonly PriceEntry[] }

/** A named stretch of dates in the organization's zone, both ends included. */
export interface Season {
  readonly id: string
  readonly name: string
  readonly startDate: string
  readonly endDate: string
  /** Comes every year: only months and days of its dates count, and it may run across the new year. */
  readonly yearly: boolean
  readonly adjustment: SeasonAdjustment
}

export interface SimplePricing {
  readonly mode: 'simple'
  readonly prices: readonly PriceEntry[]
}

export interface EnhancedPricing {
  readonly mode: 'enhanced'
  readonly prices: readonly PriceEntry[]
  readonly dayparts: readonly Daypart[]
  /** In the organization's order: the first that holds a date decides. */
  readonly seasons: readonly Season[]
}

export type Pricing = SimplePricing | EnhancedPricing

/**
 * The lengths, in minutes and shortest first, in which an organization sells sessions of a type: those that the type
 * lists, that the organization has, and that have a price. A type without any cannot be sold.
 */
export function sellableLengths(offer: {
  readonly listedMinutes: readonly number[]
  readonly organizationMinutes: readonly number[]
  readonly pricedMinutes: readonly number[]
}): number[] {
  return offer.listedMinutes
    .filter((minutes) => offer.organizationMinutes.includes(minutes) && offer.pricedMinutes.includes(minutes))
    .toSorted((a, b) => a - b)
}

/**
 * What a session costs that starts at an instant, or null when it has no price and so cannot be booked.
 *
 * `startAt` is in epoch milliseconds, `timeZone` the organization's. The start alone decides: a session that runs from
 * one part of the week into the next costs what its start costs. Null also where the rules come out at an amount that
 * cannot be charged (above 0 and below the card minimum): better no slot than one that nobody can pay.
 */
export function priceOf(input: {
  pricing: Pricing
  startAt: number
  durationMinutes: number
  timeZone: string
}): Money | null {
  return priceList(input)(input.startAt)
}

/** {@link priceOf} for many starts of one length: what does not depend on the start is found once. */
export function priceList({
  pricing,
  durationMinutes,
  timeZone,
}: {
  pricing: Pricing
  durationMinutes: number
  timeZone: string
}): (startAt: number) => Money | null {
  if (pricing.mode === 'simple') {
    const price = chargeable(entryFor(pricing.prices, durationMinutes, null))
    return () => price
  }
  const dayparts = pricing.dayparts.map((daypart) => ({ daypart, isIn: daypartTest(daypart) }))
  const known = new Map<string, Money | null>()
  return (startAt) => {
    const local = startAt + offsetMsAt(startAt, timeZone)
    const epochDay = Math.floor(local / DAY_MS)
    const minute = Math.floor((local - epochDay * DAY_MS) / MINUTE_MS)
    const daypart = dayparts.find(({ isIn }) => isIn(dayOfWeekOfEpochDay(epochDay), minute))?.daypart
    if (daypart === undefined) return null
    const key = `${epochDay} ${daypart.id}`
    let price = known.get(key)
    if (price === undefined) {
      price = priceOnDate(pricing, durationMinutes, daypart.id, dateOfEpochDay(epochDay))
      known.set(key, price)
    }
    return price
  }
}

function entryFor(entries: readonly PriceEntry[], durationMinutes: number, daypartId: string | null): Money | null {
  const entry = entries.find((one) => one.durationMinutes === durationMinutes && one.daypartId === daypartId)
  return entry?.price ?? null
}

function chargeable(price: Money | null): Money | null {
  return price !== null && decidePrice(price).allowed ? price : null
}

function priceOnDate(pricing: EnhancedPricing, durationMinutes: number, daypartId: string, date: string): Money | null {
  const ordinary = entryFor(pricing.prices, durationMinutes, daypartId)
  const adjustment = pricing.seasons.find((season) => isInSeason(season, date))?.adjustment
  if (adjustment === undefined) return chargeable(ordinary)
  if (adjustment.kind === 'replace') {
    return chargeable(entryFor(adjustment.prices, durationMinutes, daypartId) ?? ordinary)
  }
  return ordinary && chargeable(roundToChargeable(percentOf(ordinary, 100 + adjustment.percent)))
}

/**
 * A date belongs to a season.
 *
 * Both its first and its last date do. A yearly season whose dates are a year or more apart is always on.
 */
export function isInSeason(season: Pick<Season, 'startDate' | 'endDate' | 'yearly'>, date: string): boolean {
  const { startDate, endDate, yearly } = season
  if (!yearly) return startDate <= date && date <= endDate
  const yearLater = `${String(Number(startDate.slice(0, 4)) + 1).padStart(4, '0')}${startDate.slice(4)}`
  if (endDate >= yearLater) return true
  const [first, last, day] = [startDate.slice(5), endDate.slice(5), date.slice(5)]
  return first <= last ? first <= day && day <= last : first <= day || day <= last
}

function daypartTest({ daysOfWeek, startTime, endTime }: Daypart): (dayOfWeek: number, minuteOfDay: number) => boolean {
  const days = new Set(daysOfWeek)
  const start = minuteOfDayOf(startTime)
  const end = minuteOfDayOf(endTime)
  if (end > start) return (day, minute) => days.has(day) && start <= minute && minute < end
  return (day, minute) => (days.has(day) && minute >= start) || (days.has(day === 1 ? 7 : day - 1) && minute < end)
}

const WEEK_MINUTES = 7 * 1440

/**
 * Some parts of the week claim the same minute, so that a session there would have two prices.
 *
 * Judged on the wall clock of an ordinary week; parts that only touch do not overlap.
 */
export function hasOverlappingDayparts(
  dayparts: readonly Pick<Daypart, 'daysOfWeek' | 'startTime' | 'endTime'>[],
): boolean {
  let minutes = 0
  const pieces = dayparts.flatMap(({ daysOfWeek, startTime, endTime }) =>
    [...new Set(daysOfWeek)].flatMap((day) => {
      const start = minuteOfDayOf(startTime)
      const end = minuteOfDayOf(endTime)
      const length = end > start ? end - start : end + 1440 - start
      minutes += length
      const startAt = (day - 1) * 1440 + start
      const endAt = startAt + length
      // What runs over the end of Sunday belongs to the week's Monday.
      return endAt <= WEEK_MINUTES
        ? [{ startAt, endAt }]
        : [
            { startAt, endAt: WEEK_MINUTES },
            { startAt: 0, endAt: endAt - WEEK_MINUTES },
          ]
    }),
  )
  const covered = mergeIntervals(pieces).reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0)
  return covered < minutes
}
