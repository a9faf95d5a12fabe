import { containsInterval, type Interval, mergeIntervals, overlaps, subtractIntervals } from './interval.ts'
import type { Money } from './money.ts'
import { type Pricing, priceList } from './pricing.ts'
import {
  DAY_MS,
  dayOfWeekOfEpochDay,
  epochDayAt,
  epochDayOf,
  instantOf,
  MINUTE_MS,
  minuteOfDayOf,
  wallClock,
} from './zoned-time.ts'

/**
 * When a trainer can be booked (product.md §7). Everything here is in epoch milliseconds and pure: `now` is an input.
 *
 * What is offered and what is accepted cannot differ: {@link slotAt}, which the booking transaction asks, is
 * {@link openSlots} for one instant. Its other keeper is the exclusion constraint `bookings_no_overlap`.
 */

/** A weekly window in which a trainer takes sessions, in the trainer's own zone. */
export interface WeeklyWindow {
  readonly id?: string | undefined
  /** 1 is Monday; the day on which the window starts. */
  readonly daysOfWeek: readonly number[]
  /** `HH:MM`. */
  readonly startTime: string
  /** `HH:MM`, `24:00` allowed; at or before the start it is on the next day. */
  readonly endTime: string
  /** The lengths that may be booked in it; empty means all. */
  readonly durationsMinutes: readonly number[]
  /** The first and the last date on which a window of it may start, both included; null means without limit. */
  readonly firstDate: string | null
  readonly lastDate: string | null
}

/** A stretch of dates off, in the trainer's own zone: whole dates, or from a time on the first to one on the last. */
export interface TimeOff {
  readonly id?: string | undefined
  readonly startDate: string
  /** Included. */
  readonly endDate: string
  /** Both times or neither. */
  readonly startTime: string | null
  readonly endTime: string | null
}

/**
 * One of the trainer's live bookings, in whatever organization: confirmed, paid or processing, or an unexpired hold. The
 * caller leaves out expired holds, judged by `holdExpiresAt`, and the booking that is being replaced or moved.
 */
export interface BookedTime extends Interval {
  readonly id?: string | undefined
  /** The distances of the organization that booked it, fixed on the booking. */
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
}

/** Time that a connected calendar reports as taken. Events marked as free are not handed in. */
export interface BusyTime extends Interval {
  readonly id?: string | undefined
}

/** The settings of an organization that decide about slots; names and bounds in shapes.md. */
export interface SlotSettings {
  readonly slotStepMinutes: number
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
  readonly minimumNoticeMinutes: number
  readonly bookingHorizonDays: number
  readonly sessionDurationsMinutes: readonly number[]
}

/** Everything that decides which slots are open. */
export interface SlotSearch {
  readonly now: number
  /** The trainer's zone: rules and blackouts are read in it. */
  readonly timeZone: string
  readonly rules: readonly WeeklyWindow[]
  readonly blackouts: readonly TimeOff[]
  readonly bookings: readonly BookedTime[]
  /** `unreadable` when a connected calendar is not known to be free: then nothing is offered. */
  readonly busyTimes: readonly BusyTime[] | 'unreadable'
  readonly settings: SlotSettings
  /** The lengths that the session type is sold in. */
  readonly sessionTypeDurationsMinutes: readonly number[]
  /** The length asked for. */
  readonly durationMinutes: number
  readonly pricing: Pricing
  /** The zone of the organization, in which parts of the week and seasons are priced. */
  readonly organizationTimeZone: string
  /**
   * How a price above 0 would be paid: `available`, the customer still has to pay and can; `unavailable`, there is no
   * payment provider, so only free slots are open; `settled`, nothing is to be paid (a paid booking moves).
   */
  readonly payment: 'available' | 'unavailable' | 'settled'
  /** Only starts from here on (included). */
  readonly from?: number | undefined
  /** Only starts before this instant (excluded). */
  readonly to?: number | undefined
}

