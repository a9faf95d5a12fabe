/**
 * What a member may be mailed about, whether they are unless they say otherwise, and its label. Preferences belong to
 * the person, across organizations. `bookingConfirmed` alone is opt-in (guide, step 6).
 */
export const NOTIFICATION_PREFERENCES = {
  newRequest: { default: true, label: 'New request available' },
  paymentReceived: { default: true, label: 'A customer has paid' },
  bookingConfirmed: { default: false, label: 'A booking is confirmed' },
  bookingChanged: { default: true, label: 'A booking is moved or canceled' },
  sessionReminder: { default: true, label: 'Reminders before a session' },
  newLinkRequested: { default: true, label: 'A customer asks for a new link or other times' },
  attention: { default: true, label: 'Something is stuck and needs attention' },
} as const satisfies Record<string, { default: boolean; label: string }>

export type NotificationPreference = keyof typeof NOTIFICATION_PREFERENCES
export type NotificationPreferences = Record<NotificationPreference, boolean>

export const NOTIFICATION_PREFERENCE_KEYS = Object.keys(NOTIFICATION_PREFERENCES) as NotificationPreference[]

/**
 * A person's preferences with the defaults filled in, so that a kind of mail added later has its default for everyone.
 *
 * Only own, known keys with a boolean are read; anything else in what was stored is ignored.
 */
export function resolveNotificationPreferences(stored: Readonly<Record<string, unknown>>): NotificationPreferences {
  const resolved = {} as NotificationPreferences
  for (const key of NOTIFICATION_PREFERENCE_KEYS) {
    const value = Object.hasOwn(stored, key) ? stored[key] : undefined
    resolved[key] = typeof value === 'boolean' ? value : NOTIFICATION_PREFERENCES[key].default
  }
  return resolved
}

/** What to store after a change: the preferences merged key by key; a key that was not sent keeps its value. */
export function mergeNotificationPreferences(
  stored: Readonly<Record<string, unknown>>,
  changes: Readonly<Partial<NotificationPreferences>>,
): NotificationPreferences {
  return resolveNotificationPreferences({ ...resolveNotificationPreferences(stored), ...changes })
}
