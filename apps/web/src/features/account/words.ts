import type { Me } from './queries.ts'

export type NotificationKey = keyof Me['notificationPreferences']

/** The notifications in the order in which a session meets them. */
export const NOTIFICATIONS: { key: NotificationKey; label: string; help: string; adminsOnly?: boolean }[] = [
  { key: 'newRequest', label: 'New requests', help: 'A request that matches your skills has arrived.' },
  {
    key: 'newLinkRequested',
    label: 'New link wanted',
    help: 'A customer’s link no longer works and they ask for another.',
  },
  { key: 'paymentReceived', label: 'Payment received', help: 'A customer has paid and waits for your confirmation.' },
  {
    key: 'bookingConfirmed',
    label: 'Session confirmed',
    help: 'A copy of what your customer gets, with date and time.',
  },
  {
    key: 'bookingChanged',
    label: 'Session moved or canceled',
    help: 'The time of a session has changed, or it is off.',
  },
  { key: 'sessionReminder', label: 'Session reminders', help: 'A day and an hour before each session.' },
  { key: 'attention', label: 'Stuck requests', help: 'A request needs a decision from an admin.', adminsOnly: true },
]