/** A start at which the length asked for can be booked, with its price. */
export interface Slot extends Interval {
  readonly price: Money
}

/**
 * How far ahead a slot must start that has to be paid for, whatever the notice (product.md §9): its hold ends with the
 * start at the latest, and Stripe keeps no checkout open for less than 30 minutes.
 */
export const PAID_SLOT_LEAD_MINUTES = 40

/**
 * The times that a customer can pick, in order, none twice.
 *
 * A start `t` is open when `[t, t + length)` lies inside windows that allow the length (one, or several that touch or
 * overlap); `t` is a whole number of steps of elapsed time after the start of a window that contains it and allows the
 * length; nothing booked, busy or blacked out is closer than the buffers ask; and it has a price that can be paid.
 *
 * Edges: `t` exactly `minimumNoticeMinutes` from now is offered, a millisecond sooner is not; `t` exactly
 * `bookingHorizonDays` × 24 hours from now is offered, later is not; a paid slot exactly
 * {@link PAID_SLOT_LEAD_MINUTES} from now is offered; a session may end in the instant at which a window ends or another
 * session starts. Only the start has to be within the horizon.
 *
 * Between two sessions A and then B, the distance is the larger of A's buffer after and B's buffer before; to blackouts
 * and busy times the slot's own buffers hold. Things without length block nothing.
 */
export function openSlots(search: SlotSearch): Slot[] {
  const { busyTimes, settings, durationMinutes, payment } = search
  if (busyTimes === 'unreadable' || !isLengthOffered(search)) return []
  const firstStartAt = Math.max(earliestStart(search), search.from ?? Number.NEGATIVE_INFINITY)
  const lastStartAt = Math.min(latestStart(search), (search.to ?? Number.POSITIVE_INFINITY) - 1)
  if (!(firstStartAt <= lastStartAt)) return []
  const lengthMs = durationMinutes * MINUTE_MS
  const stepMs = settings.slotStepMinutes * MINUTE_MS

  const allowing = search.rules.filter((rule) => allowsLength(rule, durationMinutes))
  const windows = windowsMeeting(allowing, search.timeZone, { startAt: firstStartAt, endAt: lastStartAt + lengthMs })
  if (windows.length === 0) return []
  const taken = takenTimes(search, busyTimes, { startAt: firstStartAt, endAt: lastStartAt + lengthMs })
  const free = subtractIntervals(mergeIntervals(windows), mergeIntervals(taken))

  const priceAt = priceList({ pricing: search.pricing, durationMinutes, timeZone: search.organizationTimeZone })
  const firstPaidStartAt = earliestPaidStart(search)
  const slots: Slot[] = []
  let lastFound = Number.NEGATIVE_INFINITY
  let inOrder = true
  let firstPiece = 0
  for (const window of windows) {
    // Windows come in order of their starts, so a piece that ends before this one is done with.
    while ((free[firstPiece]?.endAt ?? Number.POSITIVE_INFINITY) <= window.startAt) firstPiece += 1
    for (let i = firstPiece; i < free.length; i += 1) {
      const piece = free[i]
      if (piece === undefined || piece.startAt >= window.endAt || piece.startAt > lastStartAt) break
      const earliest = Math.max(piece.startAt, window.startAt, firstStartAt)
      const latest = Math.min(piece.endAt - lengthMs, window.endAt - 1, lastStartAt)
      let startAt = window.startAt + Math.ceil((earliest - window.startAt) / stepMs) * stepMs
      for (; startAt <= latest; startAt += stepMs) {
        const price = priceAt(startAt)
        if (price === null) continue
        if (price.amount > 0 && (payment === 'unavailable' || startAt < firstPaidStartAt)) continue
        if (startAt <= lastFound) inOrder = false
        lastFound = startAt
        slots.push({ startAt, endAt: startAt + lengthMs, price })
      }
    }
  }
  return inOrder ? slots : sortedOnce(slots)
}

