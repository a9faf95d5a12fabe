import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type OrganizationSettings, settingErrors } from '../../domain/organization-settings.ts'
import { AppError } from '../../errors/app-error.ts'
import { getStoredSettingsForUpdate, updateStoredSettings } from './repository.ts'

/**
 * Changes the settings that are sent and keeps the rest; two changes at once are both kept.
 *
 * Refuses `validation_failed` field by field (bounds in domain/organization-settings.ts). Sending what is already set
 * changes nothing and tells nobody.
 */
export async function updateSettings(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; changes: Partial<OrganizationSettings> },
): Promise<void> {
  const { scope, changes } = input
  const errors = settingErrors(changes).map(({ pointer, message }) => ({ pointer, message: `${message}.` }))
  if (errors.length > 0) throw new AppError('validation_failed', { errors })
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const stored = await getStoredSettingsForUpdate(tx, scope)
    const settings = { ...stored, ...changes }
    if (JSON.stringify(settings) === JSON.stringify(stored)) return
    await updateStoredSettings(tx, scope, settings, now)
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(input.caller),
      event: { name: 'settings_changed', payload: { requestId: null, bookingId: null, status: null } },
      now,
    })
  })
}
