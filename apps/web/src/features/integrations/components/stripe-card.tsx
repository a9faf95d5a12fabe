import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Fact, Facts } from '../../../components/facts.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Panel } from '../../../components/panel.tsx'
import { Notice } from '../../../components/problem-notice.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { dateAndTime } from '../../../lib/dates.ts'
import { useDisconnectStripe } from '../mutations.ts'
import type { Integration } from '../queries.ts'
import { SecretKeyDialog, SigningSecretDialog } from './key-dialogs.tsx'
import styles from './stripe-card.module.css'

type Asked = 'key' | 'signing-secret' | 'disconnect' | null

const API_KEYS_AT_STRIPE = 'https://dashboard.stripe.com/apikeys'
const WEBHOOKS_AT_STRIPE = 'https://dashboard.stripe.com/webhooks'

/** Where the organization's customers pay: its own Stripe account, the installation's, or nowhere yet. */
export function StripeCard({ org, stripe, timeZone }: { org: string; stripe: Integration; timeZone: string }) {
  const disconnect = useDisconnectStripe(org)
  const say = useNote()
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const isConnected = stripe.status === 'connected'

  return (
    <Panel>
      <div className={styles.card}>
        <div className={styles.head}>
          <h3>Stripe</h3>
          <StripeBadges stripe={stripe} />
        </div>
        {isConnected ? (
          <Connected stripe={stripe} timeZone={timeZone} onAsk={setAsked} />
        ) : (
          <NotConnected stripe={stripe} onConnect={() => setAsked('key')} />
        )}
      </div>
      {asked === 'key' && (
        <SecretKeyDialog org={org} webhookUrl={stripe.webhookUrl} apiKeysAddress={API_KEYS_AT_STRIPE} onClose={close} />
      )}
      {asked === 'signing-secret' && (
        <SigningSecretDialog org={org} isChange={stripe.webhookSecretMasked !== null} onClose={close} />
      )}
      {asked === 'disconnect' && (
        <ConfirmDialog
          title="Disconnect Stripe?"
          words="No new payment is taken in this account. Payments that customers have begun there are still settled, confirmed and paid back there: its keys are kept, encrypted, for just that. Leave the webhook endpoint at Stripe as it is until they are done."
          confirmLabel="Disconnect"
          keepLabel="Keep it connected"
          pending={disconnect.isPending}
          error={disconnect.error}
          onClose={close}
          onConfirm={() =>
            disconnect.mutate(undefined, {
              onSuccess: () => {
                say('Stripe disconnected.')
                close()
              },
            })
          }
        />
      )}
    </Panel>
  )
}

function StripeBadges({ stripe: { status, mode, lastError, accountName } }: { stripe: Integration }) {
  const isTestCheckout = status === 'deployment' && accountName !== null
  return (
    <span className={styles.badges}>
      {status === 'connected' && lastError === null && <StatusBadge tone="green">Connected</StatusBadge>}
      {status === 'connected' && lastError !== null && <StatusBadge tone="red">Needs attention</StatusBadge>}
      {status === 'deployment' && (
        <StatusBadge tone="blue">{isTestCheckout ? 'Test checkout' : 'Installation’s account'}</StatusBadge>
      )}
      {status === 'not_connected' && <StatusBadge tone="amber">Not connected</StatusBadge>}
      {mode !== null && !isTestCheckout && (
        <StatusBadge tone={mode === 'live' ? 'green' : 'grey'}>{mode === 'live' ? 'Live' : 'Test mode'}</StatusBadge>
      )}
    </span>
  )
}