/**
 * The slot that starts at an instant, or null when it is not open.
 *
 * This is {@link openSlots} asked for one start, nothing else; `from` and `to` of the search are not looked at.
 */
export function slotAt(search: SlotSearch, startAt: number): Slot | null {
  return openSlots({ ...search, from: startAt, to: startAt + 1 })[0] ?? null
}

/** The times that overlapping windows find twice are kept once, all in order. */
function sortedOnce(slots: Slot[]): Slot[] {
  slots.sort((a, b) => a.startAt - b.startAt)
  return slots.filter((slot, i) => slot.startAt !== slots[i - 1]?.startAt)
}

function isLengthOffered({ durationMinutes, sessionTypeDurationsMinutes, settings }: SlotSearch): boolean {
  return (
    durationMinutes > 0 &&
    sessionTypeDurationsMinutes.includes(durationMinutes) &&
    settings.sessionDurationsMinutes.includes(durationMinutes)
  )
}

function allowsLength(rule: Pick<WeeklyWindow, 'durationsMinutes'>, durationMinutes: number): boolean {
  return rule.durationsMinutes.length === 0 || rule.durationsMinutes.includes(durationMinutes)
}

function earliestStart({ now, settings }: SlotSearch): number {
  return now + settings.minimumNoticeMinutes * MINUTE_MS
}

function earliestPaidStart({ now, payment }: SlotSearch): number {
  return payment === 'settled' ? Number.NEGATIVE_INFINITY : now + PAID_SLOT_LEAD_MINUTES * MINUTE_MS
}

/** Horizon days are 24 hours each, whatever the clocks do (shapes.md). */
function latestStart({ now, settings }: SlotSearch): number {
  return now + settings.bookingHorizonDays * DAY_MS
}

interface Window<Rule> extends Interval {
  readonly rule: Rule
}

interface WeeklyHours {
  readonly startMinute: number
  /** More than 1440 when it ends on the next day. */
  readonly endMinute: number
  /** Bit n stands for day of the week n. */
  readonly days: number
}

function weeklyHours(rule: Pick<WeeklyWindow, 'daysOfWeek' | 'startTime' | 'endTime'>): WeeklyHours {
  const startMinute = minuteOfDayOf(rule.startTime)
  const endMinute = minuteOfDayOf(rule.endTime)
  return {
    startMinute,
    endMinute: endMinute > startMinute ? endMinute : endMinute + 1440,
    days: rule.daysOfWeek.reduce((bits, day) => bits | (1 << day), 0),
  }
}

/** The windows of some rules that may hold a part of `range`, in order of their starts; windows without length are not. */
function windowsMeeting<Rule extends WeeklyWindow>(
  rules: readonly Rule[],
  timeZone: string,
  range: Interval,
): Window<Rule>[] {
  // A window starts on its own date and ends on the next at the latest.
  const firstDay = epochDayAt(range.startAt, timeZone) - 1
  const lastDay = epochDayAt(range.endAt, timeZone)
  const clock = wallClock(timeZone, firstDay, lastDay)
  const schedule = rules.map((rule) => ({
    rule,
    hours: weeklyHours(rule),
    firstDay: rule.firstDate === null ? Number.NEGATIVE_INFINITY : epochDayOf(rule.firstDate),
    lastDay: rule.lastDate === null ? Number.POSITIVE_INFINITY : epochDayOf(rule.lastDate),
  }))
  schedule.sort((a, b) => a.hours.startMinute - b.hours.startMinute)
  const windows: Window<Rule>[] = []
  for (let day = firstDay; day <= lastDay; day += 1) {
    const dayBit = 1 << dayOfWeekOfEpochDay(day)
    for (const { rule, hours, firstDay: from, lastDay: until } of schedule) {
      if ((hours.days & dayBit) === 0 || day < from || day > until) continue
      const startAt = clock.instantOf(day, hours.startMinute)
      const endAt = clock.instantOf(day, hours.endMinute)
      if (startAt < endAt && startAt < range.endAt && endAt > range.startAt) windows.push({ startAt, endAt, rule })
    }
  }
  return windows
}

