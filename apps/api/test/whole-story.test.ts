import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookingTokens } from '../src/db/schema/scheduling.ts'
import { bookingUrl, eventNames, everythingOf, notice, requestUrl } from './booking-scene.ts'
import { choose, createScene, secretOf, slotsOf } from './scheduling-scene.ts'
import { createTestWorld, type TestWorld } from './test-world.ts'

// A Monday, 09:00 in Chicago.
const NOW = '2026-11-23T15:00:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

it('a customer’s request becomes a completed, paid-out, rated session', async () => {
  const scene = await createScene(world)
  const { slug } = scene.organization
  const trainer = scene.trainer.accessToken
  const post = (url: string, as: string, body?: object) => world.call({ method: 'POST', url, as, body })

  const submitted = await world.call({
    method: 'POST',
    url: `/v1/public/organizations/${slug}/forms/${scene.form.slug}/submissions`,
    body: {
      customer: { name: 'Casey Customer', email: 'casey@example.test', timeZone: 'America/New_York' },
      answers: { topic: 'other', issue: 'The contact form stopped sending mail.' },
    },
  })
  expect(submitted.statusCode).toBe(202)
  await world.settle()
  const unclaimed = await world.call({ url: `/v1/organizations/${slug}/requests?view=new`, as: trainer })
  const requestId = unclaimed.json<{ data: { id: string }[] }>().data[0]?.id ?? ''

  expect((await post(requestUrl(scene, requestId, 'claim'), trainer, {})).statusCode).toBe(200)
  const sent = await post(requestUrl(scene, requestId, 'scheduling-tokens'), trainer)
  const link = secretOf(sent.json<{ url: string }>().url)
  const { slots } = await slotsOf(world, link, 'durationMinutes=60&timeZone=America/New_York')
  const [slot] = slots
  if (slot === undefined) throw new Error('There is no open time.')
  const chosen = await choose(world, link, slot.start, { expectedPrice: slot.price })
  const { booking, checkoutUrl } = chosen.json<{ booking: { id: string }; checkoutUrl: string }>()
  expect((await post(bookingUrl(scene, booking.id, 'confirm-payment'), trainer)).statusCode).toBe(409)

  const checkoutId = secretOf(checkoutUrl)
  await world.testCheckout.pay(checkoutId, 'now')
  await notice(world, { checkoutId })
  await world.settle()
  expect((await post(bookingUrl(scene, booking.id, 'confirm-payment'), trainer)).json()).toMatchObject({
    status: 'confirmed',
  })
  await world.settle()
  const upcoming = await world.call({ url: `/v1/organizations/${slug}/bookings?view=upcoming`, as: trainer })
  expect(upcoming.json()).toMatchObject({ data: [{ id: booking.id, statusLabel: 'Confirmed' }] })

  world.clock.moveTo(slot.end)
  expect((await post(bookingUrl(scene, booking.id, 'complete'), trainer)).json()).toMatchObject({
    status: 'completed',
    payout: { amount: { amount: 6300, currency: 'USD' } },
  })
  await world.settle()
  const [feedbackLink] = await world.database.db
    .select()
    .from(bookingTokens)
    .where(and(eq(bookingTokens.bookingId, booking.id), eq(bookingTokens.purpose, 'feedback')))
  if (feedbackLink === undefined) throw new Error('There is no feedback link.')
  const secret = world.deps.secrets.linkSecret('feedback', feedbackLink)
  expect((await post('/v1/feedback', secret, { rating: 5 })).statusCode).toBe(201)
  await world.settle()

  const all = await everythingOf(world, requestId)
  expect(all.history.map((row) => row.toStatus)).toEqual([
    'new',
    'trainers_notified',
    'claimed',
    'customer_scheduling',
    'pending_payment',
    'confirmed',
    'completed',
  ])
  expect(eventNames(all)).toEqual([
    'request_submitted',
    // Its trainers have been told.
    'request_updated',
    'request_claimed',
    'scheduling_link_sent',
    'booking_held',
    'payment_received',
    'booking_confirmed',
    'booking_completed',
    'payout_recorded',
    'feedback_submitted',
  ])
})
