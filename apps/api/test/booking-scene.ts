import { asc, eq } from 'drizzle-orm'
import { bookingHistory, bookings } from '../src/db/schema/bookings.ts'
import { events } from '../src/db/schema/events.ts'
import { payments, refunds } from '../src/db/schema/payments.ts'
import { payoutLines } from '../src/db/schema/payouts.ts'
import { bookingTokens, schedulingTokens } from '../src/db/schema/scheduling.ts'
import { trainingRequestHistory, trainingRequests } from '../src/db/schema/training-requests.ts'
import { receiveCheckoutNotice } from '../src/modules/payments/receive-checkout-notice.ts'
import { choose, createLinked, type SchedulingScene } from './scheduling-scene.ts'
import type { TestWorld } from './test-world.ts'

/** A request whose customer holds a time and has a checkout open. */
export interface HeldBooking {
  requestId: string
  bookingId: string
  link: string
  checkoutId: string
}

export async function holdBooking(
  world: TestWorld,
  scene: SchedulingScene,
  start: string,
  durationMinutes = 60,
): Promise<HeldBooking> {
  const { id, link } = await createLinked(world, scene)
  const answer = await choose(world, link, start, { durationMinutes })
  if (answer.statusCode !== 201) throw new Error(`No time was held: ${answer.body}`)
  const { booking, checkoutUrl } = answer.json<{ booking: { id: string }; checkoutUrl: string }>()
  return {
    requestId: id,
    bookingId: booking.id,
    link,
    checkoutId: checkoutUrl.slice(checkoutUrl.lastIndexOf('/') + 1),
  }
}

/** The customer pays; `notice: false`: the provider's word gets lost. */
export async function payBooking(
  world: TestWorld,
  held: HeldBooking,
  options: { notice?: boolean } = {},
): Promise<void> {
  const moved = await world.testCheckout.pay(held.checkoutId, 'lost')
  if (moved?.outcome !== 'moved') throw new Error(`It could not be paid: ${moved?.outcome}`)
  if (options.notice !== false) await notice(world, held)
}

/** The provider says that something happened to the checkout. */
export function notice(world: TestWorld, held: Pick<HeldBooking, 'checkoutId'>): Promise<void> {
  return receiveCheckoutNotice(world.deps, { provider: 'test_checkout', checkoutId: held.checkoutId })
}

export async function payAndConfirm(world: TestWorld, scene: SchedulingScene, held: HeldBooking): Promise<void> {
  await payBooking(world, held)
  const answer = await world.call({
    method: 'POST',
    url: bookingUrl(scene, held.bookingId, 'confirm-payment'),
    as: scene.trainer.accessToken,
  })
  if (answer.statusCode !== 200) throw new Error(`It was not confirmed: ${answer.body}`)
}

export function bookingUrl(scene: SchedulingScene, bookingId: string, command?: string): string {
  const base = `/v1/organizations/${scene.organization.slug}/bookings/${bookingId}`
  return command === undefined ? base : `${base}/${command}`
}

export function requestUrl(scene: SchedulingScene, requestId: string, command?: string): string {
  const base = `/v1/organizations/${scene.organization.slug}/requests/${requestId}`
  return command === undefined ? base : `${base}/${command}`
}

/** Everything that the database holds about one request: equal before and after means that nothing has happened. */
export async function everythingOf(world: TestWorld, requestId: string) {
  const { db } = world.database
  const bookingRows = await db
    .select()
    .from(bookings)
    .where(eq(bookings.trainingRequestId, requestId))
    .orderBy(asc(bookings.id))
  const ofBookings = async <Row>(read: (bookingId: string) => PromiseLike<Row[]>): Promise<Row[]> =>
    (await Promise.all(bookingRows.map((row) => read(row.id)))).flat()
  const [trainingRequest] = await db.select().from(trainingRequests).where(eq(trainingRequests.id, requestId))
  if (trainingRequest === undefined) throw new Error('There is no such request.')
  return {
    trainingRequest,
    bookings: bookingRows,
    history: await db
      .select()
      .from(trainingRequestHistory)
      .where(eq(trainingRequestHistory.trainingRequestId, requestId))
      .orderBy(asc(trainingRequestHistory.id)),
    bookingHistory: await ofBookings((id) =>
      db.select().from(bookingHistory).where(eq(bookingHistory.bookingId, id)).orderBy(asc(bookingHistory.id)),
    ),
    payments: await ofBookings((id) =>
      db.select().from(payments).where(eq(payments.bookingId, id)).orderBy(asc(payments.attempt)),
    ),
    refunds: await ofBookings((id) =>
      db.select().from(refunds).where(eq(refunds.bookingId, id)).orderBy(asc(refunds.id)),
    ),
    payoutLines: await ofBookings((id) =>
      db.select().from(payoutLines).where(eq(payoutLines.bookingId, id)).orderBy(asc(payoutLines.id)),
    ),
    bookingTokens: await ofBookings((id) =>
      db.select().from(bookingTokens).where(eq(bookingTokens.bookingId, id)).orderBy(asc(bookingTokens.id)),
    ),
    links: await db
      .select()
      .from(schedulingTokens)
      .where(eq(schedulingTokens.trainingRequestId, requestId))
      .orderBy(asc(schedulingTokens.id)),
    events: await db.select().from(events).where(eq(events.trainingRequestId, requestId)).orderBy(asc(events.id)),
  }
}
export type Everything = Awaited<ReturnType<typeof everythingOf>>

/** The names of a request's events, in order, without those that only make mails and flags. */
export function eventNames(all: Everything): string[] {
  const secondary = ['attention_raised', 'attention_cleared', 'side_effect_changed']
  return all.events.map((event) => event.name).filter((name) => !secondary.includes(name))
}

/** The latest booking of a request. */
export function latest(all: Everything): Everything['bookings'][number] {
  const booking = all.bookings.at(-1)
  if (booking === undefined) throw new Error('Nothing was ever booked.')
  return booking
}
