import { Button, PasswordInput } from '@mantine/core'
import '@mantine/core/styles/ActionIcon.css'
import '@mantine/core/styles/PasswordInput.css'
import { useEffect, useRef, useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { fieldRefusal } from '../../../lib/field-refusal.ts'
import { useConnectStripe } from '../mutations.ts'
import styles from './key-dialogs.module.css'

/** Whether there is something in it that no key at Stripe has: a space, a letter with an accent. */
function isOdd(secretKey: string): boolean {
  return !/^[!-~]*$/.test(secretKey.trim())
}

const ODD_KEY =
  'A Stripe secret key starts with sk_test_, sk_live_, rk_test_ or rk_live_ and letters and digits follow.'

/** A field for what nobody else may read: never filled in, never kept by the browser. */
function SecretField({
  label,
  placeholder,
  value,
  error,
  onChange,
}: {
  label: string
  placeholder: string
  value: string
  error: string | null
  onChange: (value: string) => void
}) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (error !== null) field.current?.focus()
  }, [error])
  return (
    <PasswordInput
      ref={field}
      data-autofocus
      label={label}
      placeholder={placeholder}
      required
      withAsterisk={false}
      autoComplete="off"
      spellCheck={false}
      maxLength={255}
      data-1p-ignore
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide what is typed', tabIndex: 0 }}
      error={error}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** Asks for the secret key, and has it tried at Stripe before it is kept. `webhookUrl`: of the account that is connected; null: none is. */
export function SecretKeyDialog({
  org,
  webhookUrl,
  apiKeysAddress,
  onClose,
}: {
  org: string
  webhookUrl: string | null
  apiKeysAddress: string
  onClose: () => void
}) {
  const isChange = webhookUrl !== null
  const connect = useConnectStripe(org)
  const say = useNote()
  const [secretKey, setSecretKey] = useState('')
  const [hasOdd, setOdd] = useState(false)
  const refusal = hasOdd ? ODD_KEY : (fieldRefusal(connect.error, 'secretKey') ?? null)
  return (
    <Dialog title={isChange ? 'Change the secret key' : 'Connect a Stripe account'} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          setOdd(isOdd(secretKey))
          if (isOdd(secretKey)) return
          connect.mutate(
            { secretKey: secretKey.trim() },
            {
              onSuccess: ({ accountName, mode, webhookUrl: address }) => {
                const hasMoved = isChange && address !== webhookUrl
                say(
                  `Stripe took the key: ${accountName ?? 'an account without a name'}, ${mode === 'live' ? 'live' : 'test mode'}.${hasMoved ? ' The webhook has a new address: set it up at Stripe again.' : ''}`,
                )
                onClose()
              },
            },
          )
        }}
      >
        <p>
          At Stripe, open{' '}
          <a href={apiKeysAddress} target="_blank" rel="noreferrer">
            Developers, API keys<span className="visually-hidden">, opens in a new tab</span>
          </a>{' '}
          and copy the secret key, or a restricted one that may write Checkout Sessions, write Charges and Refunds, and
          read PaymentIntents and Disputes. A test key takes no real money.
        </p>
        <SecretField
          label="Secret key"
          placeholder="sk_… or rk_…"
          value={secretKey}
          error={refusal}
          onChange={(typed) => {
            setSecretKey(typed)
            setOdd(false)
          }}
        />
        <p className="dim">
          It is tried at Stripe before it is kept, and encrypted. Afterwards only its last four characters are shown.
          {isChange && ' Payments made in another account stay there.'}
        </p>
        {connect.error !== null && refusal === null && <ProblemNotice error={connect.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            {isChange ? 'Keep the present key' : 'Not now'}
          </Button>
          <Button type="submit" loading={connect.isPending} disabled={secretKey.trim() === ''}>
            {isChange ? 'Test and change' : 'Test and connect'}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}

/** Asks for what Stripe signs its webhooks with. */
export function SigningSecretDialog({
  org,
  isChange,
  onClose,
}: {
  org: string
  isChange: boolean
  onClose: () => void
}) {
  const connect = useConnectStripe(org)
  const say = useNote()
  const [webhookSecret, setWebhookSecret] = useState('')
  const refusal = fieldRefusal(connect.error, 'webhookSecret') ?? null
  return (
    <Dialog title={isChange ? 'Rotate the signing secret' : 'Enter the signing secret'} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          connect.mutate(
            { webhookSecret: webhookSecret.trim() },
            {
              onSuccess: () => {
                say('Signing secret saved.')
                onClose()
              },
            },
          )
        }}
      >
        <p>
          {isChange
            ? 'At Stripe, open the webhook endpoint, roll its signing secret with some hours of overlap, and copy the new one. The present one is taken for 24 hours more, so that no message is lost.'
            : 'At Stripe, open the webhook endpoint that you have made and copy its signing secret.'}
        </p>
        <SecretField
          label="Signing secret"
          placeholder="whsec_…"
          value={webhookSecret}
          error={refusal}
          onChange={setWebhookSecret}
        />
        {connect.error !== null && refusal === null && <ProblemNotice error={connect.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            {isChange ? 'Keep the present one' : 'Not now'}
          </Button>
          <Button type="submit" loading={connect.isPending} disabled={webhookSecret.trim() === ''}>
            Save signing secret
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
