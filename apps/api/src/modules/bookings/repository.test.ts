import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClaimed, createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { inTransaction } from '../../db/client.ts'
import { bookingHistory, bookings } from '../../db/schema/bookings.ts'
import {
  BOOKING_OCCASIONS,
  BOOKING_STATUSES,
  BOOKING_STEPS,
  type BookingStatus,
  bookingStepSources,
  type PaymentStatus,
} from '../../domain/booking.ts'
import { mintOrganizationScope } from '../../domain/organization-scope.ts'
import {
  findBookingOfRequest,
  insertBooking,
  listLapsedHolds,
  listTakenTimes,
  recordOnBooking,
  stepBooking,
} from './repository.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const now = new Date(NOW)
const later = new Date('2026-11-23T15:00:01.000Z')
const actor = { kind: 'system', id: null } as const

let world: TestWorld
let scene: SchedulingScene

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  scene = await createScene(world)
})
afterAll(() => world.close())

let made = 0
/** A booking of a request of its own, an hour after the one before. */
async function bookingIn(
  status: BookingStatus,
  options: {
    paymentStatus?: PaymentStatus
    holdExpiresAt?: Date
    startAt?: Date
    of?: SchedulingScene
    trainingRequestId?: string
  } = {},
) {
  const of = options.of ?? scene
  made += 1
  const trainingRequestId = options.trainingRequestId ?? (await createClaimed(world, of)).id
  const startAt = options.startAt ?? new Date(Date.parse('2027-01-01T00:00:00Z') + made * 3_600_000)
  return inTransaction(world.database.db, (tx) =>
    insertBooking(tx, of.organization.scope, {
      values: {
        trainingRequestId,
        trainerUserId: of.trainer.userId,
        sessionTypeId: of.sessionType.id,
        status,
        paymentStatus: options.paymentStatus ?? 'unpaid',
        startAt,
        endAt: new Date(startAt.getTime() + 3_600_000),
        durationMinutes: 60,
        bufferBeforeMinutes: 0,
        bufferAfterMinutes: 15,
        customerTimeZone: 'UTC',
        priceMinor: 9000,
        currency: 'USD',
        holdExpiresAt: options.holdExpiresAt ?? null,
        cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
        deliveryMethod: 'manual_link',
      },
      actor,
      now,
      ids: world.deps.ids,
    }),
  )
}

async function stateOf(bookingId: string) {
  const [row] = await world.database.db.select().from(bookings).where(eq(bookings.id, bookingId))
  const history = await world.database.db
    .select()
    .from(bookingHistory)
    .where(eq(bookingHistory.bookingId, bookingId))
    .orderBy(asc(bookingHistory.id))
  return { status: row?.status, version: row?.version, history: history.slice(1) }
}

describe('a step of a booking', () => {
  it('makes every move of the table with one history row, and no move that is not in it', async () => {
    for (const occasion of BOOKING_OCCASIONS) {
      for (const from of BOOKING_STATUSES) {
        const { id } = await bookingIn(from)
        const step = { bookingId: id, occasion, actor, now: later, ids: world.deps.ids }
        const stepped = await stepBooking(world.database.db, scene.organization.scope, step)
        const after = await stateOf(id)
        if (bookingStepSources(occasion).includes(from)) {
          const to = BOOKING_STEPS[occasion].to
          expect(stepped).toMatchObject({ id, fromStatus: from, status: to, version: 2, updatedAt: later })
          expect(after).toMatchObject({
            status: to,
            version: 2,
            history: [{ fromStatus: from, toStatus: to, reason: occasion, paymentStatus: 'unpaid', at: later }],
          })
        } else {
          expect(stepped).toBeNull()
          expect(after).toMatchObject({ status: from, version: 1, history: [] })
        }
      }
    }
  })

  it('is made only while the money stands as asked for, and in the booking’s own organization', async () => {
    const { id } = await bookingIn('pending_payment', { paymentStatus: 'processing' })
    const step = { bookingId: id, occasion: 'hold_ran_out', actor, now: later, ids: world.deps.ids } as const
    expect(
      await stepBooking(world.database.db, scene.organization.scope, { ...step, paymentStatusIn: ['unpaid'] }),
    ).toBeNull()
    const elsewhere = mintOrganizationScope(world.deps.ids.next())
    expect(await stepBooking(world.database.db, elsewhere, step)).toBeNull()
    expect(await stateOf(id)).toMatchObject({ status: 'pending_payment', version: 1, history: [] })
  })

  it('can leave the status and record what became known of the money', async () => {
    const { id } = await bookingIn('pending_payment')
    const record = {
      bookingId: id,
      statusIn: ['pending_payment'],
      paymentStatusIn: ['unpaid'],
      set: { paymentStatus: 'paid', paidMinor: 9000, paidAt: later },
      reason: 'payment_received',
      actor,
      now: later,
      ids: world.deps.ids,
    } as const
    const answers = await Promise.all(
      [1, 2, 3].map(() => recordOnBooking(world.database.db, scene.organization.scope, record)),
    )
    expect(answers.filter((row) => row !== null)).toHaveLength(1)
    expect(await stateOf(id)).toMatchObject({
      status: 'pending_payment',
      version: 2,
      history: [
        {
          fromStatus: 'pending_payment',
          toStatus: 'pending_payment',
          paymentStatus: 'paid',
          reason: 'payment_received',
        },
      ],
    })
  })
})

