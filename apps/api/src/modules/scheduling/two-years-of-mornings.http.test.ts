import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClaimed, createScene, sendLink, slotsOf } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'

/** A Sunday at most a few hours old everywhere, or about to begin. */
const BEGIN = Date.parse('2026-01-04T00:00:00Z')
const DAY = 86_400_000
/** Windows of twelve weeks, one after the other, over two years. */
const WINDOW_DAYS = 84
const WINDOWS = 9
const CUSTOMER_ZONES = [
  'America/Los_Angeles',
  'Europe/London',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: new Date(BEGIN).toISOString() })
})
afterAll(() => world.close())

/** Date and time on the trainer's wall, by the platform's own calendar and not by the code under test. */
function wallOf(timeZone: string): (start: string) => { date: string; time: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (start) => {
    const parts = Object.fromEntries(format.formatToParts(Date.parse(start)).map(({ type, value }) => [type, value]))
    return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` }
  }
}

it.each(['America/New_York', 'Europe/Berlin', 'Australia/Sydney'])(
  'nine to five in %s begins at nine on every working day of two years, whichever zone the customer is in',
  { timeout: 240_000 },
  async (timeZone) => {
    world.clock.moveTo(new Date(BEGIN))
    const scene = await createScene(world, {
      settings: {
        timeZone,
        bookingHorizonDays: 90,
        minimumNoticeMinutes: 0,
        slotStepMinutes: 60,
        schedulingLinkLifetimeHours: 2160,
      },
      trainer: { timeZone },
    })
    const { id } = await createClaimed(world, scene)
    const wall = wallOf(timeZone)
    let days = 0
    for (let window = 0; window < WINDOWS; window += 1) {
      const sunday = BEGIN + window * WINDOW_DAYS * DAY
      world.clock.moveTo(new Date(sunday))
      const link = await sendLink(world, scene, id)
      const day = (offset: number) => new Date(sunday + offset * DAY).toISOString().slice(0, 10)
      const workingDays = Array.from({ length: WINDOW_DAYS }, (_, index) => day(index + 1)).filter(
        (date) => ![0, 6].includes(new Date(`${date}T12:00:00Z`).getUTCDay()),
      )
      for (const customerZone of CUSTOMER_ZONES) {
        // A day more on either side, since their Monday is not the trainer's.
        const query = new URLSearchParams({
          durationMinutes: '60',
          from: day(0),
          to: day(WINDOW_DAYS + 2),
          timeZone: customerZone,
        })
        const { slots } = await slotsOf(world, link, query.toString())
        const times = new Map<string, string[]>()
        for (const { start } of slots) {
          const { date, time } = wall(start)
          times.set(date, [...(times.get(date) ?? []), time])
        }
        const hours = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00']
        const wrong = workingDays.filter((date) => times.get(date)?.join() !== hours.join())
        expect(wrong, `seen from ${customerZone}`).toEqual([])
      }
      days += workingDays.length
    }
    expect(days).toBe(WINDOWS * 60)
  },
)
