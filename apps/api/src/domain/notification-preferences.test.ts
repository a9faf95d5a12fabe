import { describe, expect, it } from 'vitest'
import { mergeNotificationPreferences, resolveNotificationPreferences } from './notification-preferences.ts'

const defaults = {
  newRequest: true,
  paymentReceived: true,
  bookingConfirmed: false,
  bookingChanged: true,
  sessionReminder: true,
  newLinkRequested: true,
  attention: true,
}

describe('notification preferences', () => {
  it('are on unless switched off, the booking confirmation alone is opt-in', () => {
    expect(resolveNotificationPreferences({})).toEqual(defaults)
  })

  it('read known booleans only', () => {
    const stored = JSON.parse(
      '{"newRequest": false, "attention": "no", "gone": true, "__proto__": {"bookingConfirmed": true}}',
    )
    expect(resolveNotificationPreferences(stored)).toEqual({ ...defaults, newRequest: false })
  })

  it('are merged key by key', () => {
    expect(mergeNotificationPreferences({ newRequest: false }, { bookingConfirmed: true })).toEqual({
      ...defaults,
      newRequest: false,
      bookingConfirmed: true,
    })
  })
})
