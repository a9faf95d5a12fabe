/** How an API key starts, so that it is told from an access token and found by secret scanners. */
export const API_KEY_PREFIX = 'ord_'

/** What an API key may be made for; chosen when the key is made, never widened afterwards. */
export const API_KEY_SCOPES = [
  'requests:read',
  'requests:write',
  'bookings:read',
  'bookings:write',
  'payments:write',
  'organization:read',
  'organization:write',
] as const

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]

export const API_KEY_SCOPE_LABELS: Readonly<Record<ApiKeyScope, string>> = {
  'requests:read': 'Read requests',
  'requests:write': 'Submit and manage requests',
  'bookings:read': 'Read bookings',
  'bookings:write': 'Manage bookings',
  'payments:write': 'Confirm payments and refund',
  'organization:read': 'Read team, forms, session types and settings',
  'organization:write': 'Change team, forms, session types and settings',
}

/** A write scope answers with what it wrote, so it carries the read scope of the same noun. */
const IMPLIED: Partial<Record<ApiKeyScope, ApiKeyScope>> = {
  'requests:write': 'requests:read',
  'bookings:write': 'bookings:read',
  'payments:write': 'bookings:read',
  'organization:write': 'organization:read',
}

/**
 * Whether a key that was made for these scopes may do what needs this one.
 *
 * A write scope includes reading the same noun; reading never includes writing.
 */
export function isScopeGranted(granted: readonly ApiKeyScope[], needed: ApiKeyScope): boolean {
  return granted.some((scope) => scope === needed || IMPLIED[scope] === needed)
}
