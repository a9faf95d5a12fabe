import type { ApiKeyScope } from './queries.ts'

/** What a key with each scope may do. */
export const SCOPES: Record<ApiKeyScope, string> = {
  'requests:read': 'Read requests',
  'requests:write': 'Submit and change requests',
  'bookings:read': 'Read bookings',
  'bookings:write': 'Change bookings',
  'payments:write': 'Confirm and refund payments',
  'organization:read': 'Read settings and team',
  'organization:write': 'Change settings and team',
}
