/** Every address of the staff app, in one list. `pattern`s are what the router matches. */
export const PATTERNS = {
  signIn: '/sign-in',
  signUp: '/sign-up',
  organization: '/o/:org',
  request: 'requests/:requestId',
  booking: 'bookings/:bookingId',
  schedule: 'schedule',
  settings: 'settings',
  allRequests: 'admin/requests',
  allBookings: 'admin/bookings',
  payments: 'admin/payments',
  integrations: 'admin/integrations',
  organizationSettings: 'admin/settings',
  apiKeys: 'admin/api-keys',
} as const

export const paths = {
  signIn: (next?: string) => (next === undefined ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`),
  signUp: () => '/sign-up',
  dashboard: (org: string) => `/o/${org}`,
  request: (org: string, requestId: string) => `/o/${org}/requests/${requestId}`,
  booking: (org: string, bookingId: string) => `/o/${org}/bookings/${bookingId}`,
  schedule: (org: string) => `/o/${org}/schedule`,
  settings: (org: string) => `/o/${org}/settings`,
  allRequests: (org: string) => `/o/${org}/admin/requests`,
  allBookings: (org: string) => `/o/${org}/admin/bookings`,
  payments: (org: string) => `/o/${org}/admin/payments`,
  integrations: (org: string) => `/o/${org}/admin/integrations`,
  organizationSettings: (org: string) => `/o/${org}/admin/settings`,
  apiKeys: (org: string) => `/o/${org}/admin/api-keys`,
}

/** The way back after signing in: a path of this app, or null. Another site's address is never followed. */
export function wayBack(next: string | null, origin: string): string | null {
  if (next === null || !next.startsWith('/')) return null
  try {
    const url = new URL(next, origin)
    return url.origin === origin ? `${url.pathname}${url.search}${url.hash}` : null
  } catch {
    return null
  }
}
