/**
 * The slot engine against a hand-written floor (goals P1 and P3 of the quality page), in one run.
 *
 *   npx tsx bench/slots.ts                      ratios, and whether the answers agree
 *   npx tsx bench/slots.ts --oracle 5000 50     random schedules of days and of two months against the slow oracle
 *
 * The floor is what a careful programmer would write for exactly one weekly window and nothing else: sorted integer
 * intervals, one zone conversion per day, ISO strings grouped by day. It knows no buffers, lengths, prices, blackouts,
 * nights or reasons. Both sides end in the same ISO strings, so that the work is the same.
 */
import { oracleSlots, sampleSearches } from '../apps/api/src/domain/availability.oracle.ts'
import { openSlots, type SlotSearch } from '../apps/api/src/domain/availability.ts'
import { dateOfEpochDay, epochDayAt } from '../apps/api/src/domain/zoned-time.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const DAYS = 60
const ZONES = ['America/New_York', 'Europe/Berlin', 'Australia/Sydney', 'America/Sao_Paulo']
// Monday noon in UTC; the sixty days hold the change of the clocks in New York, Berlin and Sydney.
const NOW = Date.parse('2026-09-21T12:00:00Z')

type Answer = Record<string, string[]>
interface Busy {
  startAt: number
  endAt: number
}

// -- The floor ---------------------------------------------------------------------------------------------------------

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The zone's offset at an instant: what one conversion costs without remembering the last one. */
function shownOffset(timeZone: string, instant: number): number {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formatters.set(timeZone, formatter)
  }
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = formatter.format(instant).split(/\D+/).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant / MINUTE) * MINUTE
}

const remembered = new Map<string, number>()

/** The same, remembered: a floor that no caller with changing dates and zones would reach. */
function rememberedOffset(timeZone: string, instant: number): number {
  const key = timeZone + instant
  let offset = remembered.get(key)
  if (offset === undefined) {
    offset = shownOffset(timeZone, instant)
    remembered.set(key, offset)
  }
  return offset
}

function floorSlots(
  { now, timeZone, busy }: { now: number; timeZone: string; busy: readonly Busy[] },
  offsetAt: (timeZone: string, instant: number) => number,
): Answer {
  const sorted = [...busy].sort((a, b) => a.startAt - b.startAt)
  const answer: Answer = {}
  const first = now + 120 * MINUTE
  const last = now + DAYS * DAY
  const firstDay = Math.floor((now + offsetAt(timeZone, now)) / DAY)
  let next = 0
  let busyUntil = Number.NEGATIVE_INFINITY
  for (let day = firstDay; day <= firstDay + DAYS + 1; day += 1) {
    const weekday = (day + 4) % 7
    if (weekday === 0 || weekday === 6) continue
    // At noon no zone here changes its clocks, and none does between nine and five.
    const offset = offsetAt(timeZone, day * DAY + 12 * 3_600_000)
    const closing = day * DAY + 17 * 60 * MINUTE - offset
    let starts: string[] | undefined
    for (let start = day * DAY + 9 * 60 * MINUTE - offset; start + 30 * MINUTE <= closing; start += 30 * MINUTE) {
      const end = start + 30 * MINUTE
      for (let one = sorted[next]; one !== undefined && one.startAt < end; one = sorted[next]) {
        if (one.endAt > busyUntil) busyUntil = one.endAt
        next += 1
      }
      if (busyUntil > start || start < first || start > last) continue
      if (starts === undefined) {
        starts = []
        answer[new Date(day * DAY).toISOString().slice(0, 10)] = starts
      }
      starts.push(new Date(start).toISOString())
    }
  }
  return answer
}

// -- The engine --------------------------------------------------------------------------------------------------------

function searchFor({ now, timeZone, busy }: { now: number; timeZone: string; busy: readonly Busy[] }): SlotSearch {
  return {
    now,
    timeZone,
    rules: [
      {
        daysOfWeek: [1, 2, 3, 4, 5],
        startTime: '09:00',
        endTime: '17:00',
        durationsMinutes: [],
        firstDate: null,
        lastDate: null,
      },
    ],
    blackouts: [],
    bookings: [],
    busyTimes: busy,
    settings: {
      slotStepMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      minimumNoticeMinutes: 120,
      bookingHorizonDays: DAYS,
      sessionDurationsMinutes: [15, 30, 45, 60, 90, 120],
    },
    sessionTypeDurationsMinutes: [30, 60],
    durationMinutes: 30,
    pricing: {
      mode: 'simple',
      prices: [{ durationMinutes: 30, daypartId: null, price: { amount: 2500, currency: 'USD' } }],
    },
    organizationTimeZone: timeZone,
    payment: 'available',
  }
}

function engineSlots(search: SlotSearch): Answer {
  const answer: Answer = {}
  let day = Number.NaN
  let starts: string[] = []
  for (const { startAt } of openSlots(search)) {
    const itsDay = epochDayAt(startAt, search.timeZone)
    if (itsDay !== day) {
      day = itsDay
      starts = []
      answer[dateOfEpochDay(day)] = starts
    }
    starts.push(new Date(startAt).toISOString())
  }
  return answer
}

// -- Measuring ---------------------------------------------------------------------------------------------------------

/** A small random generator (mulberry32), so that every run measures the same schedules. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Busy times in no order, between 15 minutes and 1½ hours long, spread over the sixty days. */
function busyTimes(count: number, seed: number, longest = 90): Busy[] {
  const random = randomNumbers(seed)
  return Array.from({ length: count }, () => {
    const startAt = NOW + Math.floor((random() * DAYS * DAY) / (5 * MINUTE)) * 5 * MINUTE
    return { startAt, endAt: startAt + (15 + Math.floor(random() * (longest - 15))) * MINUTE }
  })
}

