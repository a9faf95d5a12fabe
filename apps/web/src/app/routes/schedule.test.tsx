import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { addDays, dateKey, longDate } from '../../lib/dates.ts'
import {
  aBooking,
  aMe,
  aMember,
  aMembership,
  anId,
  aPage,
  aRule,
  aSessionType,
  someSlots,
  TINA_ID,
} from '../../testing/fixtures.ts'
import { type Received, refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

let rules: Schemas['AvailabilityRule'][] = []
let blackouts: Schemas['Blackout'][] = []
let affected: Schemas['AffectedBookings']['data'] = []
let slots: Schemas['Slots'] = someSlots([])

const CHICAGO = 'America/Chicago'
const today = () => dateKey(Date.now(), CHICAGO)
const queryOf = ({ request }: Received) => Object.fromEntries(new URL(request.url).searchParams)

beforeEach(() => {
  rules = []
  blackouts = []
  affected = []
  slots = someSlots([])
  server.use(
    respond('get', '/v1/me/availability/affected-bookings', () => ({ data: affected })),
    respond('get', '/v1/me/availability/preview', () => slots),
    respond('get', '/v1/organizations/{org}/session-types', () => aPage([aSessionType()])),
    respond('get', '/v1/me/availability/rules', () => aPage(rules)),
    respond('get', '/v1/me/availability/blackouts', () => aPage(blackouts)),
    respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
  )
})

test('hours are added by keyboard alone', async () => {
  const sent: unknown[] = []
  server.use(
    respond(
      'post',
      '/v1/me/availability/rules',
      async ({ request }) => {
        sent.push(await request.json())
        rules = [aRule()]
        return aRule()
      },
      201,
    ),
  )
  const { user } = renderApp('/o/demo/schedule')
  const add = await screen.findByRole('button', { name: 'Add hours' })
  add.focus()
  await user.keyboard('{Enter}')
  const dialog = await screen.findByRole('dialog')
  within(dialog).getByRole('checkbox', { name: 'Friday' }).focus()
  await user.keyboard(' ')
  within(dialog).getByRole('button', { name: 'Add hours' }).focus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent).toEqual([
    {
      scheduleType: 'weekday_daytime',
      daysOfWeek: [1, 2, 3, 4],
      startTime: '09:00',
      endTime: '17:00',
      durationsMinutes: [],
      firstDate: null,
      lastDate: null,
    },
  ])
  expect(await screen.findByText('Monday to Friday')).toBeTruthy()
})

test('hours without a day are not sent', async () => {
  const { user } = renderApp('/o/demo/schedule')
  await user.click(await screen.findByRole('button', { name: 'Add hours' }))
  const dialog = await screen.findByRole('dialog')
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) {
    await user.click(within(dialog).getByRole('checkbox', { name: day }))
  }
  await user.click(within(dialog).getByRole('button', { name: 'Add hours' }))
  expect(within(dialog).getByRole('alert').textContent).toBe('Choose at least one day.')
})

test('removing hours asks first', async () => {
  rules = [aRule()]
  let isRemoved = false
  server.use(
    respond('delete', '/v1/me/availability/rules/{ruleId}', () => {
      isRemoved = true
      rules = []
      return undefined
    }),
  )
  const { user } = renderApp('/o/demo/schedule')
  await user.click(await screen.findByRole('button', { name: 'Remove Monday to Friday, 9:00 AM to 5:00 PM' }))
  expect(isRemoved).toBe(false)
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Remove hours' }))
  expect(await screen.findByText('Customers cannot book you yet')).toBeTruthy()
})

test('the zone of all these times is named', async () => {
  renderApp('/o/demo/schedule')
  expect(await screen.findByText(/Times in Chicago, C[SD]T/)).toBeTruthy()
})