/**
 * The instants that a blackout takes: from the start of its first date to the end of its last, or from time to time.
 *
 * Times that the clocks skip or repeat are read as those of windows are. Empty when it ends before it starts.
 */
export function blackoutInterval(blackout: TimeOff, timeZone: string): Interval {
  return {
    startAt: instantOf(blackout.startDate, blackout.startTime ?? '00:00', timeZone),
    endAt: instantOf(blackout.endDate, blackout.endTime ?? '24:00', timeZone),
  }
}

/** How close a session of the search may come to something that is not a session: its own buffers. */
function widenedByOwnBuffers({ startAt, endAt }: Interval, settings: SlotSettings): Interval {
  return {
    startAt: startAt - settings.bufferAfterMinutes * MINUTE_MS,
    endAt: endAt + settings.bufferBeforeMinutes * MINUTE_MS,
  }
}

/** How close it may come to another session: whichever of the two wants the larger distance gets it. */
function widenedByBothBuffers(booking: BookedTime, settings: SlotSettings): Interval {
  return {
    startAt: booking.startAt - Math.max(settings.bufferAfterMinutes, booking.bufferBeforeMinutes) * MINUTE_MS,
    endAt: booking.endAt + Math.max(settings.bufferBeforeMinutes, booking.bufferAfterMinutes) * MINUTE_MS,
  }
}

/** All that a session within `range` must not overlap, buffers included, in no order. */
function takenTimes(search: SlotSearch, busyTimes: readonly BusyTime[], range: Interval): Interval[] {
  const { settings } = search
  const taken: Interval[] = []
  const take = (plain: Interval, widened: Interval) => {
    if (plain.startAt < plain.endAt && widened.startAt < range.endAt && widened.endAt > range.startAt) {
      taken.push(widened)
    }
  }
  for (const booking of search.bookings) take(booking, widenedByBothBuffers(booking, settings))
  for (const busy of busyTimes) take(busy, widenedByOwnBuffers(busy, settings))
  for (const blackout of search.blackouts) {
    const interval = blackoutInterval(blackout, search.timeZone)
    take(interval, widenedByOwnBuffers(interval, settings))
  }
  return taken
}

/** The kinds of reason for which a time is not offered, the order in which they are given. */
export const OBSTACLE_KINDS = [
  'calendar_unreadable',
  'rule_not_in_force',
  'outside_hours',
  'length_not_in_rule',
  'off_grid',
  'runs_past_window',
  'blackout',
  'booking',
  'busy',
  'notice',
  'horizon',
  'length_not_offered',
  'no_price',
  'payments_not_configured',
  'payment_lead',
] as const
export type ObstacleKind = (typeof OBSTACLE_KINDS)[number]

interface RuleObstacle<Kind extends ObstacleKind> {
  readonly kind: Kind
  /** The rule's id. */
  readonly id: string | null
}

interface TakenObstacle<Kind extends ObstacleKind> extends Interval {
  readonly kind: Kind
  readonly id: string | null
  /** True when the session itself would not meet it and only the distance to it is too small. */
  readonly onlyBuffer: boolean
}

/** One reason why a time is not offered, with what a sentence about it needs. Instants in epoch milliseconds. */
export type Obstacle =
  | { readonly kind: 'calendar_unreadable' }
  /** A rule would hold the time, but its first date is still to come or its last has passed. */
  | (RuleObstacle<'rule_not_in_force'> & { readonly firstDate: string | null; readonly lastDate: string | null })
  | { readonly kind: 'outside_hours' }
  | (RuleObstacle<'length_not_in_rule'> & { readonly durationsMinutes: readonly number[] })
  /** The starts of that window on either side; either may be outside the window's end. */
  | (RuleObstacle<'off_grid'> & { readonly previousStartAt: number; readonly nextStartAt: number })
  /** The windows that allow the length are over before the session would be. */
  | (RuleObstacle<'runs_past_window'> & { readonly endAt: number })
  | TakenObstacle<'blackout'>
  | TakenObstacle<'booking'>
  | TakenObstacle<'busy'>
  | { readonly kind: 'notice'; readonly earliestAt: number }
  | { readonly kind: 'horizon'; readonly latestAt: number }
  | { readonly kind: 'length_not_offered'; readonly by: 'session_type' | 'organization' }
  | { readonly kind: 'no_price' }
  | { readonly kind: 'payments_not_configured' }
  | { readonly kind: 'payment_lead'; readonly earliestAt: number }

