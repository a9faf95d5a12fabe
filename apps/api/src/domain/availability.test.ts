import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyLongSearch, anyShortSearch, oracleSlots } from './availability.oracle.ts'
import {
  blackoutInterval,
  explainSlot,
  isWithinHours,
  OBSTACLE_KINDS,
  openSlots,
  PAID_SLOT_LEAD_MINUTES,
  ruleWarnings,
  type SlotSearch,
  slotAt,
  type WeeklyWindow,
} from './availability.ts'
import { money } from './money.ts'
import { addDays, dateAt, instantOf, MINUTE_MS, wallTimeAt } from './zoned-time.ts'

/** How many random schedules the oracle judges in an ordinary run; `bench/slots.ts` runs thousands. */
const SHORT_SCHEDULES = 1500
const LONG_SCHEDULES = 8

const at = (text: string) => Date.parse(text)
const everyDay = [1, 2, 3, 4, 5, 6, 7]

const hours = (startTime: string, endTime: string, over: Partial<WeeklyWindow> = {}): WeeklyWindow => ({
  daysOfWeek: everyDay,
  startTime,
  endTime,
  durationsMinutes: [],
  firstDate: null,
  lastDate: null,
  ...over,
})

/** Monday 2026-01-05 in UTC: 09:00 to 12:00, an hour, every half hour; midnight now; one day ahead. */
function search(over: Partial<SlotSearch> = {}, settings: Partial<SlotSearch['settings']> = {}): SlotSearch {
  return {
    now: at('2026-01-05T00:00:00Z'),
    timeZone: 'UTC',
    rules: [hours('09:00', '12:00')],
    blackouts: [],
    bookings: [],
    busyTimes: [],
    settings: {
      slotStepMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      minimumNoticeMinutes: 0,
      bookingHorizonDays: 1,
      sessionDurationsMinutes: [15, 30, 45, 60, 90, 120],
      ...settings,
    },
    sessionTypeDurationsMinutes: [30, 60, 90],
    durationMinutes: 60,
    pricing: {
      mode: 'simple',
      prices: [30, 60, 90].map((durationMinutes) => ({ durationMinutes, daypartId: null, price: money(4500, 'USD') })),
    },
    organizationTimeZone: 'UTC',
    payment: 'available',
    ...over,
  }
}

/** The starts as `HH:MM` on a wall, in the search's zone unless another is named. */
function starts(input: SlotSearch, timeZone = input.timeZone): string {
  return openSlots(input)
    .map(({ startAt }) => wallTimeAt(startAt, timeZone))
    .join(' ')
}

/** `'10:00-11:00'` on Monday 2026-01-05 in UTC. */
function on5th(text: string) {
  const [from = '', to = ''] = text.split('-')
  return { startAt: instantOf('2026-01-05', from, 'UTC'), endAt: instantOf('2026-01-05', to, 'UTC') }
}
const booked = (text: string, before = 0, after = 0) => ({
  ...on5th(text),
  bufferBeforeMinutes: before,
  bufferAfterMinutes: after,
})