function NotConnected({ stripe: { status, accountName }, onConnect }: { stripe: Integration; onConnect: () => void }) {
  return (
    <>
      <p className={styles.words}>
        {status === 'not_connected'
          ? 'Customers cannot pay yet, so times that cost something are not offered. Connect your Stripe account, and the money goes straight to you.'
          : accountName !== null
            ? 'Customers pay on a built-in test page that is clearly marked as such, and no money moves. Connect a Stripe account in test mode to try Stripe’s own page.'
            : 'Customers pay into the Stripe account of whoever runs this installation. Connect your own, and the money goes straight to you.'}
      </p>
      <div>
        <Button variant={status === 'not_connected' ? 'filled' : 'default'} onClick={onConnect}>
          Connect a Stripe account
        </Button>
      </div>
    </>
  )
}

function Connected({
  stripe,
  timeZone,
  onAsk,
}: {
  stripe: Integration
  timeZone: string
  onAsk: (asked: Asked) => void
}) {
  const { accountName, connectedAt, secretKeyMasked, webhookSecretMasked, previousWebhookSecretUntil } = stripe
  return (
    <>
      {stripe.lastError !== null && (
        <Notice tone="amber" title="The keys need your attention">
          <p>{stripe.lastError}</p>
          <p>Change what it says below. Payments that are under way are settled as soon as the keys work.</p>
        </Notice>
      )}
      {webhookSecretMasked === null && (
        <Notice tone="amber" title="One step is left: the webhook">
          <p>
            Until Stripe may tell Ordinatus about payments, Ordinatus asks every few minutes, and customers wait that
            long for their confirmation.
          </p>
        </Notice>
      )}
      <Facts>
        <Fact name="Account">{accountName ?? 'Without a name'}</Fact>
        {connectedAt !== null && <Fact name="Connected">{dateAndTime(connectedAt, timeZone)}</Fact>}
        <Fact name="Secret key">
          <span className={styles.secret}>
            <code>{secretKeyMasked}</code>
            <Button variant="default" size="compact-sm" onClick={() => onAsk('key')}>
              Change…
            </Button>
          </span>
        </Fact>
        <Fact name="Webhook">
          <WebhookSteps stripe={stripe} />
        </Fact>
        <Fact name="Signing secret">
          <span className={styles.secret}>
            {webhookSecretMasked === null ? (
              <span className="dim">Not entered yet</span>
            ) : (
              <code>{webhookSecretMasked}</code>
            )}
            <Button
              variant={webhookSecretMasked === null ? 'filled' : 'default'}
              size="compact-sm"
              onClick={() => onAsk('signing-secret')}
            >
              {webhookSecretMasked === null ? 'Enter the signing secret' : 'Rotate…'}
            </Button>
          </span>
          {previousWebhookSecretUntil !== null && (
            <p className="dim small">
              The one before is taken as well until {dateAndTime(previousWebhookSecretUntil, timeZone)}.
            </p>
          )}
        </Fact>
      </Facts>
      <div>
        <Button variant="subtle" color="red" size="compact-md" onClick={() => onAsk('disconnect')}>
          Disconnect…
        </Button>
      </div>
    </>
  )
}

function WebhookSteps({ stripe: { webhookUrl, webhookEvents } }: { stripe: Integration }) {
  return (
    <div className={styles.webhook}>
      <p>
        At Stripe, open <Outside href={WEBHOOKS_AT_STRIPE}>Developers, Webhooks</Outside>, add an endpoint with this
        address, and choose these events:
      </p>
      {webhookUrl !== null && <Copyable text={webhookUrl} what="Webhook address" />}
      <ul className={styles.events} aria-label="Events to choose">
        {webhookEvents.map((event) => (
          <li key={event}>
            <code>{event}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Copyable({ text, what }: { text: string; what: string }) {
  const say = useNote()
  return (
    <div className={styles.copyable}>
      <code>{text}</code>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Copy the ${what.toLowerCase()}`}
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => say(`${what} copied`),
            () => say('Your browser does not allow copying here'),
          )
        }}
      >
        Copy
      </Button>
    </div>
  )
}

function Outside({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
      <span className="visually-hidden">, opens in a new tab</span>
    </a>
  )
}