/**
 * Why a time is not offered: every reason, the one to name first at the front.
 *
 * `offered` is {@link slotAt}'s own answer; there are obstacles exactly when it is false. An instant in the past falls
 * under `notice`.
 */
export function explainSlot(
  search: SlotSearch,
  startAt: number,
): { readonly offered: boolean; readonly obstacles: readonly Obstacle[] } {
  const session: Interval = { startAt, endAt: startAt + search.durationMinutes * MINUTE_MS }
  return {
    offered: slotAt(search, startAt) !== null,
    obstacles: [
      ...(search.busyTimes === 'unreadable' ? [{ kind: 'calendar_unreadable' } as const] : []),
      ...ruleObstacles(search, session),
      ...takenObstacles(search, session),
      ...timingObstacles(search, startAt),
      ...sellingObstacles(search, startAt),
    ],
  }
}

function ruleObstacles(search: SlotSearch, session: Interval): Obstacle[] {
  const { rules, timeZone, durationMinutes, settings } = search
  const { startAt } = session
  const holdsStart = (window: Interval) => window.startAt <= startAt && startAt < window.endAt
  const windows = windowsMeeting(rules, timeZone, session)
  const holding = windows.filter(holdsStart)
  if (holding.length === 0) {
    const always = rules.map((rule) => ({ ...rule, firstDate: null, lastDate: null, limits: rule }))
    const dormant = windowsMeeting(always, timeZone, { startAt, endAt: startAt + 1 }).filter(holdsStart)
    if (dormant.length === 0) return [{ kind: 'outside_hours' }]
    return dormant.map(({ rule: { limits } }) => ({
      kind: 'rule_not_in_force',
      id: limits.id ?? null,
      firstDate: limits.firstDate,
      lastDate: limits.lastDate,
    }))
  }
  const allowing = holding.filter(({ rule }) => allowsLength(rule, durationMinutes))
  if (allowing.length === 0) {
    return holding.map(({ rule }) => ({
      kind: 'length_not_in_rule',
      id: rule.id ?? null,
      durationsMinutes: rule.durationsMinutes,
    }))
  }
  const obstacles: Obstacle[] = []
  const stepMs = settings.slotStepMinutes * MINUTE_MS
  if (allowing.every((window) => (startAt - window.startAt) % stepMs !== 0)) {
    for (const window of allowing) {
      const previousStartAt = window.startAt + Math.floor((startAt - window.startAt) / stepMs) * stepMs
      obstacles.push({
        kind: 'off_grid',
        id: window.rule.id ?? null,
        previousStartAt,
        nextStartAt: previousStartAt + stepMs,
      })
    }
  }
  const open = mergeIntervals(windows.filter(({ rule }) => allowsLength(rule, durationMinutes))).find(holdsStart)
  if (open !== undefined && open.endAt < session.endAt) {
    const last = windows.find(({ endAt, rule }) => endAt === open.endAt && allowsLength(rule, durationMinutes))
    obstacles.push({ kind: 'runs_past_window', id: last?.rule.id ?? null, endAt: open.endAt })
  }
  return obstacles
}

