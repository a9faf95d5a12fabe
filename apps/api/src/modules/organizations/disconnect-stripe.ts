import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { disconnectIntegration, findConnectedIntegration, getStoredSettingsForUpdate } from './repository.ts'

/**
 * Takes no new money in the organization's own Stripe account any more; from now on the deployment's counts, if it has one.
 *
 * Payments that were made with the account stay its own: they are asked about, settled and paid back there with the key
 * that was kept, sealed, for just that, and its webhook is still listened to. Disconnecting again changes nothing.
 */
export async function disconnectStripe(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller },
): Promise<void> {
  const { scope } = input
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock.now()
    await getStoredSettingsForUpdate(tx, scope)
    const connected = await findConnectedIntegration(tx, scope)
    if (connected === null) return
    await disconnectIntegration(tx, scope, connected.id, now)
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(input.caller),
      now,
      event: {
        name: 'integration_changed',
        payload: {
          requestId: null,
          bookingId: null,
          status: null,
          integrationId: connected.id,
          change: 'disconnected',
        },
      },
    })
  })
}
