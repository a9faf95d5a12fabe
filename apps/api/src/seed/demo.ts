import { and, eq, sql } from 'drizzle-orm'
import type { Database, Tx } from '../db/client.ts'
import { inTransaction } from '../db/client.ts'
import { calendarConnections } from '../db/schema/calendars.ts'
import { forms, formVersions } from '../db/schema/forms.ts'
import { users } from '../db/schema/identity.ts'
import { memberships, organizations } from '../db/schema/organizations.ts'
import { bookingTokens } from '../db/schema/scheduling.ts'
import { sessionTypePrices, sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { AppDeps } from '../deps.ts'
import { openSlots } from '../domain/availability.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mintOrganizationScope, type OrganizationScope } from '../domain/organization-scope.ts'
import { addDays, dateAt, dayOfWeekOf, MINUTE_MS, startOfDate, wallTimeAt } from '../domain/zoned-time.ts'
import { createAvailabilityRule } from '../modules/availability/create-availability-rule.ts'
import { deleteAvailabilityRule } from '../modules/availability/delete-availability-rule.ts'
import { findSlotGrounds, sellableDurations, slotSearch } from '../modules/bookings/find-slot-grounds.ts'
import { findBookingOfRequest, listTakenTimes } from '../modules/bookings/repository.ts'
import { claimRequest } from '../modules/claims/claim-request.ts'
import { submitFeedback } from '../modules/feedback/submit-feedback.ts'
import { findUserByEmail, insertUser } from '../modules/identity/repository.ts'
import { findMember, insertMembership, insertOrganization } from '../modules/organizations/repository.ts'
import { confirmPayment } from '../modules/payments/confirm-payment.ts'
import { receiveCheckoutNotice } from '../modules/payments/receive-checkout-notice.ts'
import { listPaymentsOfBooking } from '../modules/payments/repository.ts'
import { completeBooking } from '../modules/payouts/complete-booking.ts'
import { findTrainingRequest } from '../modules/requests/repository.ts'
import { submitForm } from '../modules/requests/submit-form.ts'
import { createBooking } from '../modules/scheduling/create-booking.ts'
import { createSchedulingToken } from '../modules/scheduling/create-scheduling-token.ts'
import { findLatestSchedulingLink } from '../modules/scheduling/repository.ts'
import type { TestCheckout } from '../platform/payment-gateway/test-checkout.ts'
import type { SystemClock } from '../platform/system-clock.ts'
import { settleEvents } from '../worker.ts'
import {
  DEMO_FORM,
  DEMO_FORM_SLUG,
  DEMO_ORGANIZATION,
  DEMO_PASSWORD,
  DEMO_PEOPLE,
  DEMO_REQUESTS,
  DEMO_SESSION_TYPES,
  DEMO_TIME_ZONE,
  type DemoPerson,
  type DemoRequest,
  demoRouting,
} from './demo-content.ts'

interface Seed {
  deps: AppDeps
  database: Database
  clock: SystemClock
  testCheckout: TestCheckout
  scope: OrganizationScope
}

/** One thing that happened, so many minutes before now. */
interface Step {
  /** Whose story it belongs to: their email. */
  customer: string
  minutesAgo: number
  run: () => Promise<void>
}

const HOUR = 60
const DAY = 24 * HOUR

/**
 * Fills an empty database with the `demo` organization: people, hours, a form, and requests in every state of the guide.
 * Answers whether it did anything; a database that holds another organization is left alone. Where an earlier seeding was
 * cut off (nobody has seen it: the product serves only afterwards), it goes on from there.
 *
 * Nothing is written behind the product's back: every request goes through the same use cases that people's clicks run,
 * in the order in which it happened, with the product's clock moved to each moment and its mails sent then. So the
 * seeded data obey every rule. Must run before anything else uses `clock`; goes back to the real time at the end.
 */
export async function seedDemo(input: {
  deps: AppDeps
  database: Database
  clock: SystemClock
  testCheckout: TestCheckout
}): Promise<boolean> {
  const { deps, database, clock } = input
  const now = clock.unmoved()
  clock.moveTo(minutesBefore(now, 14 * DAY))
  try {
    const scope = (await makeOrganization(deps)) ?? (await findDemo(deps))
    if (scope === null) return false
    const seed: Seed = { ...input, scope }
    const steps = stepsOf(seed, now).sort((a, b) => b.minutesAgo - a.minutesAgo)
    const last = steps.at(-1)
    if (last === undefined || (await hasCustomer(deps, scope, last.customer))) return false
    for (const step of steps) {
      clock.moveTo(minutesBefore(now, step.minutesAgo))
      await step.run()
      await settleEvents(deps, database)
    }
    return true
  } finally {
    clock.moveTo(null)
  }
}

function minutesBefore(instant: Date, minutes: number): Date {
  return new Date(instant.getTime() - minutes * MINUTE_MS)
}

/** Organization, people, hours, session types and form, in one transaction; null when there is an organization already. */
async function makeOrganization(deps: AppDeps): Promise<OrganizationScope | null> {
  const passwordHash = await deps.secrets.hashPassword(DEMO_PASSWORD)
  return inTransaction(deps.db, async (tx) => {
    // Two processes may start on one empty database.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('seed', 0))`)
    const [any] = await tx.select({ id: organizations.id }).from(organizations).limit(1)
    if (any !== undefined) return null
    const scope = mintOrganizationScope(deps.ids.next())
    const now = deps.clock.now()
    const stamps = { createdAt: now, updatedAt: now }
    const { slug, ...settings } = DEMO_ORGANIZATION
    await insertOrganization(tx, { id: scope.organizationId, slug, settings, ...stamps })
    for (const person of DEMO_PEOPLE) {
      const userId = deps.ids.next()
      await insertUser(tx, {
        id: userId,
        email: person.email,
        passwordHash,
        firstName: person.firstName,
        lastName: person.lastName,
        timeZone: DEMO_TIME_ZONE,
        emailVerifiedAt: now,
        ...stamps,
      })
      const { role, canTrain, skills } = person
      await insertMembership(tx, scope, { userId, role, canTrain, skills: [...skills], createdAt: now })
      if (role === 'trainer' || canTrain) await openHours({ ...deps, db: tx }, userId)
      if (person.key === 'tina')
        await tx
          .insert(calendarConnections)
          .values({ id: deps.ids.next(), userId, provider: 'test', label: 'Test calendar', createdAt: now })
    }
    await makeForm(tx, deps, scope, await makeSessionTypes(tx, deps, scope))
    return scope
  })
}

/** The demo that an earlier start made; null where `demo` is somebody's own organization, or there is none. */
async function findDemo(deps: AppDeps): Promise<OrganizationScope | null> {
  const [row] = await deps.db
    .select({ organizationId: organizations.id })
    .from(organizations)
    .innerJoin(memberships, eq(memberships.organizationId, organizations.id))
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(organizations.slug, DEMO_ORGANIZATION.slug), eq(users.email, DEMO_PEOPLE[0].email)))
  return row === undefined ? null : mintOrganizationScope(row.organizationId)
}