describe('weekly windows', () => {
  it.each([
    ['one window', [hours('09:00', '12:00')], '09:00 09:30 10:00 10:30 11:00'],
    ['one that is exactly as long as the session', [hours('09:00', '10:00')], '09:00'],
    ['one that is a minute too short', [hours('09:00', '09:59')], ''],
    ['a grid that starts with the window', [hours('09:10', '11:15')], '09:10 09:40 10:10'],
    ['two apart', [hours('09:00', '10:30'), hours('14:00', '15:00')], '09:00 09:30 14:00'],
    ['two that touch are run through', [hours('09:00', '10:00'), hours('10:00', '11:00')], '09:00 09:30 10:00'],
    ['a minute between them is not', [hours('09:00', '10:00'), hours('10:01', '11:01')], '09:00 10:01'],
    [
      'two that overlap, each with its own grid',
      [hours('09:00', '10:30'), hours('10:10', '11:40')],
      '09:00 09:30 10:00 10:10 10:40',
    ],
    [
      'two that overlap with one grid: nothing twice',
      [hours('09:00', '11:00'), hours('09:30', '11:30')],
      '09:00 09:30 10:00 10:30',
    ],
    ['the same window twice', [hours('09:00', '10:30'), hours('09:00', '10:30')], '09:00 09:30'],
    [
      'short windows in a row carry a session longer than any',
      [hours('09:00', '09:20'), hours('09:20', '09:40'), hours('09:40', '10:00')],
      '09:00',
    ],
    [
      'a window of another length does not carry it',
      [hours('09:00', '10:00'), hours('10:00', '11:00', { durationsMinutes: [30] })],
      '09:00',
    ],
    [
      'a window of this length does',
      [hours('09:00', '10:00'), hours('10:00', '11:00', { durationsMinutes: [60] })],
      '09:00 09:30 10:00',
    ],
    [
      'a window of another length is no grid',
      [hours('09:10', '12:00', { durationsMinutes: [30] }), hours('09:00', '11:00')],
      '09:00 09:30 10:00',
    ],
    ['to 24:00', [hours('22:30', '24:00')], '22:30 23:00'],
    ['other days of the week', [hours('09:00', '12:00', { daysOfWeek: [2, 3] })], ''],
    ['none at all', [], ''],
  ])('%s', (_, rules, expected) => {
    expect(starts(search({ rules }))).toBe(expected)
  })

  it('run over midnight when they end at or before their start', () => {
    const night = hours('22:00', '02:00', { daysOfWeek: [1] })
    const tuesday = { bookingHorizonDays: 2 }
    expect(starts(search({ rules: [night] }, tuesday))).toBe('22:00 22:30 23:00 23:30 00:00 00:30 01:00')
    expect(
      starts(search({ rules: [hours('12:00', '12:00', { daysOfWeek: [1] })] }, { ...tuesday, slotStepMinutes: 240 })),
    ).toBe('12:00 16:00 20:00 00:00 04:00 08:00')
  })

  it('that started yesterday are still open after midnight', () => {
    const night = hours('22:00', '02:00', { daysOfWeek: [7] })
    expect(starts(search({ rules: [night], payment: 'settled' }))).toBe('00:00 00:30 01:00')
  })

  it('to 24:00 are run through into the next day', () => {
    const rules = [hours('23:00', '24:00', { daysOfWeek: [1] }), hours('00:00', '00:30', { daysOfWeek: [2] })]
    expect(starts(search({ rules }))).toBe('23:00 23:30')
  })

  it.each([
    [null, null, 3],
    ['2026-01-06', null, 2],
    ['2026-01-07', null, 1],
    ['2026-01-08', null, 0],
    [null, '2026-01-06', 2],
    [null, '2026-01-05', 1],
    [null, '2026-01-04', 0],
    ['2026-01-06', '2026-01-06', 1],
    ['2026-01-07', '2026-01-06', 0],
  ])('from %s to %s are there on %i of three days', (firstDate, lastDate, days) => {
    const rules = [hours('09:00', '10:00', { firstDate, lastDate })]
    expect(openSlots(search({ rules }, { bookingHorizonDays: 3 }))).toHaveLength(days)
  })

  it('of a last date run on over midnight', () => {
    const rules = [hours('23:30', '00:30', { lastDate: '2026-01-05' })]
    expect(starts(search({ rules }, { bookingHorizonDays: 3 }))).toBe('23:30')
  })
})