function takenObstacles(search: SlotSearch, session: Interval): Obstacle[] {
  const { settings, timeZone } = search
  const obstacles: Obstacle[] = []
  const judge = (kind: 'blackout' | 'booking' | 'busy', id: string | undefined, plain: Interval, widened: Interval) => {
    if (plain.startAt >= plain.endAt || !overlaps(widened, session)) return
    obstacles.push({
      kind,
      id: id ?? null,
      startAt: plain.startAt,
      endAt: plain.endAt,
      onlyBuffer: !overlaps(plain, session),
    })
  }
  for (const blackout of search.blackouts) {
    const interval = blackoutInterval(blackout, timeZone)
    judge('blackout', blackout.id, interval, widenedByOwnBuffers(interval, settings))
  }
  for (const booking of search.bookings) {
    judge('booking', booking.id, booking, widenedByBothBuffers(booking, settings))
  }
  if (search.busyTimes !== 'unreadable') {
    for (const busy of search.busyTimes) judge('busy', busy.id, busy, widenedByOwnBuffers(busy, settings))
  }
  return obstacles
}

function timingObstacles(search: SlotSearch, startAt: number): Obstacle[] {
  const earliestAt = earliestStart(search)
  const latestAt = latestStart(search)
  return [
    ...(startAt < earliestAt ? [{ kind: 'notice', earliestAt } as const] : []),
    ...(startAt > latestAt ? [{ kind: 'horizon', latestAt } as const] : []),
  ]
}

function sellingObstacles(search: SlotSearch, startAt: number): Obstacle[] {
  const { durationMinutes, pricing, organizationTimeZone, payment } = search
  const obstacles: Obstacle[] = []
  if (durationMinutes <= 0 || !search.sessionTypeDurationsMinutes.includes(durationMinutes)) {
    obstacles.push({ kind: 'length_not_offered', by: 'session_type' })
  }
  if (!search.settings.sessionDurationsMinutes.includes(durationMinutes)) {
    obstacles.push({ kind: 'length_not_offered', by: 'organization' })
  }
  const price = priceList({ pricing, durationMinutes, timeZone: organizationTimeZone })(startAt)
  if (price === null) obstacles.push({ kind: 'no_price' })
  else if (price.amount > 0) {
    if (payment === 'unavailable') obstacles.push({ kind: 'payments_not_configured' })
    const earliestAt = earliestPaidStart(search)
    if (startAt < earliestAt) obstacles.push({ kind: 'payment_lead', earliestAt })
  }
  return obstacles
}

/**
 * Whether a session lies wholly within a trainer's weekly hours, in windows that allow its length. Says nothing of grid,
 * blackouts or anything else that keeps a time from being offered: a booked session stays booked all the same.
 */
export function isWithinHours(
  schedule: { readonly rules: readonly WeeklyWindow[]; readonly timeZone: string },
  session: Interval & { readonly durationMinutes: number },
): boolean {
  const allowing = schedule.rules.filter((rule) => allowsLength(rule, session.durationMinutes))
  return containsInterval(mergeIntervals(windowsMeeting(allowing, schedule.timeZone, session)), session)
}

/** What may be wrong with a weekly window so that nobody can ever book in it, or not all the lengths it lists. */
export const RULE_WARNING_CODES = [
  'never_in_force',
  'beyond_horizon',
  'length_not_offered',
  'no_price',
  'length_does_not_fit',
] as const
export type RuleWarningCode = (typeof RULE_WARNING_CODES)[number]

export interface RuleWarning {
  readonly code: RuleWarningCode
  /** The length that it is about; null when it is about the whole rule. */
  readonly durationMinutes: number | null
}

/**
 * What a trainer should know about one weekly window: that it yields nothing, or nothing for some length.
 *
 * - `never_in_force`: it is over (its last date is before `today`, a date in the trainer's zone), or its dates hold none
 *   of its days of the week.
 * - `beyond_horizon`: its first date lies after the last that any organization can be booked for (`horizonEndDate`, a
 *   date in the trainer's zone).
 * - `length_not_offered`: it lists a length that no organization of the trainer has.
 * - `no_price`: it lists a length that organizations have, but none with a price (`unpricedDurationsMinutes`); or it lists
 *   none, and nothing at all has a price. `offeredDurationsMinutes` have one.
 * - `length_does_not_fit`: a length that it lists, or with none listed one that is sold, fits into it nowhere, not even by
 *   running on into neighbouring windows. With none listed this is said only when no length at all fits.
 *
 * Judged on the wall clock of an ordinary week: one night of changing clocks is no reason to warn.
 */
