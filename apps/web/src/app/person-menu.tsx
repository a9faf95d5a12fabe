import { useMantineColorScheme } from '@mantine/core'
import { IconLogout, IconSelector } from '@tabler/icons-react'
import { useRef } from 'react'
import { Link } from 'react-router'
import { Segmented } from '../components/segmented.tsx'
import type { Me } from '../features/account/queries.ts'
import { endSignIn } from '../lib/sign-in-session.ts'
import styles from './frame.module.css'
import { paths } from './paths.ts'

const SCHEMES = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

/** The organization that is open; with more than one, the way to the others. */
export function OrganizationSwitcher({ me, org }: { me: Me; org: string }) {
  const list = useRef<HTMLDivElement>(null)
  const current = me.memberships.find(({ organization }) => organization.slug === org)?.organization
  const mark = (
    <span className={styles.mark} aria-hidden="true">
      {current?.name.slice(0, 1).toUpperCase()}
    </span>
  )
  if (me.memberships.length === 1) {
    return (
      <p className={styles.organization}>
        {mark}
        <span>{current?.name}</span>
      </p>
    )
  }
  return (
    <>
      <button type="button" className={styles.organization} popoverTarget="organizations" data-press>
        {mark}
        <span>{current?.name}</span>
        <IconSelector size={16} aria-hidden="true" />
        <span className="visually-hidden">Switch organization</span>
      </button>
      <div id="organizations" ref={list} popover="auto" className={styles.menu} data-place="top">
        <p className={styles.menuTitle}>Organizations</p>
        <ul>
          {me.memberships.map(({ organization, roleLabel }) => (
            <li key={organization.id}>
              <Link
                to={paths.dashboard(organization.slug)}
                className={styles.choice}
                aria-current={organization.slug === org ? 'true' : undefined}
                onClick={() => list.current?.hidePopover?.()}
              >
                <span>{organization.name}</span>
                <span className="dim small">{roleLabel}</span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}

/** Who is signed in, how the screens look, and the way out. */
export function PersonMenu({ me, roleLabel }: { me: Me; roleLabel: string }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <button
        type="button"
        className={styles.personButton}
        popoverTarget="person"
        aria-label={`${me.name}, ${roleLabel}`}
      >
        <span className={styles.avatar} aria-hidden="true">
          {me.firstName.slice(0, 1)}
          {me.lastName.slice(0, 1)}
        </span>
        <span className={styles.personName}>
          <span>{me.name}</span>
          <span className="dim small">{roleLabel}</span>
        </span>
      </button>
      <div id="person" popover="auto" className={styles.menu} data-place="bottom">
        <p className={styles.menuTitle}>{me.email}</p>
        <div className={styles.scheme}>
          <Segmented label="Appearance" options={SCHEMES} value={colorScheme} onChange={setColorScheme} />
        </div>
        <button type="button" className={styles.choice} onClick={() => void endSignIn()}>
          <span className={styles.withIcon}>
            <IconLogout size={16} aria-hidden="true" />
            Sign out
          </span>
        </button>
      </div>
    </>
  )
}
