import { oneOf } from '@ordinatus/stripe-stand-in/chance'
import { eq } from 'drizzle-orm'
import { bookings } from '../src/db/schema/bookings.ts'
import { createTrainingRequest } from './factories.ts'
import type { Answer, MoneyRunWorld } from './money-run-world.ts'
import type { SchedulingScene } from './scheduling-scene.ts'

/** One customer, from their link to whatever becomes of it. */
export interface Flow {
  scene: SchedulingScene
  requestId: string
  email: string
  /** The latest link that reached them; null until one did. */
  link: string | null
  /** The checkouts whose addresses have reached them, the newest last; each may still be open in some tab. */
  sessions: string[]
  /** How many more things happen to it. */
  turnsLeft: number
  /** A bank asks this customer about this session. */
  authenticating: string | null
}

/** Somebody does something about a flow. */
type Act = (run: MoneyRunWorld, flow: Flow) => Promise<void>

export async function beginFlow(run: MoneyRunWorld, scene: SchedulingScene, number: number): Promise<Flow> {
  const email = `customer-${number}@example.test`
  const { id } = await createTrainingRequest(run.world, scene.organization, {
    formVersionId: scene.form.versionId,
    sessionTypeId: scene.sessionType.id,
    claimedByUserId: scene.trainer.userId,
    customerEmail: email,
  })
  return {
    scene,
    requestId: id,
    email,
    link: null,
    sessions: [],
    turnsLeft: 3 + Math.floor(run.chance() * 5),
    authenticating: null,
  }
}

/** The next thing that happens to a flow. */
export async function takeTurn(run: MoneyRunWorld, flow: Flow): Promise<void> {
  flow.turnsLeft -= 1
  if (flow.link === null) return sendLink(run, flow)
  const [what, act] = flow.sessions.length === 0 ? (['book', book] as const) : drawn(run.chance)
  run.tally.add(what)
  await act(run, flow)
}

const ACTS: readonly (readonly [weight: number, what: string, act: Act])[] = [
  [26, 'pay', pay],
  [6, 'pay in two tabs', payTwice],
  [5, 'begin to pay', beginToPay],
  [6, 'finish paying', finishPaying],
  [6, 'pay later', payLater],
  [5, 'later money arrives', settle],
  [3, 'later money fails', fail],
  [4, 'decline', decline],
  [13, 'book', book],
  [6, 'return page', look],
  [7, 'resend', sendLink],
  [14, 'confirm', confirm],
  [6, 'cancel booking', cancelBooking],
  [3, 'cancel, pick again', cancelAndPickAgain],
  [3, 'cancel request', cancelRequest],
  [4, 'refund by admin', refundByAdmin],
  [4, 'refund in dashboard', refundInDashboard],
  [1, 'other money captured', payOther],
]
const WEIGHTS = ACTS.reduce((sum, [weight]) => sum + weight, 0)

function drawn(chance: () => number): readonly [what: string, act: Act] {
  let roll = chance() * WEIGHTS
  for (const [weight, what, act] of ACTS) {
    roll -= weight
    if (roll < 0) return [what, act]
  }
  throw new Error('The weights do not add up.')
}

function anySession(run: MoneyRunWorld, flow: Flow): string {
  const newest = flow.sessions.at(-1)
  if (newest === undefined) throw new Error('There is no session.')
  // Mostly the tab that is in front; sometimes one that was forgotten.
  return run.chance() < 0.75 ? newest : oneOf(run.chance, flow.sessions)
}

async function pay(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const move = run.stripe.account.pay(anySession(run, flow))
  run.tally.add(`paid: ${move.outcome}`)
}

async function payTwice(run: MoneyRunWorld, flow: Flow): Promise<void> {
  for (const session of flow.sessions) {
    const move = run.stripe.account.pay(session)
    run.tally.add(`paid: ${move.outcome}`)
  }
}

async function payOther(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const other = run.chance() < 0.5 ? { amount: 8000 } : { currency: 'eur' }
  run.stripe.account.pay(anySession(run, flow), other)
}

async function beginToPay(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const session = anySession(run, flow)
  if (run.stripe.account.beginPaying(session).outcome === 'moved') flow.authenticating = session
}

export async function finishPaying(run: MoneyRunWorld, flow: Flow): Promise<void> {
  if (flow.authenticating === null) return
  const move = run.stripe.account.finishPaying(flow.authenticating)
  run.tally.add(`paid late: ${move.outcome}`)
  flow.authenticating = null
}

async function payLater(run: MoneyRunWorld, flow: Flow): Promise<void> {
  run.stripe.account.payLater(anySession(run, flow))
}

export async function settle(run: MoneyRunWorld, flow: Flow): Promise<void> {
  for (const session of flow.sessions) run.stripe.account.settle(session)
}

async function fail(run: MoneyRunWorld, flow: Flow): Promise<void> {
  run.stripe.account.fail(anySession(run, flow))
}

