import { Link, useNavigate } from 'react-router'
import { SignUpForm } from '../../features/account/components/sign-up-form.tsx'
import { Doorway } from '../doorway.tsx'
import { paths } from '../paths.ts'

/** A new organization with its first Organizational Admin. */
export default function SignUp() {
  const navigate = useNavigate()
  return (
    <Doorway
      title="Create your organization"
      words="You become its Organizational Admin."
      below={
        <>
          Already have an account? <Link to={paths.signIn()}>Sign in</Link>
        </>
      }
    >
      <SignUpForm onSignedUp={(slug) => void navigate(paths.dashboard(slug), { replace: true })} />
    </Doorway>
  )
}