/** Whether this database holds the demo, so that its people can sign in. */
export async function hasDemo(deps: AppDeps): Promise<boolean> {
  return (await findDemo(deps)) !== null
}

async function hasCustomer(deps: AppDeps, scope: OrganizationScope, email: string): Promise<boolean> {
  return (await requestOfCustomer(deps, scope, email)) !== null
}

async function requestOfCustomer(deps: AppDeps, scope: OrganizationScope, email: string): Promise<string | null> {
  const [row] = await deps.db
    .select({ id: trainingRequests.id })
    .from(trainingRequests)
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.customerEmail, email)))
  return row?.id ?? null
}

/** Every day has open hours, so that whatever today is, there is something to book tomorrow. */
async function openHours(deps: Pick<AppDeps, 'clock' | 'ids'> & { db: Tx }, userId: string): Promise<void> {
  await createAvailabilityRule(deps, {
    userId,
    rule: { scheduleType: 'weekday_daytime', daysOfWeek: [1, 2, 3, 4, 5], startTime: '09:00', endTime: '17:00' },
  })
  await createAvailabilityRule(deps, {
    userId,
    rule: { scheduleType: 'weekend', daysOfWeek: [6, 7], startTime: '10:00', endTime: '16:00' },
  })
}

/** Answers the id of the one that the form assigns. */
async function makeSessionTypes(tx: Tx, deps: AppDeps, scope: OrganizationScope): Promise<string> {
  const { organizationId } = scope
  const now = deps.clock.now()
  const ids: string[] = []
  for (const { prices, ...sessionType } of DEMO_SESSION_TYPES) {
    const id = deps.ids.next()
    ids.push(id)
    const durationsMinutes = Object.keys(prices).map(Number)
    await tx
      .insert(sessionTypes)
      .values({ id, organizationId, ...sessionType, durationsMinutes, createdAt: now, updatedAt: now })
    await tx.insert(sessionTypePrices).values(
      Object.entries(prices).map(([minutes, amountMinor]) => ({
        organizationId,
        sessionTypeId: id,
        durationMinutes: Number(minutes),
        amountMinor,
        currency: 'USD',
      })),
    )
  }
  const [assigned] = ids
  if (assigned === undefined) throw new Error('the demo sells nothing')
  return assigned
}

