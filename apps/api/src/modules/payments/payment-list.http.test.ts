import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdBooking, payAndConfirm, payBooking } from '../../../test/booking-scene.ts'
import { createApiKey, createSessionType } from '../../../test/factories.ts'
import { choose, createClaimed, createScene, type SchedulingScene, sendLink } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { payments, refunds } from '../../db/schema/payments.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { Payment, PaymentTotals } from './schemas.ts'

// Monday noon in Chicago is 18:00 UTC; the days of the filters are the organization's, Chicago's.
const NOW = '2026-11-23T15:00:00.000Z'
const usd = (amount: number) => ({ amount, currency: 'USD' })

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

const url = (scene: SchedulingScene, rest = '') => `/v1/organizations/${scene.organization.slug}/payments${rest}`

async function listed(scene: SchedulingScene, query = ''): Promise<Payment[]> {
  const answer = await world.call({ url: url(scene, query), as: scene.admin.accessToken })
  expect(answer.statusCode).toBe(200)
  return answer.json<{ data: Payment[] }>().data
}

async function totals(scene: SchedulingScene, query = ''): Promise<PaymentTotals[]> {
  const answer = await world.call({ url: url(scene, `/summary${query}`), as: scene.admin.accessToken })
  expect(answer.statusCode).toBe(200)
  return answer.json<{ totals: PaymentTotals[] }>().totals
}

/** A held and paid hour in another currency than dollars. */
async function payIn(scene: SchedulingScene, currency: string, amount: number, start: string): Promise<void> {
  const { id: sessionTypeId } = await createSessionType(world, scene.organization, {
    name: `Session in ${currency}`,
    prices: { 60: amount },
    currency,
  })
  const { id } = await createClaimed(world, scene, { sessionTypeId })
  const answer = await choose(world, await sendLink(world, scene, id), start)
  expect(answer.statusCode).toBe(201)
  const { booking, checkoutUrl } = answer.json<{ booking: { id: string }; checkoutUrl: string }>()
  const checkoutId = checkoutUrl.slice(checkoutUrl.lastIndexOf('/') + 1)
  await payBooking(world, { requestId: id, bookingId: booking.id, link: '', checkoutId })
}

async function refundAtProvider(bookingId: string, amountMinor: number, status: 'pending' | 'succeeded' | 'failed') {
  const [payment] = await world.database.db.select().from(payments).where(eq(payments.bookingId, bookingId))
  if (payment === undefined) throw new Error('There is no such payment.')
  const id = world.deps.ids.next()
  await world.database.db.insert(refunds).values({
    id,
    organizationId: payment.organizationId,
    bookingId,
    paymentId: payment.id,
    amountMinor,
    currency: payment.currency,
    status,
    reason: 'refunded_by_admin',
    providerRefundId: `re_${id}`,
    createdAt: world.clock.now(),
  })
  return `re_${id}`
}

/** The lines of a file, its mark taken off. */
function linesOf(file: string): string[] {
  expect(file.startsWith('\ufeff')).toBe(true)
  const lines = file.slice(1).split('\r\n')
  expect(lines.pop()).toBe('')
  return lines
}

