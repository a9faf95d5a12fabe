import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../clock.ts'
import { html, type StandInPage, sendPage } from '../stand-in-page.ts'
import { acceptForms, refuseUnstorable, sameSiteOnly } from '../stand-in-requests.ts'
import type { CustomerMove, NotifyMode, TestCheckout, TestCheckoutView } from './test-checkout.ts'

export interface TestCheckoutRoutesOptions {
  checkout: TestCheckout
  clock: Pick<Clock, 'now'>
  /** Tells the product that something happened to a checkout; the product then asks for the truth. */
  notify: (checkoutId: string) => Promise<void>
}

/** Late notifications need no better than this; a moved clock delivers through its own call. */
const LATE_EVERY_MS = 1_000

const config = { audience: ['public' as const] }

/**
 * The customer's side of the test checkout. `GET /test-checkout/{id}` shows a page and changes nothing; `POST …/pay`,
 * `…/decline`, `…/abandon` (no body, no login) answer 303 to the return page, after the deadline 410, also in repetition.
 * `…/pay?notify=lost` withholds the notification, `?notify=late` delays it past the hold; otherwise the product is told
 * after the payment is committed, and the 303 waits until it has listened. A notification that fails is repeated.
 */
export async function testCheckoutRoutes(app: FastifyInstance, options: TestCheckoutRoutesOptions): Promise<void> {
  const { checkout, clock, notify } = options
  acceptForms(app)
  sameSiteOnly(app)
  refuseUnstorable(app)

  async function tell(id: string): Promise<void> {
    try {
      await notify(id)
    } catch (error) {
      app.log.warn({ err: error }, 'the product did not take the test checkout’s notification; it will be told again')
      await checkout.notifyAgain(id)
    }
  }

  let delivering = false
  const timer = setInterval(async () => {
    if (delivering) return
    delivering = true
    // A database that is away now is there at a later turn.
    await checkout.deliverDue(notify).catch(() => 0)
    delivering = false
  }, LATE_EVERY_MS)
  timer.unref()
  app.addHook('onClose', async () => clearInterval(timer))

  type Params = { Params: { checkoutId: string } }

  app.get<Params>('/test-checkout/:checkoutId', { config, schema: { hide: true } }, async (request, reply) => {
    const view = await checkout.view(request.params.checkoutId)
    if (!view) return missing(request, reply)
    if (view.status === 'expired') return expired(request, reply, view)
    return sendPage(reply, view.status === 'complete' ? paidPage(view) : openPage(view, clock.now()))
  })

  const post = (name: string, move: (id: string, request: FastifyRequest) => Promise<CustomerMove>) =>
    app.post<Params>(
      `/test-checkout/:checkoutId/${name}`,
      { config, schema: { hide: true } },
      async (request, reply) => {
        const id = request.params.checkoutId
        const moved = await move(id, request)
        if (moved === null) return missing(request, reply)
        if (moved.outcome === 'expired') return expired(request, reply, await checkout.view(id))
        if (moved.notify) await tell(id)
        return reply.redirect(moved.returnUrl, 303)
      },
    )

  post('pay', (id, request) => checkout.pay(id, notifyMode(request)))
  post('decline', (id) => checkout.decline(id))
  post('abandon', (id) => checkout.abandon(id))
}

function notifyMode(request: FastifyRequest): NotifyMode {
  const { notify } = request.query as { notify?: unknown }
  if (notify === undefined) return 'now'
  if (notify === 'lost' || notify === 'late') return notify
  throw new AppError('invalid_query', { errors: [{ pointer: '/notify', message: 'Must be "lost" or "late".' }] })
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

function missing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!wantsPage(request)) throw new AppError('not_found')
  return sendPage(reply, {
    title: 'No such checkout',
    status: 404,
    body: card(html`<h1>No such checkout</h1><p>Open the link in your booking again.</p>`),
  })
}

function expired(request: FastifyRequest, reply: FastifyReply, view: TestCheckoutView | null): FastifyReply {
  if (!wantsPage(request)) throw new AppError('checkout_expired')
  const body = card(html`<h1>The time to pay is over</h1>
    <p>Nothing was charged. Your booking page shows the times that are free now.</p>
    ${view ? html`<a class="button primary wide" href="${view.returnUrl}">Back to the booking</a>` : null}`)
  return sendPage(reply, { title: 'The time to pay is over', status: 410, body })
}

function openPage(view: TestCheckoutView, now: Date): StandInPage {
  const form = (move: string, label: string, look: string) =>
    html`<form method="post" action="/test-checkout/${view.id}/${move}"><button class="button wide ${look}" type="submit">${label}</button></form>`
  const body =
    card(html`<div><p class="muted">${view.description}</p><h1 class="amount">${moneyText(view.amount)}</h1></div>
    ${view.declinedTimes > 0 ? html`<p class="declined" role="alert">The card was declined. Nothing was charged; you can try again.</p>` : null}
    <dl class="facts"><dt>Receipt to</dt><dd>${view.customerEmail}</dd>
    <dt>Pay by</dt><dd><time datetime="${view.expiresAt.toISOString()}">${deadlineText(view.expiresAt)}</time><br><span class="muted small">${leftText(view.expiresAt, now)}</span></dd></dl>
    <div class="moves">${form('pay', `Pay ${moneyText(view.amount)}`, 'primary')}${form('decline', 'Decline the card', '')}${form('abandon', 'Back without paying', '')}</div>`)
  return {
    title: `Pay ${moneyText(view.amount)} · Test checkout`,
    body,
    styles: STYLES,
    script: SCRIPT,
    formTargets: [new URL(view.returnUrl).origin],
  }
}

function paidPage(view: TestCheckoutView): StandInPage {
  const body = card(html`<h1>Paid</h1><p>${moneyText(view.amount)} for ${view.description}.</p>
    <a class="button primary wide" href="${view.returnUrl}">Back to the booking</a>`)
  return { title: 'Paid · Test checkout', body }
}

function card(content: ReturnType<typeof html>) {
  return html`<header class="test-mark">Test checkout – no real money</header><main class="narrow"><div class="card">${content}</div></main>`
}

function moneyText({ amount, currency }: TestCheckoutView['amount']): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

const DEADLINE = new Intl.DateTimeFormat('en-US', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
})

function deadlineText(at: Date): string {
  return DEADLINE.format(at)
}

function leftText(deadline: Date, now: Date): string {
  const minutes = Math.floor((deadline.getTime() - now.getTime()) / 60_000)
  if (minutes < 1) return 'less than a minute left'
  if (minutes < 120) return minutes === 1 ? '1 minute left' : `${minutes} minutes left`
  return `${Math.floor(minutes / 60)} hours left`
}

const STYLES = `
.amount { font-size: 2rem; font-variant-numeric: tabular-nums; }
.moves { display: grid; gap: 8px; }
.declined { color: var(--bad); font-weight: 550; }
`

/** The deadline in the customer's own zone. A card that is declined keeps the customer here for another try, as a real checkout does. */
const SCRIPT = `
const format = new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' })
for (const time of document.querySelectorAll('time')) time.textContent = format.format(new Date(time.dateTime))
const declining = document.querySelector('form[action$="/decline"]')
declining?.addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    await fetch(declining.action, { method: 'POST', redirect: 'manual' })
    location.reload()
  } catch {
    declining.submit()
  }
})
`