async function makeForm(tx: Tx, deps: AppDeps, scope: OrganizationScope, sessionTypeId: string): Promise<void> {
  const { organizationId } = scope
  const formId = deps.ids.next()
  const now = deps.clock.now()
  await tx.insert(forms).values({ id: formId, organizationId, slug: DEMO_FORM_SLUG, createdAt: now })
  await tx.insert(formVersions).values({
    id: deps.ids.next(),
    organizationId,
    formId,
    version: 1,
    status: 'published',
    ...DEMO_FORM,
    routing: demoRouting(sessionTypeId),
    createdAt: now,
    publishedAt: now,
  })
}

/** The stories of the demo, each a few steps; what one step makes, the next finds. */
function stepsOf(seed: Seed, now: Date): Step[] {
  const today = dateAt(now.getTime(), DEMO_TIME_ZONE)
  const tomorrow = new Date(startOfDate(addDays(today, 1), DEMO_TIME_ZONE))
  const inThreeDays = new Date(startOfDate(addDays(today, 3), DEMO_TIME_ZONE))
  // The half hour that begins then ends an hour ago, up to five minutes: trainers open hours at round times.
  const endedStart = new Date(Math.floor(minutesBefore(now, HOUR + 30).getTime() / (5 * MINUTE_MS)) * 5 * MINUTE_MS)
  const twoDaysAgo = minutesBefore(now, 2 * DAY + 12 * HOUR)
  const praise = 'Tina found it in ten minutes and showed me how to mend it myself next time.'
  const { completed, ended, confirmed, paid, linkSent, claimed, ...fresh } = DEMO_REQUESTS
  return [
    ...steps(seed, completed, [
      [4 * DAY, (it) => it.submit()],
      [4 * DAY - 12, (it) => it.claim()],
      [4 * DAY - 20, (it) => it.sendLink()],
      [4 * DAY - 45, (it) => it.bookAndPay(twoDaysAgo)],
      [4 * DAY - 60, (it) => it.confirm()],
      [DAY, (it) => it.complete()],
      [DAY - 3 * HOUR, (it) => it.rate(5, praise)],
    ]),
    ...steps(seed, ended, [
      [2 * DAY, (it) => it.submit()],
      [2 * DAY - 9, (it) => it.claim()],
      [2 * DAY - 15, (it) => it.sendLink()],
      [DAY + 2 * HOUR, (it) => bookOutsideTheWeek(seed, it, endedStart)],
      [DAY + HOUR, (it) => it.confirm()],
    ]),
    ...steps(seed, confirmed, [
      [2 * DAY - HOUR, (it) => it.submit()],
      [2 * DAY - 2 * HOUR, (it) => it.claim()],
      [2 * DAY - 2 * HOUR - 5, (it) => it.sendLink()],
      [DAY, (it) => it.bookAndPay(tomorrow)],
      [DAY - 30, (it) => it.confirm()],
    ]),
    ...steps(seed, paid, [
      [20 * HOUR, (it) => it.submit()],
      [19 * HOUR, (it) => it.claim()],
      [19 * HOUR - 4, (it) => it.sendLink()],
      [20, (it) => it.bookAndPay(inThreeDays)],
    ]),
    ...steps(seed, linkSent, [
      [5 * HOUR, (it) => it.submit()],
      [4 * HOUR, (it) => it.claim()],
      [3 * HOUR, (it) => it.sendLink()],
    ]),
    ...steps(seed, claimed, [
      [2 * HOUR, (it) => it.submit()],
      [HOUR + 30, (it) => it.claim()],
    ]),
    ...Object.values(fresh).flatMap((request, index) => steps(seed, request, [[3 + 8 * index, (it) => it.submit()]])),
  ]
}