describe('the list of payments', () => {
  it('shows each checkout that a customer was sent to: what was asked, what came, what went back', async () => {
    const scene = await createScene(world)
    const open = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    world.clock.moveTo('2026-11-23T15:01:00.000Z')
    const paid = await holdBooking(world, scene, '2026-11-24T18:00:00.000Z')
    world.clock.moveTo('2026-11-23T15:05:00.000Z')
    await payAndConfirm(world, scene, paid)
    const refundId = await refundAtProvider(paid.bookingId, 2500, 'succeeded')
    const rows = await listed(scene)
    expect(rows.map((row) => [row.booking.id, row.status])).toEqual([
      [paid.bookingId, 'partially_refunded'],
      [open.bookingId, 'open'],
    ])
    expect(rows[0]).toMatchObject({
      statusLabel: 'Partly refunded',
      at: '2026-11-23T15:05:00.000Z',
      createdAt: '2026-11-23T15:01:00.000Z',
      paidAt: '2026-11-23T15:05:00.000Z',
      booking: { requestId: paid.requestId, status: 'confirmed', statusLabel: 'Confirmed' },
      customer: { name: 'Casey Customer', email: 'casey@example.test' },
      trainer: { id: scene.trainer.userId, name: 'Tina Trainer' },
      amount: usd(9000),
      refunded: usd(2500),
      net: usd(6500),
      provider: 'test_checkout',
      providerLabel: 'Test checkout',
      providerCheckoutId: paid.checkoutId,
      providerUrl: null,
      refunds: [{ amount: usd(2500), status: 'succeeded', providerRefundId: refundId }],
    })
    expect(rows[1]).toMatchObject({
      amount: usd(9000),
      refunded: usd(0),
      net: usd(0),
      paidAt: null,
      refunds: [],
      dispute: null,
    })
  })

  it('calls a payment refunded when the money has gone back, and not while it is on its way', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await payBooking(world, held)
    await refundAtProvider(held.bookingId, 9000, 'failed')
    expect(await listed(scene)).toMatchObject([{ status: 'paid', refunded: usd(0), net: usd(9000) }])
    await refundAtProvider(held.bookingId, 9000, 'pending')
    expect(await listed(scene)).toMatchObject([{ status: 'paid', refunded: usd(9000), net: usd(0) }])
    await world.database.db.update(refunds).set({ status: 'succeeded' }).where(eq(refunds.status, 'pending'))
    expect(await listed(scene)).toMatchObject([{ status: 'refunded', refunded: usd(9000), net: usd(0) }])
  })

  it('finds by status, provider, reference, customer, and any id that the provider gave', async () => {
    const scene = await createScene(world)
    const first = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    const second = await holdBooking(world, scene, '2026-11-24T18:00:00.000Z')
    await payBooking(world, first)
    const refundId = await refundAtProvider(first.bookingId, 100, 'succeeded')
    await world.database.db
      .update(trainingRequests)
      .set({ customerName: 'Zoë 100%', customerEmail: 'zoe@example.test' })
      .where(eq(trainingRequests.id, second.requestId))
    const ids = async (query: string) => (await listed(scene, query)).map((row) => row.booking.id)
    const all = await listed(scene)
    const of = (bookingId: string) => all.find((row) => row.booking.id === bookingId)
    expect(await ids('?status=open')).toEqual([second.bookingId])
    expect(await ids('?status=partially_refunded')).toEqual([first.bookingId])
    expect(await ids('?status=paid&status=refunded')).toEqual([])
    expect((await ids('?status=open&status=partially_refunded')).length).toBe(2)
    expect((await ids('?provider=test_checkout')).length).toBe(2)
    expect(await ids('?provider=stripe')).toEqual([])
    expect(await ids(`?search=${of(first.bookingId)?.booking.reference}`)).toEqual([first.bookingId])
    expect(await ids('?search=zoe%40')).toEqual([second.bookingId])
    expect(await ids('?search=100%25')).toEqual([second.bookingId])
    expect(await ids(`?search=${first.checkoutId}`)).toEqual([first.bookingId])
    expect(await ids(`?search=${of(first.bookingId)?.providerPaymentId}`)).toEqual([first.bookingId])
    expect(await ids(`?search=${refundId}`)).toEqual([first.bookingId])
    expect(await ids('?search=nobody')).toEqual([])
  })

  it('reads days in the organization’s zone, first and last included', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await payBooking(world, held)
    const paidAt = async (at: string) =>
      world.database.db
        .update(payments)
        .set({ paidAt: new Date(at) })
        .where(eq(payments.bookingId, held.bookingId))
    const isIn = async (query: string) => (await listed(scene, query)).length === 1
    // Midnight in Chicago is 06:00 UTC.
    await paidAt('2026-11-24T05:59:59.999Z')
    expect(await isIn('?from=2026-11-23&to=2026-11-23')).toBe(true)
    expect(await isIn('?from=2026-11-24')).toBe(false)
    await paidAt('2026-11-24T06:00:00.000Z')
    expect(await isIn('?from=2026-11-23&to=2026-11-23')).toBe(false)
    expect(await isIn('?from=2026-11-24')).toBe(true)
    const wrong = await world.call({ url: url(scene, '?from=2026-11-24&to=2026-11-23'), as: scene.admin.accessToken })
    expect([wrong.statusCode, wrong.json().code]).toEqual([400, 'invalid_query'])
  })

  it('pages without repeating or leaving out a row, also where many came at the same instant', async () => {
    const scene = await createScene(world)
    const bookingIds: string[] = []
    for (const hour of ['15', '16', '17', '18', '19'])
      bookingIds.push((await holdBooking(world, scene, `2026-11-25T${hour}:00:00.000Z`)).bookingId)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const answer = await world.call({
        url: url(scene, `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`),
        as: scene.admin.accessToken,
      })
      const page = answer.json<{ data: Payment[]; nextCursor: string | null }>()
      seen.push(...page.data.map((row) => row.booking.id))
      cursor = page.nextCursor
      // A newer one in the middle of it changes nothing for the pages to come.
      if (seen.length === 2) await holdBooking(world, scene, '2026-11-26T16:00:00.000Z')
    }
    expect(seen).toEqual([...bookingIds].reverse())
  })
})