describe('what takes time away', () => {
  it.each([
    ['nothing', '', '09:00 09:30 10:00 10:30 11:00'],
    ['a session in the middle', '10:00-10:30', '09:00 10:30 11:00'],
    ['one that ends as the window starts', '08:00-09:00', '09:00 09:30 10:00 10:30 11:00'],
    ['one that ends a minute later', '08:00-09:01', '09:30 10:00 10:30 11:00'],
    ['one that starts as a slot ends', '10:00-12:00', '09:00'],
    ['one without length', '10:15-10:15', '09:00 09:30 10:00 10:30 11:00'],
    ['the whole day', '00:00-24:00', ''],
  ])('%s', (_, text, expected) => {
    const list = text === '' ? [] : [text]
    expect(starts(search({ bookings: list.map((one) => booked(one)) }))).toBe(expected)
    expect(starts(search({ busyTimes: list.map(on5th) }))).toBe(expected)
  })

  it.each([
    ['whole dates', { startDate: '2026-01-05', endDate: '2026-01-05', startTime: null, endTime: null }, ''],
    [
      'the day before',
      { startDate: '2026-01-01', endDate: '2026-01-04', startTime: null, endTime: null },
      '09:00 09:30 10:00 10:30 11:00',
    ],
    [
      'the day after',
      { startDate: '2026-01-06', endDate: '2026-01-09', startTime: null, endTime: null },
      '09:00 09:30 10:00 10:30 11:00',
    ],
    [
      'an hour',
      { startDate: '2026-01-05', endDate: '2026-01-05', startTime: '10:00', endTime: '11:00' },
      '09:00 11:00',
    ],
    [
      'from yesterday into today',
      { startDate: '2026-01-04', endDate: '2026-01-05', startTime: '18:00', endTime: '10:30' },
      '10:30 11:00',
    ],
    [
      'to 24:00',
      { startDate: '2026-01-05', endDate: '2026-01-05', startTime: '11:00', endTime: '24:00' },
      '09:00 09:30 10:00',
    ],
  ])('a blackout: %s', (_, blackout, expected) => {
    expect(starts(search({ blackouts: [blackout] }))).toBe(expected)
  })

  it('a blackout holds in the zone of the trainer, across a date without midnight', () => {
    const blackout = { startDate: '2018-11-04', endDate: '2018-11-04', startTime: null, endTime: null }
    expect(blackoutInterval(blackout, 'America/Sao_Paulo')).toEqual({
      startAt: at('2018-11-04T03:00:00Z'),
      endAt: at('2018-11-05T02:00:00Z'),
    })
  })

  it.each([
    ['none', 0, 0, 0, 0, '09:00 10:30 11:00'],
    ['its own before', 15, 0, 0, 0, '09:00 11:00'],
    ['its own after', 0, 15, 0, 0, '10:30 11:00'],
    ["the booking's before", 0, 0, 15, 0, '10:30 11:00'],
    ["the booking's after", 0, 0, 0, 15, '09:00 11:00'],
    ['the larger of the two, not their sum', 30, 0, 0, 30, '09:00 11:00'],
    ['own after 30 and booked before 30 are still 30', 0, 30, 30, 0, '10:30 11:00'],
  ])('distance to a session from 10:00 to 10:30, %s', (_, ownBefore, ownAfter, itsBefore, itsAfter, expected) => {
    const input = search(
      { bookings: [booked('10:00-10:30', itsBefore, itsAfter)] },
      { bufferBeforeMinutes: ownBefore, bufferAfterMinutes: ownAfter },
    )
    expect(starts(input)).toBe(expected)
  })

  it('distance to busy times and blackouts is the own one', () => {
    const settings = { bufferBeforeMinutes: 30, bufferAfterMinutes: 15 }
    const blackout = { startDate: '2026-01-05', endDate: '2026-01-05', startTime: '10:00', endTime: '10:30' }
    expect(starts(search({ busyTimes: [on5th('10:00-10:30')] }, settings))).toBe('11:00')
    expect(starts(search({ blackouts: [blackout] }, settings))).toBe('11:00')
    expect(starts(search({ busyTimes: [on5th('10:15-10:30')] }, settings))).toBe('09:00 11:00')
  })

  it('two organizations with different buffers keep one distance, whoever books second', () => {
    const a = { bufferBeforeMinutes: 10, bufferAfterMinutes: 20 }
    const b = { bufferBeforeMinutes: 25, bufferAfterMinutes: 5 }
    for (let gap = 0; gap <= 60; gap += 5) {
      const first = { startAt: at('2026-01-05T09:00:00Z'), endAt: at('2026-01-05T10:00:00Z') }
      const second = { startAt: first.endAt + gap * MINUTE_MS, endAt: first.endAt + (gap + 60) * MINUTE_MS }
      const wide = { rules: [hours('00:00', '24:00')] }
      const step = { slotStepMinutes: 5 }
      const bSecond = slotAt(search({ ...wide, bookings: [{ ...first, ...a }] }, { ...b, ...step }), second.startAt)
      const aSecond = slotAt(search({ ...wide, bookings: [{ ...second, ...b }] }, { ...a, ...step }), first.startAt)
      expect(bSecond !== null).toBe(gap >= 25)
      expect(aSecond !== null).toBe(gap >= 25)
    }
  })

  it('an unreadable calendar leaves nothing open', () => {
    expect(openSlots(search({ busyTimes: 'unreadable' }))).toEqual([])
  })
})