function steps(
  seed: Seed,
  request: DemoRequest,
  told: [minutesAgo: number, run: (it: Story) => Promise<void>][],
): Step[] {
  // Every request of the demo that is taken is taken by Tina, so that her dashboard shows all of it.
  const it = story(seed, request, 'tina')
  return told.map(([minutesAgo, run]) => ({ customer: request.customer.email, minutesAgo, run: () => run(it) }))
}

type Story = ReturnType<typeof story>

/**
 * One customer's request and the trainer who takes it: what each of them does, by the product's own use cases. Each step
 * looks at what is there and does nothing when it has been done, so that a seeding that was cut off can go on.
 */
function story(seed: Seed, request: DemoRequest, trainer: DemoPerson) {
  const { deps, scope } = seed
  const caller = () => callerOf(seed, trainer)
  const requestId = async () => known(await requestOfCustomer(deps, scope, request.customer.email), 'request')
  const link = async () => findLatestSchedulingLink(deps.db, scope, await requestId())
  const booking = async () => findBookingOfRequest(deps.db, scope, await requestId())
  const bookingId = async () => known((await booking())?.id ?? null, 'booking')

  return {
    caller,
    async submit(): Promise<void> {
      const { customer, answers } = request
      if (await hasCustomer(deps, scope, customer.email)) return
      const submission = { customer, answers }
      await submitForm(deps, { org: DEMO_ORGANIZATION.slug, formSlug: DEMO_FORM_SLUG, submission })
    },
    async claim(): Promise<void> {
      await claimRequest(deps, { scope, caller: await caller(), trainingRequestId: await requestId() })
    },
    async sendLink(): Promise<void> {
      if ((await link()) !== null) return
      await createSchedulingToken(deps, { scope, caller: await caller(), trainingRequestId: await requestId() })
    },
    /** Books the shortest length at the first open time from `earliest` on, and pays for it. */
    async bookAndPay(earliest: Date): Promise<void> {
      if (((await booking())?.paidMinor ?? 0) > 0) return
      const trainingRequestId = await requestId()
      const slot = await firstSlot(seed, { trainingRequestId, trainer: await caller(), earliest })
      const { bookingId } = await createBooking(deps, {
        scope,
        schedulingTokenId: known((await link())?.token.id ?? null, 'link'),
        trainingRequestId,
        start: slot.start,
        durationMinutes: slot.durationMinutes,
        timeZone: request.customer.timeZone,
        expectedPrice: null,
      })
      const checkoutId = await checkoutOf(seed, bookingId)
      await seed.testCheckout.pay(checkoutId, 'now')
      await receiveCheckoutNotice(deps, { provider: 'test_checkout', checkoutId })
    },
    async confirm(): Promise<void> {
      if ((await booking())?.status !== 'pending_payment') return
      await confirmPayment(deps, { scope, caller: await caller(), bookingId: await bookingId() })
    },
    async complete(): Promise<void> {
      await completeBooking(deps, { scope, caller: await caller(), bookingId: await bookingId() })
    },
    async rate(rating: number, comment: string): Promise<void> {
      const id = await bookingId()
      const bookingTokenId = await unusedFeedbackTokenOf(seed, id)
      if (bookingTokenId !== null) await submitFeedback(deps, { scope, bookingTokenId, bookingId: id, rating, comment })
    },
  }
}