/** The picture of the week, 24 hours of 60 pixels each, so that a minute is a pixel. */
async function weekOf(user: ReturnType<typeof renderApp>['user']) {
  await user.click(await screen.findByRole('button', { name: 'Show all 24 hours' }))
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 100, 1440))
  const surface = screen.getByTestId('week-surface')
  const [monday] = surface.querySelectorAll('[data-date]')
  if (monday === undefined) throw new Error('The week has days.')
  const drag = (target: Element, from: number, to: number) => {
    const at = (clientY: number) => ({ pointerId: 1, isPrimary: true, button: 0, pointerType: 'mouse', clientY })
    fireEvent.pointerDown(target, at(from))
    fireEvent.pointerMove(target, at((from + to) / 2))
    fireEvent.pointerMove(target, at(to))
    fireEvent.pointerUp(target, at(to))
  }
  return { surface, monday, drag }
}

describe('the week by hand', () => {
  test('a drag over a day adds hours there', async () => {
    const sent: unknown[] = []
    server.use(
      respond(
        'post',
        '/v1/me/availability/rules',
        async ({ request }) => {
          sent.push(await request.json())
          rules = [aRule()]
          return aRule()
        },
        201,
      ),
    )
    const { user } = renderApp('/o/demo/schedule')
    const { monday, drag } = await weekOf(user)
    drag(monday, 545, 731)
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: 'Add hours' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toMatchObject([{ scheduleType: 'custom', daysOfWeek: [1], startTime: '09:00', endTime: '12:15' }])
  })

  test('a drag on an edge changes the hours of every day of the rule, and can be undone', async () => {
    rules = [aRule({ id: 'r-week' })]
    const sent: unknown[] = []
    server.use(
      respond('patch', '/v1/me/availability/rules/{ruleId}', async ({ request }) => {
        const body = (await request.json()) as Partial<Schemas['AvailabilityRule']>
        sent.push(body)
        rules = rules.map((one) => ({ ...one, ...body }))
        return rules[0] ?? aRule()
      }),
    )
    const { user } = renderApp('/o/demo/schedule')
    const { monday, drag } = await weekOf(user)
    const edge = monday.querySelector('[data-edge="start"]')
    if (edge === null) throw new Error('Hours have edges.')
    drag(edge, 540, 512)
    expect(await screen.findByText('Monday to Friday: now 8:30 AM to 5:00 PM.')).toBeTruthy()
    await waitFor(() => expect(sent).toEqual([{ startTime: '08:30', endTime: '17:00' }]))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(sent.at(-1)).toEqual({ startTime: '09:00', endTime: '17:00' }))
    expect(await screen.findByText('9:00 AM to 5:00 PM')).toBeTruthy()
  })

  test('the change can be kept to the one day', async () => {
    rules = [aRule({ id: 'r-week' })]
    const made: unknown[] = []
    const changed: unknown[] = []
    server.use(
      respond('patch', '/v1/me/availability/rules/{ruleId}', async ({ request }) => {
        changed.push(await request.json())
        return aRule()
      }),
      respond(
        'post',
        '/v1/me/availability/rules',
        async ({ request }) => {
          made.push(await request.json())
          return aRule()
        },
        201,
      ),
    )
    const { user } = renderApp('/o/demo/schedule')
    const { surface, drag } = await weekOf(user)
    const edge = surface.querySelectorAll('[data-date]')[4]?.querySelector('[data-edge="end"]')
    if (edge == null) throw new Error('Friday has hours.')
    drag(edge, 1020, 840)
    await user.click(await screen.findByRole('button', { name: 'Only on Fridays' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Only on Fridays' })).toBeNull())
    expect(made).toMatchObject([{ daysOfWeek: [5], startTime: '09:00', endTime: '14:00' }])
    expect(changed.at(-1)).toEqual({ daysOfWeek: [1, 2, 3, 4], startTime: '09:00', endTime: '17:00' })
  })

  test('a change that is refused is taken back and said', async () => {
    rules = [aRule()]
    server.use(respond('patch', '/v1/me/availability/rules/{ruleId}', () => refusal(503, 'service_unavailable')))
    const { user } = renderApp('/o/demo/schedule')
    const { monday, drag } = await weekOf(user)
    const edge = monday.querySelector('[data-edge="end"]')
    if (edge === null) throw new Error('Hours have edges.')
    drag(edge, 1020, 1080)
    expect(await screen.findByText('Ordinatus is not available right now')).toBeTruthy()
    expect(screen.queryByText(/now 9:00 AM to 6:00 PM/)).toBeNull()
    expect(screen.getByText('9:00 AM to 5:00 PM')).toBeTruthy()
  })

  test('Escape gives a drag up', async () => {
    const { user } = renderApp('/o/demo/schedule')
    const { monday, surface } = await weekOf(user)
    const at = (clientY: number) => ({ pointerId: 1, isPrimary: true, button: 0, pointerType: 'mouse', clientY })
    fireEvent.pointerDown(monday, at(540))
    fireEvent.pointerMove(monday, at(700))
    expect(surface.dataset.dragging).toBe('mark')
    fireEvent.keyDown(window, { key: 'Escape' })
    expect(surface.dataset.dragging).toBeUndefined()
    fireEvent.pointerUp(monday, at(700))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('a finger scrolls, and marks hours after a hold', async () => {
    const { user } = renderApp('/o/demo/schedule')
    const { monday, surface } = await weekOf(user)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const at = (clientY: number) => ({ pointerId: 2, isPrimary: true, button: 0, pointerType: 'touch', clientY })
    fireEvent.pointerDown(monday, at(540))
    fireEvent.pointerMove(monday, at(560))
    vi.advanceTimersByTime(1_000)
    expect(surface.dataset.dragging).toBeUndefined()
    fireEvent.pointerDown(monday, at(540))
    act(() => void vi.advanceTimersByTime(350))
    expect(surface.dataset.dragging).toBe('mark')
    fireEvent.pointerMove(monday, at(660))
    fireEvent.pointerUp(monday, at(660))
    vi.useRealTimers()
    const dialog = await screen.findByRole('dialog')
    expect((within(dialog).getByLabelText('From') as HTMLInputElement).value).toBe('09:00')
    expect((within(dialog).getByLabelText('To') as HTMLInputElement).value).toBe('11:00')
  })

  test('by keyboard: arrows move, Shift marks, Enter adds', async () => {
    const { user } = renderApp('/o/demo/schedule')
    const grid = await screen.findByRole('grid', { name: 'Your week' })
    const cell = grid.querySelector<HTMLElement>('td[tabindex="0"]')
    cell?.focus()
    expect(cell?.getAttribute('aria-label')).toMatch(/^Monday, .*, 8 AM: Closed$/)
    await user.keyboard('{ArrowRight}{ArrowDown}')
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Tuesday, .*, 9 AM: Closed$/)
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Enter}')
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByRole<HTMLInputElement>('checkbox', { name: 'Tuesday' }).checked).toBe(true)
    expect((within(dialog).getByLabelText('From') as HTMLInputElement).value).toBe('09:00')
    expect((within(dialog).getByLabelText('To') as HTMLInputElement).value).toBe('12:00')
  })
})

describe('Why is this time not offered?', () => {
  test('a click on the week asks, and every reason is said with the way to it', async () => {
    rules = [aRule({ id: anId() })]
    const session = aBooking()
    const asked: unknown[] = []
    server.use(
      respond('get', '/v1/me/availability/explain', (received) => {
        asked.push(queryOf(received))
        return {
          offered: false,
          obstacles: [
            { kind: 'booking' as const, id: session.id, label: 'Another session: Mon, 10:00–11:00 AM CST.' },
            { kind: 'notice' as const, label: 'Too soon: the earliest start now is 1:00 PM.' },
          ],
        }
      }),
    )
    const { user } = renderApp('/o/demo/schedule')
    const { monday, drag } = await weekOf(user)
    drag(monday, 600, 600)
    expect(await screen.findByText('Not offered')).toBeTruthy()
    expect(screen.getByText(/Too soon/)).toBeTruthy()
    expect(screen.getByRole('link', { name: 'View the session' }).getAttribute('href')).toBe(
      `/o/demo/bookings/${session.id}`,
    )
    expect(asked).toMatchObject([{ organization: 'demo', durationMinutes: '30' }])
    expect(new Date((asked[0] as { start: string }).start).toLocaleTimeString('en-US', { timeZone: CHICAGO })).toBe(
      '10:00:00 AM',
    )
  })

  test('the hours around the time are changed by buttons, step by step', async () => {
    rules = [aRule({ id: 'r-week' })]
    const sent: unknown[] = []
    server.use(
      respond('get', '/v1/me/availability/explain', () => ({ offered: true, obstacles: [] })),
      respond('patch', '/v1/me/availability/rules/{ruleId}', async ({ request }) => {
        const body = (await request.json()) as Partial<Schemas['AvailabilityRule']>
        sent.push(body)
        rules = rules.map((one) => ({ ...one, ...body }))
        return rules[0] ?? aRule()
      }),
    )
    const { user } = renderApp('/o/demo/schedule')
    const from = today()
    const monday = addDays(from, (8 - new Date(`${from}T00:00Z`).getUTCDay()) % 7)
    fireEvent.change(await screen.findByLabelText('Day'), { target: { value: monday } })
    await user.click(screen.getByRole('button', { name: 'Ask' }))
    expect(await screen.findByText('Customers can choose this time now.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'End 15 minutes later' }))
    await user.click(screen.getByRole('button', { name: 'End 15 minutes later' }))
    await waitFor(() => expect(sent.at(-1)).toEqual({ startTime: '09:00', endTime: '17:30' }))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(sent.at(-1)).toEqual({ startTime: '09:00', endTime: '17:00' }))
  })

  test('a time outside the hours leads to opening them', async () => {
    server.use(
      respond('get', '/v1/me/availability/explain', () => ({
        offered: false,
        obstacles: [{ kind: 'outside_hours' as const, label: 'This time is outside your weekly hours.' }],
      })),
    )
    const { user } = renderApp('/o/demo/schedule')
    const grid = await screen.findByRole('grid', { name: 'Your week' })
    grid.querySelector<HTMLElement>('td[tabindex="0"]')?.focus()
    await user.keyboard('{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Open hours here…' }))
    const dialog = await screen.findByRole('dialog')
    expect((within(dialog).getByLabelText('From') as HTMLInputElement).value).toBe('08:00')
    expect(within(dialog).getByRole<HTMLInputElement>('checkbox', { name: 'Monday' }).checked).toBe(true)
  })
})