describe('notice, horizon and the lead of a paid slot', () => {
  const ten = at('2026-01-05T10:00:00Z')

  it.each([
    ['exactly the notice ahead', ten - 120 * MINUTE_MS, true],
    ['a millisecond less', ten - 120 * MINUTE_MS + 1, false],
  ])('%s: open %s', (_, now, open) => {
    expect(slotAt(search({ now }, { minimumNoticeMinutes: 120 }), ten) !== null).toBe(open)
  })

  it.each([
    ['exactly the horizon ahead', ten - 86_400_000, true],
    ['a millisecond more', ten - 86_400_000 - 1, false],
  ])('%s: open %s', (_, now, open) => {
    expect(slotAt(search({ now }), ten) !== null).toBe(open)
  })

  it('counts days of the horizon as 24 hours, across a change of the clocks', () => {
    const night = search({
      now: at('2027-03-13T16:00:00Z'),
      timeZone: 'America/Chicago',
      rules: [hours('00:00', '24:00')],
    })
    expect(openSlots(night).at(-1)?.startAt).toBe(at('2027-03-14T16:00:00Z'))
  })

  it.each([
    ['exactly the lead ahead', PAID_SLOT_LEAD_MINUTES * MINUTE_MS, 'available', 4500, true],
    ['a millisecond less', PAID_SLOT_LEAD_MINUTES * MINUTE_MS - 1, 'available', 4500, false],
    ['less, and free', 0, 'available', 0, true],
    ['less, and already paid', 0, 'settled', 4500, true],
    ['less, free, and nobody to take payments', 0, 'unavailable', 0, true],
    ['far ahead, and nobody to take payments', 7_200_000, 'unavailable', 4500, false],
  ] as const)('%s: open', (_, ahead, payment, amount, open) => {
    const pricing = {
      mode: 'simple',
      prices: [{ durationMinutes: 60, daypartId: null, price: money(amount, 'USD') }],
    } as const
    expect(slotAt(search({ now: ten - ahead, payment, pricing }), ten) !== null).toBe(open)
  })

  it('are kept when a range is asked for, whose start is included and whose end is not', () => {
    const wide = search({}, { minimumNoticeMinutes: 600 })
    expect(starts({ ...wide, from: at('2026-01-05T09:00:00Z'), to: at('2026-01-05T11:00:00Z') })).toBe('10:00 10:30')
    expect(starts({ ...wide, from: at('2026-01-05T10:30:00Z'), to: at('2026-01-05T10:30:00.001Z') })).toBe('10:30')
    expect(starts({ ...wide, from: at('2026-01-05T11:00:00Z'), to: at('2026-01-05T10:00:00Z') })).toBe('')
    expect(starts({ ...wide, from: at('2026-01-05T10:00:00.001Z'), to: at('2026-01-05T10:30:00Z') })).toBe('')
  })
})

describe('lengths and prices', () => {
  it.each([
    ['sold and offered', [30, 60], [60], 60, true],
    ['not sold by the session type', [30], [60], 60, false],
    ['no longer among the lengths of the organization', [60], [30], 60, false],
    ['nothing', [0], [0], 0, false],
  ])('a length that is %s', (_, sessionType, organization, durationMinutes, open) => {
    const input = search(
      { sessionTypeDurationsMinutes: sessionType, durationMinutes },
      { sessionDurationsMinutes: organization },
    )
    expect(openSlots(input).length > 0).toBe(open)
  })

  it('a hole in the prices is a hole in the slots', () => {
    expect(openSlots(search({ pricing: { mode: 'simple', prices: [] } }))).toEqual([])
    const mornings = search({
      organizationTimeZone: 'Europe/Berlin',
      pricing: {
        mode: 'enhanced',
        prices: [{ durationMinutes: 60, daypartId: 'm', price: money(9900, 'EUR') }],
        dayparts: [{ id: 'm', name: 'Morning', daysOfWeek: [1], startTime: '10:30', endTime: '11:30' }],
        seasons: [],
      },
    })
    expect(starts(mornings)).toBe('09:30 10:00')
    expect(openSlots(mornings)[0]?.price).toEqual(money(9900, 'EUR'))
  })

  it('each slot ends after its length and carries its price', () => {
    expect(openSlots(search())[0]).toEqual({
      startAt: at('2026-01-05T09:00:00Z'),
      endAt: at('2026-01-05T10:00:00Z'),
      price: money(4500, 'USD'),
    })
  })
})

