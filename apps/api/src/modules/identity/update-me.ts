import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { mergeNotificationPreferences, type NotificationPreferences } from '../../domain/notification-preferences.ts'
import { AppError } from '../../errors/app-error.ts'
import { findUserForUpdate, updateUser } from './repository.ts'

/** What a person may change about themselves; what is not sent stays. */
export interface MyChanges {
  firstName?: string
  lastName?: string
  timeZone?: string
  notificationPreferences?: Partial<NotificationPreferences>
}

/**
 * Changes a person's own name, time zone or notifications. Preferences are merged key by key under the row's lock, so
 * that two changes at once are both kept. A new time zone moves no booking; availability follows it.
 */
export async function updateMe(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { userId: string; changes: MyChanges },
): Promise<void> {
  const { firstName, lastName, timeZone, notificationPreferences } = input.changes
  await inTransaction(deps.db, async (tx) => {
    const user = await findUserForUpdate(tx, input.userId)
    if (user === null) throw new AppError('unauthenticated')
    await updateUser(tx, input.userId, {
      ...(firstName === undefined ? {} : { firstName: firstName.trim() }),
      ...(lastName === undefined ? {} : { lastName: lastName.trim() }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(notificationPreferences === undefined
        ? {}
        : {
            notificationPreferences: mergeNotificationPreferences(
              user.notificationPreferences,
              notificationPreferences,
            ),
          }),
      updatedAt: deps.clock.now(),
    })
  })
}
