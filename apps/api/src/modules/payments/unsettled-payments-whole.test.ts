import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { holdBooking, payAndConfirm } from '../../../test/booking-scene.ts'
import { createScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { disputes, payments, refunds } from '../../db/schema/payments.ts'
import {
  isRefundOfBooking,
  MISMATCH_REASONS,
  REFUND_REASONS,
  type RefundReason,
  UNSETTLED_AFTER_MINUTES,
} from '../../domain/payment.ts'
import { listUnsettledPayments } from './unsettled-payments.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const minute = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000)
const NOT_TAKEN_ON = 'The refund has not been taken on by the provider.'
const FAILED = 'The refund failed, and nothing was sent in its place.'
const ANOTHER_COUNTS = 'The booking counts another payment, and this one has not gone back.'
const notBooked = (status: string) => `The booking is ${status}, and the payment has not gone back.`

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

type RefundValues = Partial<typeof refunds.$inferInsert>

/** A confirmed session, paid at `NOW`, and the hand that changes what the database says of its money. */
async function paid() {
  const { db } = world.database
  const scene = await createScene(world)
  const held = await holdBooking(world, scene, SLOT)
  await payAndConfirm(world, scene, held)
  const [first] = await db.select().from(payments).where(eq(payments.bookingId, held.bookingId))
  if (first === undefined) throw new Error('Nothing was paid.')
  const { organizationId, bookingId, currency, amountMinor } = first
  const about = { organizationId, bookingId, paymentId: first.id, amountMinor, currency, createdAt: new Date(NOW) }
  return {
    first,
    change: (set: Partial<typeof bookings.$inferInsert>) =>
      db.update(bookings).set(set).where(eq(bookings.id, bookingId)),
    /** Another payment for the same booking; the later one is what it counts. */
    payAgain: async () => {
      const id = world.deps.ids.next()
      const keys = { idempotencyKey: `checkout:${bookingId}:2`, providerCheckoutId: `tc_${id}` }
      await db.insert(payments).values({ ...first, ...keys, id, attempt: 2, providerPaymentId: `tp_${id}` })
      return id
    },
    refund: async (values: RefundValues & { reason: RefundReason }) => {
      const id = world.deps.ids.next()
      const { status = 'succeeded' } = values
      await db.insert(refunds).values({
        ...about,
        id,
        status,
        providerRefundId: status === 'succeeded' ? `tr_${id}` : null,
        settledAt: status === 'pending' ? null : new Date(NOW),
        ...values,
      })
      return id
    },
    dispute: async (values: Partial<typeof disputes.$inferInsert>) => {
      const id = world.deps.ids.next()
      const lost = { status: 'lost', reason: 'general', closedAt: minute(60) } as const
      await db.insert(disputes).values({ ...about, ...lost, id, providerDisputeId: `td_${id}`, ...values })
    },
    /** What is said of this booking's money at an instant. */
    at: async (instant: Date) =>
      (await listUnsettledPayments(db, instant))
        .filter((one) => one.bookingId === bookingId)
        .map(({ paymentId, why }) => [paymentId, why]),
  }
}

/** Nothing is wrong a millisecond before a quarter of an hour has passed; with it, this is. */
async function saysSince(one: Awaited<ReturnType<typeof paid>>, minutes: number, expected: [string, string]) {
  expect(await one.at(new Date(minute(minutes + 15).getTime() - 1))).toEqual([])
  expect(await one.at(minute(minutes + 15))).toEqual([expected])
}

describe('a payment that nobody has the good of', () => {
  it('is one whose refund the provider has not taken on, a quarter of an hour after it was asked for', async () => {
    const one = await paid()
    await one.change({ status: 'canceled', canceledAt: minute(5), confirmedAt: null })
    await one.refund({ reason: 'slot_taken', status: 'pending', createdAt: minute(7) })
    await saysSince(one, 7, [one.first.id, NOT_TAKEN_ON])
  })

  it('is one whose refund failed, a quarter of an hour after it did', async () => {
    const one = await paid()
    await one.change({ status: 'canceled', canceledAt: minute(5) })
    await one.refund({ reason: 'canceled_by_organization', status: 'failed', settledAt: minute(9) })
    await saysSince(one, 9, [one.first.id, FAILED])
  })

  it('is a second one for the same booking, a quarter of an hour after it was paid', async () => {
    const one = await paid()
    await one.payAgain()
    await saysSince(one, 0, [one.first.id, ANOTHER_COUNTS])
  })

  it.each(['canceled', 'expired', 'pending_payment'] as const)(
    'is one whose booking is %s, a quarter of an hour after it was paid',
    async (status) => {
      const one = await paid()
      // Reserved counts until the session would begin.
      await one.change({ status, confirmedAt: null, startAt: minute(15), endAt: minute(75), holdExpiresAt: null })
      await saysSince(one, 0, [one.first.id, notBooked(status)])
    },
  )

  it('is one beside the booking of which a part has gone back, when the rest failed', async () => {
    const one = await paid()
    const second = await one.payAgain()
    const beside = { reason: 'paid_twice', paymentId: second } as const
    await one.refund({ ...beside, amountMinor: 2000 })
    const refused = await one.refund({ ...beside, status: 'failed' })
    await one.refund({ ...beside, status: 'failed', amountMinor: 7000, retriesRefundId: refused })
    await saysSince(one, 0, [second, FAILED])
  })

  it('is one beside the booking of which a part has gone back, while nobody takes on the rest', async () => {
    const one = await paid()
    const second = await one.payAgain()
    const beside = { reason: 'paid_twice', paymentId: second } as const
    await one.refund({ ...beside, amountMinor: 2000 })
    await one.refund({ ...beside, status: 'pending', amountMinor: 7000 })
    await saysSince(one, 0, [second, NOT_TAKEN_ON])
  })

  it('is one beside the booking of which all but a cent has gone back, and none once the cent has', async () => {
    const one = await paid()
    const second = await one.payAgain()
    const beside = { reason: 'paid_twice', paymentId: second } as const
    await one.refund({ ...beside, amountMinor: one.first.amountMinor - 1 })
    await saysSince(one, 0, [second, ANOTHER_COUNTS])
    await one.refund({ ...beside, amountMinor: 1 })
    expect(await one.at(minute(15))).toEqual([])
  })

  it('is none when what came was less than was asked, and has gone back', async () => {
    const one = await paid()
    await one.change({ status: 'expired', confirmedAt: null })
    await one.refund({ reason: 'currency_mismatch', amountMinor: 2000, currency: 'EUR' })
    expect(await one.at(minute(15))).toEqual([])
  })

  it('is none when the bank has returned it in a dispute that was lost, and one while that is open or won', async () => {
    const one = await paid()
    await one.change({ status: 'canceled', canceledAt: minute(0), confirmedAt: null })
    await one.refund({ reason: 'slot_taken', status: 'failed' })
    await one.dispute({ status: 'open', closedAt: null })
    await saysSince(one, 0, [one.first.id, FAILED])
    await one.dispute({ status: 'won' })
    await one.dispute({ amountMinor: one.first.amountMinor - 1 })
    expect(await one.at(minute(90))).toEqual([[one.first.id, FAILED]])
    await one.dispute({ amountMinor: 1 })
    expect(await one.at(minute(90))).toEqual([])
  })

  it('is none when the bank has returned as much as was to go back, after that had failed', async () => {
    const one = await paid()
    await one.change({ status: 'canceled', canceledAt: minute(0) })
    await one.refund({ reason: 'canceled_by_customer', status: 'failed', amountMinor: 4500 })
    await one.dispute({ amountMinor: 4500, closedAt: new Date(minute(0).getTime() - 1) })
    await saysSince(one, 0, [one.first.id, FAILED])
    await one.dispute({ amountMinor: 4499, closedAt: minute(0) })
    // In sum a cent less than everything, and since the failure a cent less than was to go back.
    expect(await one.at(minute(15))).toEqual([[one.first.id, FAILED]])
    const other = await paid()
    await other.change({ status: 'canceled', canceledAt: minute(0) })
    await other.refund({ reason: 'canceled_by_customer', status: 'failed', amountMinor: 4500 })
    await other.dispute({ amountMinor: 4500, closedAt: minute(0) })
    expect(await other.at(minute(15))).toEqual([])
  })
})

describe('what the function in the database restates', () => {
  it('is what domain/payment.ts says', async () => {
    const [row] = await world.database.db.execute<{ prosrc: string }>(
      sql`select prosrc from pg_proc where proname = 'unsettled_payments'`,
    )
    const source = row?.prosrc ?? ''
    const lists = [...source.matchAll(/reason in \(([^)]*)\)/g)].map(([, list]) =>
      [...(list ?? '').matchAll(/'([a-z_]+)'/g)].map(([, reason]) => reason),
    )
    expect(lists).toEqual([REFUND_REASONS.filter((reason) => !isRefundOfBooking(reason)), MISMATCH_REASONS])
    expect([...source.matchAll(/interval '([^']*)'/g)].map(([, length]) => length)).toEqual([
      `${UNSETTLED_AFTER_MINUTES} minutes`,
    ])
  })
})