describe('changes of the clocks', () => {
  function onDate(date: string, timeZone: string, rule: WeeklyWindow, slotStepMinutes: number, durationMinutes = 60) {
    const input = search(
      {
        now: at(`${addDays(date, -2)}T00:00:00Z`),
        timeZone,
        rules: [{ ...rule, firstDate: date, lastDate: date }],
        durationMinutes,
      },
      { slotStepMinutes, bookingHorizonDays: 5 },
    )
    return openSlots(input).map(({ startAt }) => wallTimeAt(startAt, timeZone))
  }

  it.each([
    ['2026-11-01', 60, 7],
    ['2027-03-14', 60, 5],
    ['2026-11-01', 30, 13],
    ['2027-03-14', 30, 9],
  ])('Chicago, midnight to six, %s, every %i minutes: %i sessions of an hour', (date, step, count) => {
    expect(onDate(date, 'America/Chicago', hours('00:00', '06:00'), step)).toHaveLength(count)
  })

  it('Chicago: both one-o-clocks in autumn, no two-o-clock in spring', () => {
    expect(onDate('2026-11-01', 'America/Chicago', hours('00:00', '06:00'), 60).join(' ')).toBe(
      '00:00 01:00 01:00 02:00 03:00 04:00 05:00',
    )
    expect(onDate('2027-03-14', 'America/Chicago', hours('00:00', '06:00'), 60).join(' ')).toBe(
      '00:00 01:00 03:00 04:00 05:00',
    )
  })

  it.each([
    ['a start in the gap moves to its end', '2027-03-14', 'America/Chicago', hours('02:15', '05:00'), '03:00 04:00'],
    ['an end in the gap moves to its end', '2027-03-14', 'America/Chicago', hours('00:00', '02:30'), '00:00 01:00'],
    ['a window inside the gap is absent', '2027-03-14', 'America/Chicago', hours('02:00', '03:00'), ''],
    ['a start that comes twice is the first', '2026-11-01', 'America/Chicago', hours('01:30', '03:00'), '01:30 01:30'],
    ['an end that comes twice is the first', '2026-11-01', 'America/Chicago', hours('00:00', '01:30'), '00:00'],
    ['Lord Howe loses half an hour', '2026-10-04', 'Australia/Lord_Howe', hours('01:00', '04:00'), '01:00 02:30'],
    ['Lord Howe gains half an hour', '2026-04-05', 'Australia/Lord_Howe', hours('01:00', '04:00'), '01:00 01:30 02:30'],
    ['St Johns', '2027-03-14', 'America/St_Johns', hours('01:00', '05:00'), '01:00 03:00 04:00'],
    ['Kathmandu changes nothing', '2027-03-14', 'Asia/Kathmandu', hours('01:00', '04:00'), '01:00 02:00 03:00'],
    [
      'Casablanca goes back for Ramadan',
      '2026-02-15',
      'Africa/Casablanca',
      hours('01:00', '04:00'),
      '01:00 02:00 02:00 03:00',
    ],
    [
      'Casablanca goes forward after it',
      '2026-03-22',
      'Africa/Casablanca',
      hours('01:00', '05:00'),
      '01:00 03:00 04:00',
    ],
    ['Apia had no such date', '2011-12-30', 'Pacific/Apia', hours('09:00', '17:00'), ''],
    ['Sao Paulo had no midnight', '2018-11-04', 'America/Sao_Paulo', hours('00:00', '03:00'), '01:00 02:00'],
    [
      'Sao Paulo had an eleventh hour twice',
      '2018-02-17',
      'America/Sao_Paulo',
      hours('22:00', '24:00'),
      '22:00 23:00 23:00',
    ],
  ])('%s', (_, date, timeZone, rule, expected) => {
    expect(onDate(date, timeZone, rule, 60).join(' ')).toBe(expected)
  })

  it('Apia: a night over the skipped date is one short night', () => {
    expect(onDate('2011-12-29', 'Pacific/Apia', hours('20:00', '08:00'), 60).join(' ')).toBe('20:00 21:00 22:00 23:00')
  })

  it.each(['America/New_York', 'Europe/Berlin', 'Australia/Sydney'])(
    'in %s the first start is nine o-clock in every week of two years',
    (timeZone) => {
      for (let week = 0; week < 105; week += 1) {
        const now = at('2026-01-01T00:00:00Z') + week * 7 * 86_400_000
        const slots = openSlots(
          search(
            { now, timeZone, rules: [hours('09:00', '17:00', { daysOfWeek: [1, 2, 3, 4, 5] })] },
            { bookingHorizonDays: 7 },
          ),
        )
        const firstByDate = new Map<string, string>()
        for (const { startAt } of slots) {
          const date = dateAt(startAt, timeZone)
          if (!firstByDate.has(date)) firstByDate.set(date, wallTimeAt(startAt, timeZone))
        }
        // The first date may be under way already.
        expect([...firstByDate.values()].slice(1).every((time) => time === '09:00')).toBe(true)
        expect(firstByDate.size).toBeGreaterThanOrEqual(5)
      }
    },
  )
})

