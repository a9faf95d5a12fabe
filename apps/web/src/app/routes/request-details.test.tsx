import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aClaimedRequest, aMember, anId, aRequest, inHours, NO, TINA_ID, YES } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const LOST = 'This request has already been claimed by another trainer.'

/** One request that the commands of a test change. */
function serving(first: Schemas['Request']) {
  const stored = { now: first }
  server.use(
    respond('get', '/v1/organizations/{org}/requests/{requestId}', () => stored.now),
    respond('get', '/v1/organizations/{org}/requests', () => ({ data: [], nextCursor: null })),
  )
  return stored
}

function open(request: Schemas['Request']) {
  return renderApp(`/o/demo/requests/${request.id}`)
}

beforeEach(() => {
  server.use(
    respond('get', '/v1/organizations/{org}/requests/{requestId}/open-slots', () => ({
      count: 34,
      firstStart: '2026-11-24T16:30:00Z',
    })),
    respond('get', '/v1/organizations/{org}/bookings', () => ({ data: [], nextCursor: null })),
  )
})

describe('Request Details', () => {
  test('shows customer, answers, session type and status before the claim', async () => {
    const request = aRequest()
    serving(request)
    open(request)
    expect(await screen.findByRole('heading', { level: 1, name: 'Request Details' })).toBeTruthy()
    expect(await screen.findByText('sam@example.test')).toBeTruthy()
    expect(screen.getByText('+1 312 555 0142')).toBeTruthy()
    expect(screen.getByText('Weekday mornings')).toBeTruthy()
    expect(screen.getByText('Website help')).toBeTruthy()
    expect(screen.getAllByText('Eligible Trainers Notified').length).toBeGreaterThan(0)
    expect(await screen.findByText(/offers the customer 34 times/)).toBeTruthy()
  })

  test('words every step of the history once, and says who did it', async () => {
    const claimed = aClaimedRequest()
    const request = {
      ...claimed,
      history: [
        ...claimed.history,
        {
          at: inHours(-1),
          actor: { kind: 'user' as const, id: TINA_ID, name: 'Tina Novak' },
          from: 'claimed' as const,
          to: 'trainers_notified' as const,
          occasionLabel: 'Released',
          reason: 'I am away next week',
          trainer: null,
        },
      ],
    }
    serving(request)
    open(request)
    const history = await screen.findByRole('list', { name: 'History' })
    const steps = within(history)
      .getAllByRole('listitem')
      .map((step) => [...step.querySelectorAll('p')].map(({ textContent }) => textContent))
    expect(steps).toEqual([
      ['Released by Tina Novak', 'I am away next week'],
      ['Claimed by Tina Novak'],
      ['Eligible trainers notified, automatically'],
      ['Request submitted by the customer'],
    ])
  })

  test('has no Claim This Request button when the API does not allow it', async () => {
    const request = aRequest({
      actions: { ...aRequest().actions, claim: { allowed: false, reason: 'trainer_role_required' } },
    })
    serving(request)
    open(request)
    await screen.findByText('sam@example.test')
    expect(screen.queryByRole('button', { name: 'Claim This Request' })).toBeNull()
  })

  test('turns to Claimed by Trainer after the claim', async () => {
    const request = aRequest()
    const stored = serving(request)
    server.use(
      respond('post', '/v1/organizations/{org}/requests/{requestId}/claim', () => {
        stored.now = aClaimedRequest({ id: request.id })
        return stored.now
      }),
    )
    const { user } = open(request)
    await user.click(await screen.findByRole('button', { name: 'Claim This Request' }))
    expect(await screen.findByRole('button', { name: 'Send Scheduling Link' })).toBeTruthy()
    expect(screen.getAllByText('Claimed by Trainer').length).toBeGreaterThan(0)
    expect(screen.getByText('You have claimed this request.')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Claim This Request' })).toBeNull()
  })

  test('says that another trainer was quicker, word for word, with a way back and no personal data', async () => {
    const request = aRequest()
    serving(request)
    server.use(
      respond('post', '/v1/organizations/{org}/requests/{requestId}/claim', () =>
        refusal(409, 'request_already_claimed', { detail: LOST }),
      ),
    )
    const { user } = open(request)
    await user.click(await screen.findByRole('button', { name: 'Claim This Request' }))
    expect(await screen.findByText(LOST)).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Back to the Dashboard' }).getAttribute('href')).toBe('/o/demo')
    expect(screen.queryByText('sam@example.test')).toBeNull()
  })

  test('says the same when it is opened too late', async () => {
    server.use(
      respond('get', '/v1/organizations/{org}/requests/{requestId}', () => refusal(409, 'request_already_claimed')),
    )
    renderApp(`/o/demo/requests/${anId()}`)
    expect(await screen.findByText(LOST)).toBeTruthy()
  })

  test('turns into that message by itself when it happens while the page is open', async () => {
    const request = aRequest()
    const stored: { now: Schemas['Request'] | null } = { now: request }
    server.use(
      respond('get', '/v1/organizations/{org}/requests/{requestId}', () =>
        stored.now === null ? refusal(409, 'request_already_claimed') : stored.now,
      ),
    )
    const { sendLive } = open(request)
    await screen.findByText('sam@example.test')
    // The stream is open once the answer to it has come; an event before that has nobody to hear it.
    await waitFor(async () => {
      stored.now = null
      sendLive('request_removed', { requestId: request.id, status: 'claimed' })
      expect(screen.queryByText(LOST)).not.toBeNull()
    })
    expect(screen.queryByText('sam@example.test')).toBeNull()
  })

  test('sends the link, then offers to resend it and says when it was sent', async () => {
    const request = aClaimedRequest()
    const stored = serving(request)
    const linkId = anId()
    server.use(
      respond(
        'post',
        '/v1/organizations/{org}/requests/{requestId}/scheduling-tokens',
        () => {
          stored.now = aClaimedRequest({
            id: request.id,
            status: 'customer_scheduling',
            statusLabel: 'Customer Scheduling',
            schedulingLink: { id: linkId, sentAt: inHours(0), expiresAt: inHours(168), state: 'live' },
          })
          return { id: linkId, url: 'http://localhost:3000/book/x', sentAt: inHours(0), expiresAt: inHours(168) }
        },
        201,
      ),
    )
    const { user } = open(request)
    await user.click(await screen.findByRole('button', { name: 'Send Scheduling Link' }))
    expect(await screen.findByRole('button', { name: 'Resend Scheduling Link' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Send Scheduling Link' })).toBeNull()
    expect(screen.getByText('Sent at')).toBeTruthy()
    expect(screen.getByText('Expires at')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Copy the link' })).toBeTruthy()
  })

  test('offers the Session Type dropdown only while the type can change', async () => {
    const request = aClaimedRequest()
    const stored = serving(request)
    const sent: unknown[] = []
    server.use(
      respond('patch', '/v1/organizations/{org}/requests/{requestId}', async ({ request: received }) => {
        sent.push(await received.json())
        stored.now = aClaimedRequest({
          id: request.id,
          sessionType: { id: 'x', name: 'QuickBooks coaching', durations: [{ durationMinutes: 90 }] },
          sessionTypeOptions: [],
          actions: { ...request.actions, changeSessionType: NO },
        })
        return stored.now
      }),
    )
    const { user } = open(request)
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Session Type' }), 'QuickBooks coaching')
    await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Session Type' })).toBeNull())
    expect(sent).toEqual([{ sessionTypeId: request.sessionTypeOptions[1]?.id }])
    expect(screen.getByText('QuickBooks coaching')).toBeTruthy()
  })

  test('releases with a reason, which stays when it was refused', async () => {
    const request = aClaimedRequest()
    serving(request)
    server.use(
      respond('post', '/v1/organizations/{org}/requests/{requestId}/release', () =>
        refusal(409, 'invalid_state', { currentStatus: 'confirmed' }),
      ),
    )
    const { user } = open(request)
    await user.click(await screen.findByRole('button', { name: 'Release…' }))
    const dialog = screen.getByRole('dialog')
    await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'Away next week')
    await user.click(within(dialog).getByRole('button', { name: 'Release' }))
    expect(await within(dialog).findByText('This has changed in the meantime')).toBeTruthy()
    expect(within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: 'Reason' }).value).toBe('Away next week')
  })

  test('shows no way to release, assign or cancel that the API does not allow', async () => {
    const request = aClaimedRequest({ actions: { ...aClaimedRequest().actions, release: NO, cancel: NO, assign: NO } })
    serving(request)
    open(request)
    await screen.findByText('sam@example.test')
    for (const name of ['Release…', 'Assign…', 'Cancel Request…']) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
  })

  test('assigns to a trainer, naming missing skills', async () => {
    const request = aRequest({ actions: { ...aRequest().actions, assign: YES, claim: NO } })
    serving(request)
    const sent: unknown[] = []
    server.use(
      respond('get', '/v1/organizations/{org}/members', () => ({
        data: [aMember({ userId: 'u-tom', name: 'Tom Reyes', skills: ['quickbooks'] })],
        nextCursor: null,
      })),
      respond('post', '/v1/organizations/{org}/requests/{requestId}/assign', async ({ request: received }) => {
        sent.push(await received.json())
        return aClaimedRequest({ id: request.id, claimedBy: { id: 'u-tom', name: 'Tom Reyes' } })
      }),
    )
    const { user } = open(request)
    await user.click(await screen.findByRole('button', { name: 'Assign…' }))
    const dialog = await screen.findByRole('dialog')
    expect(document.activeElement).toBe(within(dialog).getByRole('combobox', { name: 'Trainer' }))
    await waitFor(() => expect(within(dialog).getByRole('option', { name: 'Tom Reyes' })).toBeTruthy())
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Trainer' }), 'Tom Reyes')
    expect(within(dialog).getByText(/does not have: wordpress/)).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Assign' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([{ trainerId: 'u-tom' }])
  })

  test('warns before the claim when the schedule has no open time', async () => {
    const request = aRequest()
    serving(request)
    server.use(
      respond('get', '/v1/organizations/{org}/requests/{requestId}/open-slots', () => ({ count: 0, firstStart: null })),
    )
    open(request)
    expect(await screen.findByText('Your schedule has no open times')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'open some times' }).getAttribute('href')).toBe('/o/demo/schedule')
    expect(screen.getByRole('button', { name: 'Claim This Request' })).toBeTruthy()
  })

  test('warns again before a link goes out to an empty calendar', async () => {
    const request = aClaimedRequest()
    serving(request)
    server.use(
      respond('get', '/v1/organizations/{org}/requests/{requestId}/open-slots', () => ({ count: 0, firstStart: null })),
    )
    open(request)
    const way = await screen.findByRole('link', { name: 'Open some times' })
    expect(way.getAttribute('href')).toBe('/o/demo/schedule')
    expect(screen.getByRole('button', { name: 'Send Scheduling Link' })).toBeTruthy()
  })
})