function known(id: string | null, what: string): string {
  if (id === null) throw new Error(`the demo has no ${what} yet`)
  return id
}

async function callerOf(seed: Seed, trainer: DemoPerson): Promise<UserCaller> {
  const { email } = DEMO_PEOPLE[DEMO_PEOPLE.findIndex((person) => person.key === trainer)] ?? DEMO_PEOPLE[0]
  const user = await findUserByEmail(seed.deps.db, email)
  const member = user && (await findMember(seed.deps.db, seed.scope, user.id))
  if (!member) throw new Error(`the demo has no ${email}`)
  return member
}

/** The first open time from `earliest` on, in the shortest length that is sold. */
async function firstSlot(
  seed: Seed,
  input: { trainingRequestId: string; trainer: UserCaller; earliest: Date },
): Promise<{ start: Date; durationMinutes: number }> {
  const { deps, scope } = seed
  const now = deps.clock.now()
  const trainingRequest = await findTrainingRequest(deps.db, scope, input.trainingRequestId)
  const { userId: trainerUserId } = input.trainer
  const grounds =
    trainingRequest &&
    (await findSlotGrounds(deps.db, scope, { trainerUserId, sessionTypeId: trainingRequest.sessionTypeId, now }))
  const durationMinutes = grounds ? sellableDurations(grounds)[0] : undefined
  if (!grounds || durationMinutes === undefined) throw new Error('the demo has nothing to sell')
  const until = new Date(now.getTime() + 14 * DAY * MINUTE_MS)
  const taken = await listTakenTimes(deps.db, { trainerUserId, from: now, to: until, now })
  const from = input.earliest.getTime()
  const search = slotSearch(grounds, { now, durationMinutes, taken, busyTimes: [], payment: 'available', from })
  const [slot] = openSlots(search)
  if (slot === undefined) throw new Error('the demo has no open time')
  return { start: new Date(slot.startAt), durationMinutes }
}

/** Opens an extra hour on one date for a session outside the weekly hours, and closes it again once it is booked. */
async function bookOutsideTheWeek(seed: Seed, told: Story, start: Date): Promise<void> {
  const { userId } = await told.caller()
  const date = dateAt(start.getTime(), DEMO_TIME_ZONE)
  const ruleId = await createAvailabilityRule(seed.deps, {
    userId,
    rule: {
      scheduleType: 'custom',
      daysOfWeek: [dayOfWeekOf(date)],
      startTime: wallTimeAt(start.getTime(), DEMO_TIME_ZONE),
      endTime: wallTimeAt(start.getTime() + HOUR * MINUTE_MS, DEMO_TIME_ZONE),
      firstDate: date,
      lastDate: date,
    },
  })
  await told.bookAndPay(start)
  await deleteAvailabilityRule(seed.deps, { userId, ruleId })
}

async function checkoutOf(seed: Seed, bookingId: string): Promise<string> {
  const [payment] = await listPaymentsOfBooking(seed.deps.db, seed.scope, bookingId)
  return known(payment?.providerCheckoutId ?? null, 'checkout')
}

/** Null: the customer has rated already. */
async function unusedFeedbackTokenOf(seed: Seed, bookingId: string): Promise<string | null> {
  const [row] = await seed.deps.db
    .select({ id: bookingTokens.id, usedAt: bookingTokens.usedAt })
    .from(bookingTokens)
    .where(and(eq(bookingTokens.bookingId, bookingId), eq(bookingTokens.purpose, 'feedback')))
  return row?.usedAt === null ? row.id : null
}