describe('why a time is not offered', () => {
  const kinds = (input: SlotSearch, text: string) =>
    explainSlot(input, at(`2026-01-05T${text}:00Z`))
      .obstacles.map(({ kind }) => kind)
      .join(' ')

  it.each([
    ['an open time', search(), '10:00', ''],
    ['outside all windows', search(), '08:30', 'outside_hours'],
    ['the end of a window', search(), '12:00', 'outside_hours'],
    ['between the steps', search(), '10:10', 'off_grid'],
    ['too near the end', search(), '11:30', 'runs_past_window'],
    ['between the steps and too near the end', search(), '11:35', 'off_grid runs_past_window'],
    [
      'a rule to come',
      search({ rules: [hours('09:00', '12:00', { firstDate: '2026-02-01' })] }),
      '10:00',
      'rule_not_in_force',
    ],
    [
      'a rule that is over',
      search({ rules: [hours('09:00', '12:00', { lastDate: '2026-01-04' })] }),
      '10:00',
      'rule_not_in_force',
    ],
    [
      'a rule for other lengths',
      search({ rules: [hours('09:00', '12:00', { durationsMinutes: [30] })] }),
      '10:00',
      'length_not_in_rule',
    ],
    ['a booking', search({ bookings: [booked('10:30-11:00')] }), '10:00', 'booking'],
    ['a busy time', search({ busyTimes: [on5th('10:30-11:00')] }), '10:00', 'busy'],
    ['notice', search({}, { minimumNoticeMinutes: 601 }), '10:00', 'notice'],
    ['a length nobody sells', search({ sessionTypeDurationsMinutes: [30] }), '10:00', 'length_not_offered'],
    ['no price', search({ pricing: { mode: 'simple', prices: [] } }), '10:00', 'no_price'],
    ['nobody to take payments', search({ payment: 'unavailable' }), '10:00', 'payments_not_configured'],
    ['too soon to be paid', search({ now: at('2026-01-05T09:30:00Z') }), '10:00', 'payment_lead'],
    ['an unreadable calendar', search({ busyTimes: 'unreadable' }), '10:00', 'calendar_unreadable'],
  ])('%s', (_, input, text, expected) => {
    expect(kinds(input, text)).toBe(expected)
  })

  it('names every reason, in the order in which they are told', () => {
    const input = search(
      {
        now: at('2026-01-05T09:50:00Z'),
        busyTimes: [{ id: 'event', ...on5th('10:00-10:05') }],
        bookings: [{ id: 'booking', ...booked('11:10-12:00', 15) }],
        blackouts: [{ id: 'off', startDate: '2026-01-05', endDate: '2026-01-06', startTime: null, endTime: null }],
        rules: [hours('09:00', '12:00', { id: 'rule' })],
      },
      { minimumNoticeMinutes: 60 },
    )
    const { offered, obstacles } = explainSlot(input, at('2026-01-05T10:10:00Z'))
    expect(offered).toBe(false)
    expect(obstacles).toEqual([
      {
        kind: 'off_grid',
        id: 'rule',
        previousStartAt: at('2026-01-05T10:00:00Z'),
        nextStartAt: at('2026-01-05T10:30:00Z'),
      },
      {
        kind: 'blackout',
        id: 'off',
        startAt: at('2026-01-05T00:00:00Z'),
        endAt: at('2026-01-07T00:00:00Z'),
        onlyBuffer: false,
      },
      {
        kind: 'booking',
        id: 'booking',
        startAt: at('2026-01-05T11:10:00Z'),
        endAt: at('2026-01-05T12:00:00Z'),
        onlyBuffer: true,
      },
      { kind: 'notice', earliestAt: at('2026-01-05T10:50:00Z') },
      { kind: 'payment_lead', earliestAt: at('2026-01-05T10:30:00Z') },
    ])
    const order = obstacles.map(({ kind }) => OBSTACLE_KINDS.indexOf(kind))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('says how late the horizon reaches', () => {
    const later = at('2026-01-06T09:30:00Z')
    expect(explainSlot(search(), later).obstacles).toEqual([{ kind: 'horizon', latestAt: at('2026-01-06T00:00:00Z') }])
  })
})

describe('whether a booked session lies within the hours', () => {
  const within = (start: string, durationMinutes: number, ...rules: WeeklyWindow[]) =>
    isWithinHours(
      { rules, timeZone: 'America/Chicago' },
      { startAt: at(start), endAt: at(start) + durationMinutes * MINUTE_MS, durationMinutes },
    )

  it('says yes to both edges and no to a millisecond outside', () => {
    const nineToFive = hours('09:00', '17:00')
    expect(within('2026-01-05T15:00:00Z', 60, nineToFive)).toBe(true)
    expect(within('2026-01-05T14:59:59.999Z', 60, nineToFive)).toBe(false)
    expect(within('2026-01-05T22:00:00Z', 60, nineToFive)).toBe(true)
    expect(within('2026-01-05T22:00:00.001Z', 60, nineToFive)).toBe(false)
  })

  it('runs on into touching windows, over midnight too, but only into those that allow its length', () => {
    const evening = hours('20:00', '24:00')
    expect(within('2026-01-06T05:30:00Z', 60, evening, hours('00:00', '02:00'))).toBe(true)
    expect(within('2026-01-06T05:30:00Z', 60, evening)).toBe(false)
    expect(within('2026-01-06T05:30:00Z', 60, evening, hours('00:00', '02:00', { durationsMinutes: [30] }))).toBe(false)
  })

  it('asks for no grid, and heeds first and last dates', () => {
    expect(within('2026-01-05T15:07:00Z', 60, hours('09:00', '17:00'))).toBe(true)
    expect(within('2026-01-05T15:00:00Z', 60, hours('09:00', '17:00', { firstDate: '2026-01-06' }))).toBe(false)
    expect(within('2026-01-05T15:00:00Z', 60, hours('09:00', '17:00', { firstDate: '2026-01-05' }))).toBe(true)
  })
})

describe('warnings about a rule that nothing can be booked by', () => {
  const warn = (rule: WeeklyWindow, over: Partial<Parameters<typeof ruleWarnings>[0]> = {}) =>
    ruleWarnings({
      rule,
      rules: [rule],
      today: '2026-01-05',
      offeredDurationsMinutes: [30],
      unpricedDurationsMinutes: [60],
      horizonEndDate: '2026-01-19',
      ...over,
    })

  it('say so beyond the horizon, and not on its last date', () => {
    expect(warn(hours('09:00', '17:00', { firstDate: '2026-01-19' }))).toEqual([])
    expect(warn(hours('09:00', '17:00', { firstDate: '2026-01-20' }))).toEqual([
      { code: 'beyond_horizon', durationMinutes: null },
    ])
    expect(warn(hours('09:00', '17:00', { firstDate: '2026-01-20' }), { horizonEndDate: null })).toEqual([])
  })

  it('tell a length without a price from one that nobody has', () => {
    expect(warn(hours('09:00', '17:00', { durationsMinutes: [30, 60, 90] }))).toEqual([
      { code: 'no_price', durationMinutes: 60 },
      { code: 'length_not_offered', durationMinutes: 90 },
    ])
    expect(warn(hours('09:00', '17:00'))).toEqual([])
    expect(warn(hours('09:00', '17:00'), { offeredDurationsMinutes: [] })).toEqual([
      { code: 'no_price', durationMinutes: null },
    ])
  })
})

describe('warnings about a rule', () => {
  const warn = (rule: WeeklyWindow, rules: WeeklyWindow[] = [], offered = [30, 60]) =>
    ruleWarnings({ rule, rules, today: '2026-01-05', offeredDurationsMinutes: offered })
      .map(({ code, durationMinutes }) => `${code} ${durationMinutes}`)
      .join(', ')

  it.each([
    ['fits', hours('09:00', '10:00'), [], ''],
    ['too short for all lengths', hours('09:00', '09:29'), [], 'length_does_not_fit 30'],
    ['long enough for one of them', hours('09:00', '09:30'), [], ''],
    [
      'a listed length does not fit',
      hours('09:00', '09:45', { durationsMinutes: [30, 60] }),
      [],
      'length_does_not_fit 60',
    ],
    [
      'it fits into the next window too',
      hours('09:00', '09:45', { durationsMinutes: [60] }),
      [hours('09:45', '10:00')],
      '',
    ],
    [
      'the next window is for other lengths',
      hours('09:00', '09:45', { durationsMinutes: [60] }),
      [hours('09:45', '10:00', { durationsMinutes: [30] })],
      'length_does_not_fit 60',
    ],
    [
      'the next window is on another day',
      hours('09:00', '09:45', { durationsMinutes: [60], daysOfWeek: [1] }),
      [hours('09:45', '10:00', { daysOfWeek: [2] })],
      'length_does_not_fit 60',
    ],
    [
      'it runs on over midnight of Sunday',
      hours('23:30', '24:00', { durationsMinutes: [60], daysOfWeek: [7] }),
      [hours('00:00', '01:00', { daysOfWeek: [1] })],
      '',
    ],
    ['a listed length is not sold', hours('09:00', '12:00', { durationsMinutes: [45] }), [], 'length_not_offered 45'],
    ['over', hours('09:00', '12:00', { lastDate: '2026-01-04' }), [], 'never_in_force null'],
    ['today is its last date', hours('09:00', '12:00', { lastDate: '2026-01-05' }), [], ''],
    [
      'no such day left',
      hours('09:00', '12:00', { daysOfWeek: [7], lastDate: '2026-01-10' }),
      [],
      'never_in_force null',
    ],
    ['one such day left', hours('09:00', '12:00', { daysOfWeek: [7], lastDate: '2026-01-11' }), [], ''],
    [
      'dates the wrong way round',
      hours('09:00', '12:00', { firstDate: '2026-02-02', lastDate: '2026-02-01' }),
      [],
      'never_in_force null',
    ],
  ])('%s', (_, rule, rules, expected) => {
    expect(warn(rule, rules)).toBe(expected)
  })
})

describe('against an oracle that walks through the minutes', () => {
  const compare = (input: SlotSearch) => {
    const found = openSlots(input).map(({ startAt, price }) => `${new Date(startAt).toISOString()} ${price.amount}`)
    expect(found).toEqual(
      oracleSlots(input).map(({ startAt, price }) => `${new Date(startAt).toISOString()} ${price.amount}`),
    )
  }

  it('finds the same slots around every change of the clocks', { timeout: 120_000 }, () => {
    fc.assert(fc.property(anyShortSearch, compare), { numRuns: SHORT_SCHEDULES })
  })

  it('finds the same slots in two months', { timeout: 120_000 }, () => {
    fc.assert(fc.property(anyLongSearch, compare), { numRuns: LONG_SCHEDULES })
  })

  it('accepts exactly what it offers, and has a reason exactly where it does not', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyShortSearch, fc.array(fc.nat(6 * 1440), { maxLength: 20 }), (input, minutes) => {
        const offered = new Map(openSlots(input).map((slot) => [slot.startAt, slot]))
        const whole = Math.ceil(input.now / MINUTE_MS) * MINUTE_MS
        const instants = [...offered.keys(), ...minutes.map((minute) => whole + minute * MINUTE_MS)]
        for (const startAt of instants.slice(0, 60)) {
          if ((input.from ?? startAt) > startAt || (input.to ?? startAt + 1) <= startAt) continue
          expect(slotAt(input, startAt)).toEqual(offered.get(startAt) ?? null)
          const { offered: isOffered, obstacles } = explainSlot(input, startAt)
          expect(isOffered).toBe(offered.has(startAt))
          expect(obstacles.length === 0).toBe(isOffered)
        }
      }),
      { numRuns: 200 },
    )
  })
})

it('gives the same slots whatever zone the server is in', { timeout: 60_000 }, () => {
  const script = `
    import fc from 'fast-check'
    import { anyShortSearch } from './availability.oracle.ts'
    import { openSlots } from './availability.ts'
    const searches = fc.sample(anyShortSearch, { numRuns: 150, seed: 7 })
    process.stdout.write(JSON.stringify(searches.map((search) => openSlots(search))))`
  const answers = ['UTC', 'America/St_Johns', 'Pacific/Apia'].map((TZ) =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, TZ },
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    }),
  )
  expect(answers[0]).toContain('startAt')
  expect(answers[1]).toBe(answers[0])
  expect(answers[2]).toBe(answers[0])
})
