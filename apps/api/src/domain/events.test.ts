import { describe, expect, it } from 'vitest'
import { type DomainEvent, EVENT_NAMES, eventResource, eventResourceId } from './events.ts'

const about = { requestId: 'r', bookingId: null, status: 'claimed' } as const

describe('events', () => {
  it('have names in lower_snake, each with the kind of thing it happened to', () => {
    for (const name of EVENT_NAMES) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/)
      expect(['user', 'organization', 'request', 'booking']).toContain(eventResource(name))
    }
  })

  it.each([
    [{ name: 'request_claimed', payload: { ...about, trainerId: 'tina' } }, 'r'],
    [
      {
        name: 'booking_confirmed',
        payload: { requestId: 'r', bookingId: 'b', status: 'confirmed', trainerId: 'tina' },
      },
      'b',
    ],
    [{ name: 'user_signed_up', payload: { requestId: null, bookingId: null, status: null, userId: 'u' } }, 'u'],
    [{ name: 'settings_changed', payload: { requestId: null, bookingId: null, status: null } }, null],
  ] as [DomainEvent, string | null][])('%j happened to %s', (event, expected) => {
    expect(eventResourceId(event)).toBe(expected)
  })
})