async function decline(run: MoneyRunWorld, flow: Flow): Promise<void> {
  run.stripe.account.decline(anySession(run, flow))
}

/**
 * Refunds of a payment are listed at Stripe after a tenth of its age (payments/reconcile-refunds.ts): one that was made
 * there for an older payment, and of which no notice came, may be found only after the run's quarter of an hour of peace.
 */
const REFUNDED_IN_DASHBOARD_WITHIN_MS = 140 * 60_000

async function refundInDashboard(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const since = run.world.clock.now().getTime() - REFUNDED_IN_DASHBOARD_WITHIN_MS
  const paid = run.stripe.account
    .captured()
    .find((one) => flow.sessions.includes(one.sessionId) && one.refunded === 0 && one.capturedAt.getTime() >= since)
  if (paid === undefined) return
  const all = run.chance() < 0.5
  run.stripe.account.refundInDashboard(paid.sessionId, all ? undefined : 1000)
  run.tally.add('refunded in dashboard')
}

async function look(run: MoneyRunWorld, flow: Flow): Promise<void> {
  await run.ask({ url: '/v1/scheduling/booking', ...as(flow.link) })
}

async function book(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const listed = await run.ask({
    url: '/v1/scheduling/slots?durationMinutes=60&timeZone=America/New_York',
    ...as(flow.link),
  })
  if (listed.status !== 200) return
  const { slots } = listed.body as { slots: { start: string }[] }
  // Everybody wants the same few times.
  const slot = slots[Math.floor(run.chance() * Math.min(slots.length, 16))]
  if (slot === undefined) return run.tally.add('no time was free')
  const answer = await run.ask({
    method: 'POST',
    url: '/v1/scheduling/bookings',
    ...as(flow.link),
    body: { start: slot.start, durationMinutes: 60, timeZone: 'America/New_York' },
  })
  run.tally.add(`booked: ${answer.status}`)
  if (answer.status !== 201 && answer.status !== 200) return
  const { checkoutUrl } = answer.body as { checkoutUrl: string | null }
  const session = checkoutUrl?.slice(checkoutUrl.lastIndexOf('/') + 1)
  if (session !== undefined && !flow.sessions.includes(session)) flow.sessions.push(session)
}

async function sendLink(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const answer = await run.ask({
    method: 'POST',
    url: `/v1/organizations/${flow.scene.organization.slug}/requests/${flow.requestId}/scheduling-tokens`,
    as: run.accessTokenOf(flow.scene.trainer),
  })
  if (answer.status === 201) flow.link = linkIn(answer)
}

function linkIn(answer: Answer): string {
  const { url } = answer.body as { url: string }
  return url.slice(url.lastIndexOf('/') + 1)
}

function as(link: string | null): { as?: string } {
  return link === null ? {} : { as: link }
}

async function latestBooking(run: MoneyRunWorld, flow: Flow) {
  const rows = await run.world.database.db.select().from(bookings).where(eq(bookings.trainingRequestId, flow.requestId))
  return rows.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).at(-1) ?? null
}

/** A command on the latest booking, by its trainer, or by an admin. */
async function command(
  run: MoneyRunWorld,
  flow: Flow,
  options: { verb: string; body?: (booking: { refundable: number }) => object; by?: 'admin' },
): Promise<void> {
  const booking = await latestBooking(run, flow)
  if (booking === null) return
  const { scene } = flow
  await run.ask({
    method: 'POST',
    url: `/v1/organizations/${scene.organization.slug}/bookings/${booking.id}/${options.verb}`,
    as: run.accessTokenOf(options.by === 'admin' ? scene.admin : scene.trainer),
    ...(options.body === undefined
      ? {}
      : { body: options.body({ refundable: booking.paidMinor - booking.refundedMinor }) }),
  })
}

async function confirm(run: MoneyRunWorld, flow: Flow): Promise<void> {
  await command(run, flow, { verb: 'confirm-payment' })
}

async function cancelBooking(run: MoneyRunWorld, flow: Flow): Promise<void> {
  await command(run, flow, { verb: 'cancel', body: () => ({ reason: 'Ill' }) })
}

async function cancelAndPickAgain(run: MoneyRunWorld, flow: Flow): Promise<void> {
  await command(run, flow, { verb: 'cancel', body: () => ({ letCustomerPickAgain: true }) })
}

async function refundByAdmin(run: MoneyRunWorld, flow: Flow): Promise<void> {
  const amount = run.chance() < 0.5 ? 1000 : null
  await command(run, flow, {
    verb: 'refunds',
    by: 'admin',
    body: ({ refundable }) => ({ amount: { amount: Math.max(1, amount ?? refundable), currency: 'USD' } }),
  })
}

async function cancelRequest(run: MoneyRunWorld, flow: Flow): Promise<void> {
  await run.ask({
    method: 'POST',
    url: `/v1/organizations/${flow.scene.organization.slug}/requests/${flow.requestId}/cancel`,
    as: run.accessTokenOf(flow.scene.trainer),
    body: { reason: 'Solved by itself' },
  })
}