describe('what payments add up to', () => {
  it('is told for each currency, and only of what fits the filters', async () => {
    const scene = await createScene(world)
    const paid = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await payAndConfirm(world, scene, paid)
    await refundAtProvider(paid.bookingId, 1000, 'succeeded')
    await refundAtProvider(paid.bookingId, 500, 'pending')
    await refundAtProvider(paid.bookingId, 700, 'failed')
    await holdBooking(world, scene, '2026-11-24T18:00:00.000Z')
    const processing = await holdBooking(world, scene, '2026-11-24T20:00:00.000Z')
    await world.database.db
      .update(payments)
      .set({ state: 'processing' })
      .where(eq(payments.bookingId, processing.bookingId))
    await payIn(scene, 'JPY', 7500, '2026-11-25T16:00:00.000Z')
    await payIn(scene, 'KWD', 7500, '2026-11-25T18:00:00.000Z')
    const money = (amount: number, currency: string) => ({ amount, currency })
    const of = (currency: string, captured: number, refunded: number, underWay: number, paymentCount: number) => ({
      currency,
      captured: money(captured, currency),
      refunded: money(refunded, currency),
      net: money(captured - refunded, currency),
      underWay: money(underWay, currency),
      paymentCount,
    })
    expect(await totals(scene)).toEqual([
      of('JPY', 7500, 0, 0, 1),
      of('KWD', 7500, 0, 0, 1),
      of('USD', 9000, 1500, 9000, 1),
    ])
    expect(await totals(scene, '?status=open')).toEqual([of('USD', 0, 0, 0, 0)])
    expect(await totals(scene, '?from=2026-11-24')).toEqual([])
  })

  it('counts what was really captured when it was not the price, and nothing of it is left', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await payBooking(world, held)
    await refundAtProvider(held.bookingId, 8000, 'succeeded')
    await world.database.db
      .update(refunds)
      .set({ reason: 'amount_mismatch' })
      .where(eq(refunds.bookingId, held.bookingId))
    expect(await listed(scene)).toMatchObject([
      { status: 'refunded', amount: usd(8000), refunded: usd(8000), net: usd(0) },
    ])
    expect(await totals(scene)).toMatchObject([{ captured: usd(8000), refunded: usd(8000), net: usd(0) }])
  })
})

describe('the file of payments', () => {
  it('writes every amount with its currency’s own decimals, and both times', async () => {
    const scene = await createScene(world)
    world.clock.moveTo('2026-11-23T15:10:00.000Z')
    const held = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await payAndConfirm(world, scene, held)
    await refundAtProvider(held.bookingId, 2505, 'succeeded')
    world.clock.moveTo('2026-11-23T15:11:00.000Z')
    await payIn(scene, 'JPY', 7500, '2026-11-25T16:00:00.000Z')
    world.clock.moveTo('2026-11-23T15:12:00.000Z')
    await payIn(scene, 'KWD', 7500, '2026-11-25T18:00:00.000Z')
    const answer = await world.call({ url: url(scene, '.csv'), as: scene.admin.accessToken })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="payments-${scene.organization.slug}-2026-11-23.csv"`,
    )
    const [head, ...lines] = linesOf(answer.body)
    expect(head?.split(',').slice(0, 8)).toEqual([
      'Time (UTC)',
      'Time (America/Chicago)',
      'Status',
      'Currency',
      'Amount',
      'Refunded',
      'Net',
      'Reference',
    ])
    expect(lines.map((line) => line.split(',').slice(0, 7))).toEqual([
      ['2026-11-23T15:10:00.000Z', '2026-11-23 09:10', 'Partly refunded', 'USD', '90.00', '25.05', '64.95'],
      ['2026-11-23T15:11:00.000Z', '2026-11-23 09:11', 'Paid', 'JPY', '7500', '0', '7500'],
      ['2026-11-23T15:12:00.000Z', '2026-11-23 09:12', 'Paid', 'KWD', '7.500', '0.000', '7.500'],
    ])
    const filtered = await world.call({
      url: url(scene, '.csv?status=partially_refunded'),
      as: scene.admin.accessToken,
    })
    expect(linesOf(filtered.body).length).toBe(2)
  })

  it('takes the sting out of a customer’s name that a spreadsheet would run', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
    await world.database.db
      .update(trainingRequests)
      .set({ customerName: '=HYPERLINK("https://evil.test")' })
      .where(eq(trainingRequests.id, held.requestId))
    const { body } = await world.call({ url: url(scene, '.csv'), as: scene.admin.accessToken })
    expect(body).toContain(`"'=HYPERLINK(""https://evil.test"")"`)
  })

  it('is refused before its first line when the days are out of order', async () => {
    const scene = await createScene(world)
    const answer = await world.call({
      url: url(scene, '.csv?from=2026-11-24&to=2026-11-23'),
      as: scene.admin.accessToken,
    })
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid_query'])
  })
})

it('payments are for admins and keys that read bookings, of their own organization only', async () => {
  const scene = await createScene(world)
  const other = await createScene(world)
  await holdBooking(world, other, '2026-11-24T16:00:00.000Z')
  const key = await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:read'])
  for (const rest of ['', '/summary', '.csv']) {
    const status = async (as: string) => (await world.call({ url: url(scene, rest), as })).statusCode
    expect(await status(scene.admin.accessToken)).toBe(200)
    expect(await status(key)).toBe(200)
    expect(await status(scene.trainer.accessToken)).toBe(403)
    expect(await status(other.admin.accessToken)).toBe(404)
  }
  expect(await listed(scene)).toEqual([])
  expect(linesOf((await world.call({ url: url(scene, '.csv'), as: key })).body).length).toBe(1)
})
