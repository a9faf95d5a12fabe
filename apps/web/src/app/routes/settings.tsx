import { Link } from 'react-router'
import { Page, Section } from '../../components/page.tsx'
import { NotificationSettings } from '../../features/account/components/notification-settings.tsx'
import { ProfileSettings } from '../../features/account/components/profile-settings.tsx'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** The person's own settings. */
export default function Settings() {
  const { org, me, isAdmin } = useOrganization()
  return (
    <Page title="Settings">
      <Section id="profile" title="Profile">
        <ProfileSettings key={me.id} me={me} />
      </Section>
      <Section id="notifications" title="Emails to you">
        <NotificationSettings me={me} isAdmin={isAdmin} />
      </Section>
      {isAdmin && (
        <Section id="organization" title="For admins">
          <ul>
            <li>
              <Link to={paths.organizationSettings(org)}>Organization</Link>
            </li>
            <li>
              <Link to={paths.integrations(org)}>Integrations</Link>
            </li>
            <li>
              <Link to={paths.apiKeys(org)}>API keys</Link>
            </li>
          </ul>
        </Section>
      )}
    </Page>
  )
}
