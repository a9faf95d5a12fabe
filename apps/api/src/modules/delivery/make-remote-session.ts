import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import { sealRemoteSessionLinks } from './join-links.ts'
import { findDeliveryGrounds, type RemoteSessionRow, updateRemoteSession } from './repository.ts'
import type { TriedSideEffect } from './tried-side-effect.ts'

type SessionDeps = Pick<Deps, 'db' | 'clock' | 'secrets' | 'remoteSessions'>
interface SessionInput {
  scope: OrganizationScope
  bookingId: string
}

/**
 * Makes the booking's remote session and keeps its two links sealed. A session that it has from before it was moved is
 * ended first, since the vendor cannot move one.
 *
 * A booking that is no longer confirmed needs none; one that was made while it was being canceled is ended.
 */
export async function makeRemoteSession(deps: SessionDeps, input: SessionInput): Promise<TriedSideEffect> {
  const { scope, bookingId } = input
  const grounds = await findDeliveryGrounds(deps.db, scope, bookingId)
  if (grounds === null || grounds.remoteSession === null) return { state: 'skipped' }
  const { booking, trainingRequest, remoteSession } = grounds
  if (booking.status === 'canceled') return removeRemoteSession(deps, input)
  if (booking.status !== 'confirmed') return { state: 'skipped' }
  await endAtVendor(deps, remoteSession)
  const settings = resolveSettings(grounds.organization.settings)
  const made = await deps.remoteSessions.createSession({
    organizationId: scope.organizationId,
    bookingId,
    title: `${grounds.sessionTypeName} (${trainingRequest.reference})`,
    // The vendor mails whoever is named here; unless the organization wants that, the customer hears from us alone.
    customerEmail: settings.zohoInvitesCustomer ? trainingRequest.customerEmail : settings.supportEmail,
    startAt: booking.startAt,
    endAt: booking.endAt,
    timeZone: booking.customerTimeZone,
  })
  return {
    state: 'done',
    record: async (tx, bookingNow) => {
      await updateRemoteSession(tx, scope, {
        bookingId,
        set: {
          state: 'ready',
          externalId: made.externalId,
          ...sealRemoteSessionLinks(deps.secrets, remoteSession.id, made),
        },
        now: deps.clock.now(),
      })
      return bookingNow.status === 'canceled' ? 'undo_next' : 'done'
    },
  }
}

/** Ends the booking's remote session at the vendor and forgets its links; where there is none, only its row is closed. */
export async function removeRemoteSession(deps: SessionDeps, input: SessionInput): Promise<TriedSideEffect> {
  const { scope, bookingId } = input
  const grounds = await findDeliveryGrounds(deps.db, scope, bookingId)
  if (grounds === null || grounds.remoteSession === null) return { state: 'skipped' }
  const hadLinks = await endAtVendor(deps, grounds.remoteSession)
  if (!hadLinks) return { state: 'skipped' }
  return {
    state: 'done',
    record: async (tx) => {
      await updateRemoteSession(tx, scope, {
        bookingId,
        set: { state: 'hidden', technicianUrlSealed: null, customerUrlSealed: null },
        now: deps.clock.now(),
      })
      return 'done'
    },
  }
}

/** A session without links was never made, or was ended before. */
async function endAtVendor(deps: SessionDeps, remoteSession: RemoteSessionRow): Promise<boolean> {
  const { organizationId, bookingId, externalId, technicianUrlSealed } = remoteSession
  if (externalId === null || technicianUrlSealed === null) return false
  await deps.remoteSessions.removeSession({ organizationId, bookingId, externalId })
  return true
}
