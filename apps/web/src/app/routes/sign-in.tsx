import { Link, Navigate, useNavigate, useSearchParams } from 'react-router'
import { SignInForm } from '../../features/account/components/sign-in-form.tsx'
import { Doorway } from '../doorway.tsx'
import { paths, wayBack } from '../paths.ts'
import { useSignInState } from '../signed-in.tsx'

/** Signing in, and back to the page that was asked for. */
export default function SignIn() {
  const navigate = useNavigate()
  const state = useSignInState()
  const [parameters] = useSearchParams()
  const back = wayBack(parameters.get('next'), globalThis.location.origin)
  if (state === 'signed_in') return <Navigate to={back ?? '/'} replace />
  return (
    <Doorway
      title="Sign in"
      words={back === null ? undefined : 'You come back to the page that you opened.'}
      below={
        <>
          New here? <Link to={paths.signUp()}>Create an organization</Link>
        </>
      }
    >
      <SignInForm
        onSignedIn={(slug) => void navigate(back ?? (slug === null ? '/' : paths.dashboard(slug)), { replace: true })}
      />
    </Doorway>
  )
}