export function ruleWarnings({
  rule,
  rules,
  today,
  offeredDurationsMinutes,
  unpricedDurationsMinutes = [],
  horizonEndDate = null,
}: {
  rule: WeeklyWindow
  /** All of the trainer's rules, this one included or not. */
  rules: readonly WeeklyWindow[]
  today: string
  offeredDurationsMinutes: readonly number[]
  unpricedDurationsMinutes?: readonly number[]
  horizonEndDate?: string | null
}): RuleWarning[] {
  if (!isEverInForce(rule, today)) return [{ code: 'never_in_force', durationMinutes: null }]
  if (rule.firstDate !== null && horizonEndDate !== null && rule.firstDate > horizonEndDate) {
    return [{ code: 'beyond_horizon', durationMinutes: null }]
  }
  const fits = (durationMinutes: number) => fitsAnyWeek(rule, rules, durationMinutes)
  if (rule.durationsMinutes.length === 0) {
    if (offeredDurationsMinutes.length === 0 && unpricedDurationsMinutes.length > 0) {
      return [{ code: 'no_price', durationMinutes: null }]
    }
    return offeredDurationsMinutes.length === 0 || offeredDurationsMinutes.some(fits)
      ? []
      : [{ code: 'length_does_not_fit', durationMinutes: Math.min(...offeredDurationsMinutes) }]
  }
  return rule.durationsMinutes.flatMap((durationMinutes): RuleWarning[] => {
    if (!offeredDurationsMinutes.includes(durationMinutes)) {
      const isUnpriced = unpricedDurationsMinutes.includes(durationMinutes)
      return [{ code: isUnpriced ? 'no_price' : 'length_not_offered', durationMinutes }]
    }
    return fits(durationMinutes) ? [] : [{ code: 'length_does_not_fit', durationMinutes }]
  })
}

function isEverInForce({ firstDate, lastDate, daysOfWeek }: WeeklyWindow, today: string): boolean {
  if (lastDate === null) return true
  const first = epochDayOf(firstDate !== null && firstDate > today ? firstDate : today)
  // A week holds every day of the week, so the first seven dates decide.
  for (let day = first; day <= Math.min(epochDayOf(lastDate), first + 6); day += 1) {
    if (daysOfWeek.includes(dayOfWeekOfEpochDay(day))) return true
  }
  return false
}

/** In minutes of three ordinary weeks, so that the middle one has both its neighbours. */
function fitsAnyWeek(rule: WeeklyWindow, rules: readonly WeeklyWindow[], durationMinutes: number): boolean {
  const windowsOf = (one: WeeklyWindow, firstDay: number, lastDay: number): Interval[] => {
    const { startMinute, endMinute, days } = weeklyHours(one)
    const windows: Interval[] = []
    for (let day = firstDay; day <= lastDay; day += 1) {
      // Day 1 is a Monday here.
      if ((days & (1 << (((((day - 1) % 7) + 7) % 7) + 1))) === 0) continue
      windows.push({ startAt: day * 1440 + startMinute, endAt: day * 1440 + endMinute })
    }
    return windows
  }
  const allowing = [rule, ...rules].filter((one) => allowsLength(one, durationMinutes))
  const open = mergeIntervals(allowing.flatMap((one) => windowsOf(one, -6, 14)))
  // The window's own start is always on its grid, and later ones leave less room.
  return windowsOf(rule, 1, 7).some(({ startAt }) =>
    open.some((piece) => piece.startAt <= startAt && startAt + durationMinutes <= piece.endAt),
  )
}