describe('As your customer sees it', () => {
  test('days say how many times they have, and times stand where the customer lives', async () => {
    // Once: midnight may come while this runs.
    const tomorrow = addDays(today(), 1)
    slots = someSlots([`${tomorrow}T16:00:00Z`, `${tomorrow}T23:30:00Z`])
    const asked: Record<string, string>[] = []
    server.use(
      respond('get', '/v1/me/availability/preview', (received) => {
        asked.push(queryOf(received))
        return slots
      }),
    )
    const { user } = renderApp('/o/demo/schedule')
    const name = `${longDate(tomorrow)}, 2 times`
    expect(await screen.findByRole('radio', { name })).toBeTruthy()
    expect(screen.getByRole('heading', { name: 'Morning' })).toBeTruthy()
    expect(screen.getByRole('heading', { name: 'Evening' })).toBeTruthy()
    await user.selectOptions(screen.getAllByRole('combobox', { name: 'Length' }).at(-1) ?? document.body, '1 h')
    await waitFor(() => expect(asked.at(-1)?.durationMinutes).toBe('60'))
    await user.click(screen.getByRole('combobox', { name: 'Customer’s time zone' }))
    await user.click(await screen.findByRole('option', { name: /^UTC/, hidden: true }))
    await waitFor(() => expect(asked.at(-1)?.timeZone).toBe('UTC'))
    expect(await screen.findByText('11:30 PM')).toBeTruthy()
  })

  test('says that the coming two weeks have nothing, and why', async () => {
    slots = someSlots([], {
      notice: { code: 'no_open_slots', message: 'The coming two weeks have no open time at all.' },
    })
    renderApp('/o/demo/schedule')
    expect(await screen.findByText('No open times in the coming two weeks')).toBeTruthy()
  })

  test('an admin who does not train sees what the customers of another find, and why not', async () => {
    const admin = aMe({
      id: anId(),
      memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })],
    })
    const tom = aMember({ userId: 'u-tom', name: 'Tom Reyes' })
    const asked: Record<string, string>[] = []
    server.use(
      respond('get', '/v1/organizations/{org}/members', () => aPage([aMember(), tom])),
      respond('get', '/v1/me/availability/preview', (received) => {
        asked.push(queryOf(received))
        return slots
      }),
      respond('get', '/v1/me/availability/explain', (received) => {
        asked.push(queryOf(received))
        return {
          offered: false,
          obstacles: [{ kind: 'busy_elsewhere' as const, label: 'Busy elsewhere: 9:00–10:00 AM CST.' }],
        }
      }),
    )
    const { user } = renderApp('/o/demo/schedule', admin)
    const [trainer] = await screen.findAllByRole('combobox', { name: 'Trainer' })
    if (trainer === undefined) throw new Error('An admin chooses a trainer.')
    await waitFor(() => expect(asked.at(-1)?.trainerId).toBe(TINA_ID))
    await user.selectOptions(trainer, 'Tom Reyes')
    await waitFor(() => expect(asked.at(-1)?.trainerId).toBe('u-tom'))
    await user.click(screen.getByRole('button', { name: 'Ask' }))
    expect(await screen.findByText(/Busy elsewhere/)).toBeTruthy()
    expect(asked.at(-1)).toMatchObject({ trainerId: 'u-tom' })
  })

  test('where nobody can be booked, nothing is asked', async () => {
    const admin = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })
    server.use(respond('get', '/v1/organizations/{org}/members', () => aPage([])))
    renderApp('/o/demo/schedule', admin)
    expect(await screen.findByRole('grid', { name: 'Your week' })).toBeTruthy()
    expect(screen.queryByRole('heading', { name: 'As your customer sees it' })).toBeNull()
  })
})

