import type { StandInAccount } from './account.ts'
import { decimalsOf } from './money-rules.ts'
import type { CheckoutSession } from './objects.ts'

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f6f8fa; color: #1a1f36; }
  main { max-width: 28rem; margin: 0 auto; padding: 1.5rem 1rem; }
  .mark { background: #1a1f36; color: #fff; padding: .5rem 1rem; text-align: center; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
  dd { margin: 0; }
  button { font: inherit; display: block; width: 100%; padding: .75rem; margin: .75rem 0 0; border-radius: .375rem;
    border: 1px solid #3c4257; background: #fff; color: #1a1f36; }
  button[value=pay] { background: #075; color: #fff; border-color: #075; }
  [role=alert] { border-left: .25rem solid #b00020; padding-left: .75rem; }
`

/** The page on which a customer pays, in plain HTML; `notice`: what has just gone wrong. */
export function payPage(account: StandInAccount, session: CheckoutSession, notice: string | null): string {
  const amount = moneyText(session.amount_total, session.currency)
  if (session.status !== 'open') {
    const text =
      session.status === 'expired'
        ? 'This checkout session has expired. Nothing can be paid here any more.'
        : 'This checkout session has been completed.'
    return htmlPage('Checkout closed', `<h1>Checkout closed</h1><p>${text}</p>`)
  }
  const items = (account.lineItems.get(session.id) ?? []).map((item) => escaped(item.description)).join(', ')
  const later = session.payment_method_types.some((type) => type !== 'card')
    ? '<button name="action" value="later">Pay later by bank debit</button>'
    : ''
  const cancel = session.cancel_url === null ? '' : '<button name="action" value="cancel">Cancel</button>'
  return htmlPage(
    `Pay ${amount}`,
    `<h1>Pay ${escaped(amount)}</h1>
    ${notice === null ? '' : `<p role="alert">${escaped(notice)}</p>`}
    <dl>
      <dt>To</dt><dd>${escaped(account.displayName)}</dd>
      <dt>For</dt><dd>${items}</dd>
      <dt>Email</dt><dd>${escaped(session.customer_email ?? '')}</dd>
    </dl>
    <form method="post" action="/c/pay/${session.id}">
      <button name="action" value="pay">Pay ${escaped(amount)}</button>
      <button name="action" value="decline">Pay with a card that is declined</button>
      ${later}
      ${cancel}
    </form>`,
  )
}

/** What is answered for an address that belongs to no session. */
export function unknownSessionPage(): string {
  return htmlPage('Not found', '<h1>Something went wrong</h1><p>The page you were looking for could not be found.</p>')
}

/** An amount as people write it, `kwd` 12340 as "KWD 12.340". */
export function moneyText(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(amount / 10 ** decimals)
}

function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escaped(title)}</title>
<style>${STYLE}</style></head>
<body><header class="mark">Stand-in for Stripe: no money moves here</header><main>${body}</main></body>
</html>`
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