/** The middle time of each, in milliseconds, taken turn by turn so that a busy machine slows all alike. */
function medians(runs: number, sides: (() => unknown)[]): number[] {
  const times = sides.map((): number[] => [])
  for (let run = -Math.ceil(runs / 4); run < runs; run += 1) {
    sides.forEach((side, i) => {
      const startedAt = performance.now()
      side()
      const took = performance.now() - startedAt
      if (run >= 0) times[i]?.push(took)
    })
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN)
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const milliseconds = (value: number) => `${value.toFixed(3)} ms`

function judge(goal: string, ratio: number, most: number): void {
  const met = ratio <= most
  console.log(`  ${goal}: ${ratio.toFixed(2)} × (goal: at most ${most} ×) ${met ? 'met' : 'MISSED'}`)
  if (!met) process.exitCode = 1
}

function agree(what: string, agreed: boolean): void {
  console.log(`  answers ${agreed ? 'agree' : 'DIFFER'}: ${what}`)
  if (!agreed) process.exitCode = 1
}

function compareWithFloor(): void {
  const one = { now: NOW, timeZone: 'America/New_York', busy: busyTimes(200, 1) }
  const oneSearch = searchFor(one)
  const firstStartedAt = performance.now()
  openSlots(oneSearch)
  const first = performance.now() - firstStartedAt

  console.log('P1: one trainer, Monday to Friday 9 to 17, 30 minutes, 60 days, 200 busy times')
  const [floor = 0, quickFloor = 0, engine = 0, bare = 0] = medians(400, [
    () => floorSlots(one, shownOffset),
    () => floorSlots(one, rememberedOffset),
    () => engineSlots(oneSearch),
    () => openSlots(oneSearch),
  ])
  console.log(`  floor ${milliseconds(floor)}, with remembered conversions ${milliseconds(quickFloor)}`)
  console.log(`  engine ${milliseconds(engine)}, without ISO strings ${milliseconds(bare)}`)
  console.log(`  the very first call, code cold and zone unread: ${milliseconds(first)}`)
  judge('engine ÷ floor', engine / floor, 2)
  console.log(`  engine ÷ floor with remembered conversions: ${(engine / quickFloor).toFixed(2)} ×`)
  const answer = engineSlots(oneSearch)
  agree(
    `${Object.values(answer).flat().length} slots on ${Object.keys(answer).length} days`,
    same(answer, floorSlots(one, shownOffset)),
  )

  console.log('P1: twenty trainers in four zones')
  const many = Array.from({ length: 20 }, (_, i) => ({
    now: NOW,
    timeZone: ZONES[i % ZONES.length] ?? 'UTC',
    busy: busyTimes(200, 100 + i),
  }))
  const manySearches = many.map(searchFor)
  const [manyFloor = 0, manyEngine = 0] = medians(40, [
    () => many.map((trainer) => floorSlots(trainer, shownOffset)),
    () => manySearches.map(engineSlots),
  ])
  console.log(`  floor ${milliseconds(manyFloor)}, engine ${milliseconds(manyEngine)}`)
  judge('engine ÷ floor', manyEngine / manyFloor, 2)
  agree(
    'all twenty',
    many.every((trainer, i) => same(floorSlots(trainer, shownOffset), engineSlots(manySearches[i] ?? oneSearch))),
  )

  console.log('P3: 10,000 busy times and 200, in no order')
  // Short ones, so that time remains between ten thousand of them.
  const full = { ...one, busy: busyTimes(10_000, 2, 16) }
  const fullSearch = searchFor(full)
  const sortedSearch = searchFor({ ...full, busy: [...full.busy].sort((a, b) => a.startAt - b.startAt) })
  const [few = 0, thousands = 0, inOrder = 0, floorThousands = 0] = medians(100, [
    () => engineSlots(oneSearch),
    () => engineSlots(fullSearch),
    () => engineSlots(sortedSearch),
    () => floorSlots(full, shownOffset),
  ])
  console.log(`  200: ${milliseconds(few)}, 10,000: ${milliseconds(thousands)}, floor ${milliseconds(floorThousands)}`)
  judge('10,000 ÷ 200', thousands / few, 12)
  console.log(`  handed in by their starts, as a database index gives them: ${(inOrder / few).toFixed(2)} ×`)
  agree(
    `${Object.values(engineSlots(fullSearch)).flat().length} slots left`,
    same(engineSlots(fullSearch), floorSlots(full, shownOffset)),
  )
}

function compareWithOracle(shortCount: number, longCount: number): void {
  const seed = Date.now() % 2 ** 31
  console.log(`oracle: ${shortCount} schedules of days, ${longCount} of sixty days, seed ${seed}`)
  let slots = 0
  let differing = 0
  const kinds = [
    ['short', shortCount],
    ['long', longCount],
  ] as const
  for (const [kind, count] of kinds) {
    // In portions, so that thousands of schedules never lie in memory at once.
    for (let done = 0; done < count; done += 100) {
      for (const search of sampleSearches(kind, Math.min(100, count - done), seed + done)) {
        const found = openSlots(search)
        slots += found.length
        if (same(found, oracleSlots(search))) continue
        differing += 1
        if (differing === 1) console.log(JSON.stringify(search))
      }
    }
  }
  agree(`${slots} slots, ${differing} schedules differ`, differing === 0)
}

const oracleFlag = process.argv.indexOf('--oracle')
if (oracleFlag === -1) compareWithFloor()
else compareWithOracle(Number(process.argv[oracleFlag + 1] ?? 5000), Number(process.argv[oracleFlag + 2] ?? 50))
