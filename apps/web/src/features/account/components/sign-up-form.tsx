import { Button, PasswordInput, TextInput } from '@mantine/core'
import '@mantine/core/styles/ActionIcon.css'
import '@mantine/core/styles/PasswordInput.css'
import { useState } from 'react'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { detectedTimeZone } from '../../../lib/dates.ts'
import { fieldRefusal } from '../../../lib/field-refusal.ts'
import { ApiProblem } from '../../../lib/problem.ts'
import { useSignUp } from '../mutations.ts'
import styles from './account-form.module.css'

/** An address made of a name: lower case, hyphens for everything else. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
}

/** A new organization and its first Organizational Admin. */
export function SignUpForm({ onSignedUp }: { onSignedUp: (organizationSlug: string) => void }) {
  const signUp = useSignUp()
  const [firstName, setFirstName] = useState('')
  const [lastName, setLastName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [organizationName, setOrganizationName] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const organizationSlug = slug ?? slugOf(organizationName)
  const refused = (field: string) => fieldRefusal(signUp.error, field)
  const code = signUp.error instanceof ApiProblem ? signUp.error.code : null

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        signUp.mutate(
          {
            firstName: firstName.trim(),
            lastName: lastName.trim(),
            email: email.trim(),
            password,
            organizationName: organizationName.trim(),
            organizationSlug,
            timeZone: detectedTimeZone(),
          },
          { onSuccess: () => onSignedUp(organizationSlug) },
        )
      }}
    >
      {signUp.error !== null && <ProblemNotice error={signUp.error} />}
      <div className={styles.pair}>
        <TextInput
          label="First name"
          autoComplete="given-name"
          required
          withAsterisk={false}
          maxLength={80}
          error={refused('firstName')}
          value={firstName}
          onChange={(event) => setFirstName(event.currentTarget.value)}
        />
        <TextInput
          label="Last name"
          autoComplete="family-name"
          required
          withAsterisk={false}
          maxLength={80}
          error={refused('lastName')}
          value={lastName}
          onChange={(event) => setLastName(event.currentTarget.value)}
        />
      </div>
      <TextInput
        type="email"
        label="Email"
        autoComplete="username"
        required
        withAsterisk={false}
        error={refused('email') ?? (code === 'email_already_registered' ? 'Already registered' : undefined)}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        description="At least 10 characters."
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={10}
        error={refused('password')}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <TextInput
        label="Organization"
        autoComplete="organization"
        required
        withAsterisk={false}
        maxLength={120}
        error={refused('organizationName')}
        value={organizationName}
        onChange={(event) => setOrganizationName(event.currentTarget.value)}
      />
      <TextInput
        label="Its address"
        description={`${globalThis.location.host}/o/${organizationSlug === '' ? '…' : organizationSlug}`}
        required
        withAsterisk={false}
        minLength={3}
        maxLength={63}
        pattern="[a-z0-9][a-z0-9\-]{1,61}[a-z0-9]"
        title="3 to 63 of a to z, 0 to 9 and hyphens, no hyphen at either end"
        autoCapitalize="none"
        spellCheck={false}
        error={refused('organizationSlug') ?? (code === 'slug_taken' ? 'Taken' : undefined)}
        value={organizationSlug}
        onChange={(event) => setSlug(event.currentTarget.value)}
      />
      <Button type="submit" fullWidth loading={signUp.isPending}>
        Create organization
      </Button>
    </form>
  )
}
