import { useQuery } from '@tanstack/react-query'
import { Navigate } from 'react-router'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { meQuery } from '../../features/account/queries.ts'
import { lastOrganization } from '../../lib/last-organization.ts'
import { paths } from '../paths.ts'
import { useSignInState } from '../signed-in.tsx'
import NotFound from './not-found.tsx'

/** The bare address: to the organization that was open last, or to sign-in. */
export function Home() {
  const state = useSignInState()
  const me = useQuery({ ...meQuery(), enabled: state === 'signed_in' })
  if (state === 'signed_out') return <Navigate to={paths.signIn()} replace />
  if (me.isError) return <ProblemNotice error={me.error} onRetry={() => void me.refetch()} />
  if (me.data === undefined) return null
  const last = lastOrganization()
  const open = me.data.memberships.find(({ organization }) => organization.slug === last) ?? me.data.memberships[0]
  return open === undefined ? <NotFound /> : <Navigate to={paths.dashboard(open.organization.slug)} replace />
}
