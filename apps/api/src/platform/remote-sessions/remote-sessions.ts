export interface RemoteSessionInput {
  organizationId: string
  bookingId: string
  title: string
  customerEmail: string
  startAt: Date
  endAt: Date
  timeZone: string
}

export interface RemoteSession {
  externalId: string
  /** A credential of the trainer; never shown to anyone else, never logged. */
  technicianUrl: string
  /** A credential of the customer. */
  customerUrl: string
}

/**
 * Remote support sessions (Zoho Assist). The vendor has no idempotency: after {@link RemoteSessionOutcomeUnknown} the
 * caller records "unknown" and does not repeat by itself (integrations.md §4).
 */
export interface RemoteSessions {
  createSession(input: RemoteSessionInput): Promise<RemoteSession>
  /** Ends or hides the session where the vendor can; one that is already gone is success. */
  removeSession(input: { organizationId: string; bookingId: string; externalId: string }): Promise<void>
}

/** The call may or may not have made a session. */
export class RemoteSessionOutcomeUnknown extends Error {
  override readonly name = 'RemoteSessionOutcomeUnknown'
}
