import { useQuery } from '@tanstack/react-query'
import { Suspense, useEffect } from 'react'
import { Outlet, useLocation, useParams } from 'react-router'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { RowSkeletons } from '../components/skeletons.tsx'
import { meQuery } from '../features/account/queries.ts'
import { LiveUpdates } from '../features/live-updates/live-updates.tsx'
import { rememberOrganization } from '../lib/last-organization.ts'
import { restoreSignIn } from '../lib/sign-in-session.ts'
import styles from './frame.module.css'
import { Navigation } from './navigation.tsx'
import type { OrganizationContext } from './organization-context.ts'
import NotFound from './routes/not-found.tsx'
import { ShortcutKeys } from './shortcut-keys.tsx'
import { ToSignIn, useSignInState } from './signed-in.tsx'

/** The frame of an organization: navigation, live updates, and the screen. A person who is not a member sees no more than that. */
export function OrganizationFrame() {
  const { org = '' } = useParams()
  const { pathname } = useLocation()
  const state = useSignInState()
  const me = useQuery({ ...meQuery(), enabled: state !== 'signed_out' })
  const membership = me.data?.memberships.find(({ organization }) => organization.slug === org)

  useEffect(() => {
    if (membership !== undefined) rememberOrganization(org)
  }, [membership, org])

  if (state === 'signed_out') return <ToSignIn />
  if (me.isError && me.data === undefined) {
    return (
      <main className={styles.alone}>
        <ProblemNotice
          error={me.error}
          onRetry={() => {
            void restoreSignIn().catch(() => undefined)
            void me.refetch()
          }}
        />
      </main>
    )
  }
  if (me.data === undefined) {
    return (
      <div className={styles.frame}>
        <div className={styles.side} />
        <main className={styles.main}>
          <div className={styles.loading}>
            <RowSkeletons rows={5} label="Loading" />
          </div>
        </main>
      </div>
    )
  }
  if (membership === undefined) {
    return (
      <main className={styles.alone}>
        <NotFound />
      </main>
    )
  }

  const context: OrganizationContext = { org, me: me.data, membership, isAdmin: membership.role === 'org_admin' }
  return (
    <LiveUpdates key={org} org={org}>
      <a href="#screen" className={styles.skip}>
        Skip to the content
      </a>
      <div className={styles.frame}>
        <Navigation context={context} />
        <main id="screen" tabIndex={-1} className={styles.main}>
          <Suspense
            key={pathname}
            fallback={
              <div className={styles.loading}>
                <RowSkeletons rows={5} label="Loading" />
              </div>
            }
          >
            <Outlet context={context} />
          </Suspense>
        </main>
      </div>
      <ShortcutKeys org={org} isAdmin={context.isAdmin} />
    </LiveUpdates>
  )
}
