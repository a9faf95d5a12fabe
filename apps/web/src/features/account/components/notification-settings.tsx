import { Switch } from '@mantine/core'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Switch.css'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useUpdateMe } from '../mutations.ts'
import type { Me } from '../queries.ts'
import { NOTIFICATIONS } from '../words.ts'
import styles from './account-form.module.css'

/** Which emails the person gets. Each switch saves itself. */
export function NotificationSettings({ me, isAdmin }: { me: Me; isAdmin: boolean }) {
  const update = useUpdateMe()
  const wished = update.isPending ? update.variables.notificationPreferences : undefined
  return (
    <>
      {update.error !== null && <ProblemNotice error={update.error} />}
      <div className={styles.switches}>
        {NOTIFICATIONS.filter(({ adminsOnly }) => adminsOnly !== true || isAdmin).map(({ key, label, help }) => (
          <Switch
            key={key}
            label={label}
            description={help}
            withThumbIndicator={false}
            checked={wished?.[key] ?? me.notificationPreferences[key]}
            onChange={(event) => update.mutate({ notificationPreferences: { [key]: event.currentTarget.checked } })}
          />
        ))}
      </div>
    </>
  )
}
