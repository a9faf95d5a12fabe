import {
  IconBuilding,
  IconCalendarWeek,
  IconCreditCard,
  IconInbox,
  IconKey,
  IconLayoutDashboard,
  IconPlugConnected,
  IconSettings,
  IconTicket,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { NavLink, useLocation } from 'react-router'
import styles from './frame.module.css'
import type { OrganizationContext } from './organization-context.ts'
import { paths } from './paths.ts'
import { OrganizationSwitcher, PersonMenu } from './person-menu.tsx'

type Item = { to: string; label: string; icon: ComponentType<{ size?: number; stroke?: number }>; deskOnly?: boolean }

function itemsFor({ org, isAdmin }: OrganizationContext): Item[] {
  return [
    { to: paths.dashboard(org), label: 'Dashboard', icon: IconLayoutDashboard },
    { to: paths.schedule(org), label: 'Schedule', icon: IconCalendarWeek },
    ...(isAdmin
      ? [
          { to: paths.allRequests(org), label: 'Requests', icon: IconInbox },
          { to: paths.allBookings(org), label: 'Bookings', icon: IconTicket },
          { to: paths.payments(org), label: 'Payments', icon: IconCreditCard },
          { to: paths.integrations(org), label: 'Integrations', icon: IconPlugConnected, deskOnly: true },
          { to: paths.apiKeys(org), label: 'API keys', icon: IconKey, deskOnly: true },
          { to: paths.organizationSettings(org), label: 'Organization', icon: IconBuilding, deskOnly: true },
        ]
      : []),
    { to: paths.settings(org), label: 'Settings', icon: IconSettings },
  ]
}

/** The way to every screen there is: at the side on a desk, at the bottom on a phone. */
export function Navigation({ context }: { context: OrganizationContext }) {
  const { pathname } = useLocation()
  const items = itemsFor(context)
  // On a phone, what has no place in the bar is reached through Settings.
  const isUnderSettings = items.some(({ to, deskOnly }) => deskOnly && pathname.startsWith(to))
  return (
    <header className={styles.side}>
      <div className={styles.switcher}>
        <OrganizationSwitcher me={context.me} org={context.org} />
      </div>
      <nav className={styles.nav} aria-label="Main">
        <ul>
          {items.map(({ to, label, icon: Icon, deskOnly }) => (
            <li key={to} data-desk-only={deskOnly}>
              <NavLink
                to={to}
                end={to === paths.dashboard(context.org)}
                className={styles.item ?? ''}
                data-holds-screen={isUnderSettings && to === paths.settings(context.org) ? true : undefined}
              >
                <Icon size={18} stroke={1.6} />
                <span>{label}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.person}>
        <PersonMenu me={context.me} roleLabel={context.membership.roleLabel} />
      </div>
    </header>
  )
}
