import { Button, PasswordInput, TextInput } from '@mantine/core'
import '@mantine/core/styles/ActionIcon.css'
import '@mantine/core/styles/PasswordInput.css'
import { useState } from 'react'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useSignIn } from '../mutations.ts'
import styles from './account-form.module.css'

/** Email and password. What was typed stays when it was not right. */
export function SignInForm({ onSignedIn }: { onSignedIn: (organizationSlug: string | null) => void }) {
  const signIn = useSignIn()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        signIn.mutate(
          { email: email.trim(), password },
          { onSuccess: ({ memberships }) => onSignedIn(memberships[0]?.organization.slug ?? null) },
        )
      }}
    >
      {signIn.error !== null && <ProblemNotice error={signIn.error} />}
      <TextInput
        type="email"
        label="Email"
        autoComplete="username"
        required
        withAsterisk={false}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}