describe('what is booked stays booked', () => {
  test('sessions outside the hours are named, each with its page', async () => {
    affected = [{ id: 'b-1', organizationSlug: 'other', start: '2026-11-24T16:30:00Z' }]
    renderApp('/o/demo/schedule')
    expect(await screen.findByText('1 session stays booked outside your weekly hours')).toBeTruthy()
    expect(screen.getByRole('link', { name: /10:30 AM CST/ }).getAttribute('href')).toBe('/o/other/bookings/b-1')
  })

  test('a blackout over a session says so before it is made, and days are picked by keyboard', async () => {
    const tomorrow = addDays(today(), 1)
    const sent: unknown[] = []
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () =>
        aPage([aBooking({ start: `${tomorrow}T18:00:00Z`, end: `${tomorrow}T19:00:00Z` })]),
      ),
      respond(
        'post',
        '/v1/me/availability/blackouts',
        async ({ request }) => {
          sent.push(await request.json())
          const made: Schemas['Blackout'] = {
            id: anId(),
            startDate: tomorrow,
            endDate: addDays(tomorrow, 1),
            startTime: null,
            endTime: null,
            reason: null,
            affectedBookings: [{ id: 'b-2', organizationSlug: 'demo', start: `${tomorrow}T18:00:00Z` }],
            createdAt: '2026-11-22T00:00:00Z',
          }
          blackouts = [made]
          return made
        },
        201,
      ),
    )
    const { user } = renderApp('/o/demo/schedule')
    const calendar = await screen.findByRole('grid', { name: /^Blackouts/ })
    const current = calendar.querySelector<HTMLElement>('button[tabindex="0"]')
    current?.focus()
    await user.keyboard('{ArrowRight}')
    expect(document.activeElement?.getAttribute('aria-label')).toBe(`${longDate(tomorrow)}, 1 session`)
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}{Enter}')
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText('1 session stays booked in this time')).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Add blackout' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([{ startDate: tomorrow, endDate: addDays(tomorrow, 1) }])
    expect(await screen.findByText('Blackout added. 1 session stays booked in it.')).toBeTruthy()
    expect(screen.getByText('1 session stays booked in it:')).toBeTruthy()
  })

  test('removing hours names the sessions in them', async () => {
    rules = [aRule()]
    affected = [{ id: 'b-1', organizationSlug: 'demo', start: '2026-11-24T16:30:00Z' }]
    const { user } = renderApp('/o/demo/schedule')
    await user.click(await screen.findByRole('button', { name: /^Remove Monday to Friday/ }))
    expect(await within(screen.getByRole('dialog')).findByText('1 session stays booked in these hours')).toBeTruthy()
  })
})