describe('the booking that a request is at', () => {
  it('is the open one, else the latest', async () => {
    const { id: trainingRequestId } = await createClaimed(world, scene)
    const of = (id = trainingRequestId) => findBookingOfRequest(world.database.db, scene.organization.scope, id)
    expect(await of()).toBeNull()
    const open = await bookingIn('pending_payment', { trainingRequestId })
    const ended = await bookingIn('canceled', { trainingRequestId })
    expect(await of()).toMatchObject({ id: open.id })
    await stepBooking(world.database.db, scene.organization.scope, {
      bookingId: open.id,
      occasion: 'slot_changed',
      actor,
      now: later,
      ids: world.deps.ids,
    })
    expect(await of()).toMatchObject({ id: ended.id })
  })
})

describe('what takes a trainer’s time', () => {
  it('is confirmed, paid, processing or held, in every organization, with the gap that was fixed on it', async () => {
    const here = await createScene(world)
    const there = await createScene(world, { trainer: { userId: here.trainer.userId } })
    const at = (hour: number) => new Date(Date.parse('2026-12-01T00:00:00Z') + hour * 3_600_000)
    const held = new Date(now.getTime() + 1)
    const rows = [
      await bookingIn('confirmed', { of: here, startAt: at(0), paymentStatus: 'paid' }),
      await bookingIn('pending_payment', { of: there, startAt: at(1), paymentStatus: 'paid' }),
      await bookingIn('pending_payment', { of: here, startAt: at(2), paymentStatus: 'processing' }),
      await bookingIn('pending_payment', { of: there, startAt: at(3), holdExpiresAt: held }),
    ]
    const lapsed = await bookingIn('pending_payment', { of: here, startAt: at(4), holdExpiresAt: now })
    for (const [index, status] of (['completed', 'no_show', 'canceled', 'expired'] as const).entries())
      await bookingIn(status, { of: here, startAt: at(5 + index) })
    const input = { trainerUserId: here.trainer.userId, from: at(0), to: at(24), now }
    const taken = await listTakenTimes(world.database.db, input)
    expect(taken.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
    expect(taken[1]).toMatchObject({ organizationId: there.organization.id, bufferAfterMinutes: 15 })
    const left = await listTakenTimes(world.database.db, { ...input, exceptBookingId: rows[1]?.id ?? '' })
    expect(left.map(({ id }) => id)).toEqual([rows[0], rows[2], rows[3]].map((row) => row?.id))
    // What ended just before, and its gap, may still keep a slot from being open.
    expect(await listTakenTimes(world.database.db, { ...input, from: at(5), to: at(6) })).toHaveLength(4)
    expect(await listTakenTimes(world.database.db, { ...input, from: at(40), to: at(41) })).toEqual([])

    const of = { trainerUserId: here.trainer.userId, startAt: at(0), endAt: at(24) }
    expect(await listLapsedHolds(world.database.db, { now, limit: 10, of })).toMatchObject([{ id: lapsed.id }])
    const before = new Date(now.getTime() - 1)
    expect(await listLapsedHolds(world.database.db, { now: before, limit: 10, of })).toEqual([])
    expect(await listLapsedHolds(world.database.db, { now, limit: 10, of: { ...of, startAt: at(5) } })).toEqual([])
  })
})
