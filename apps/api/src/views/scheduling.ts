import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { jsonColumn } from '../db/json-column.ts'
import { bookings } from '../db/schema/bookings.ts'
import { calendarEvents, remoteSessions } from '../db/schema/delivery.ts'
import { users } from '../db/schema/identity.ts'
import { organizations } from '../db/schema/organizations.ts'
import { bookingTokens } from '../db/schema/scheduling.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import {
  BOOKING_STATUS_LABELS,
  type BookingState,
  decideCancelBooking,
  decideReschedule,
  isHold,
  isLapsedHold,
  isMoneyReceived,
} from '../domain/booking.ts'
import { CUSTOMER } from '../domain/caller.ts'
import { policyOf } from '../domain/cancellation.ts'
import { actionOf, refused } from '../domain/decision.ts'
import { money } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import {
  isPaymentNotHonoured,
  isRefundOfBooking,
  REFUND_REASON_LABELS,
  REFUND_REASONS,
  type RefundReason,
  type RefundStatus,
} from '../domain/payment.ts'
import {
  decideFinishPayment,
  decideUseLink,
  type LinkEndReason,
  type SchedulingLink,
} from '../domain/scheduling-token.ts'
import { AppError } from '../errors/app-error.ts'
import { findSlotGrounds, sellableDurations } from '../modules/bookings/find-slot-grounds.ts'
import { bookingStateOf } from '../modules/bookings/repository.ts'
import type { PresentedLink } from '../modules/scheduling/find-link.ts'
import { linkOrganization, linkRefusal } from '../modules/scheduling/link-refusal.ts'
import { findSchedulingLink } from '../modules/scheduling/repository.ts'
import type { CreatedBooking, CustomerBooking, Scheduling } from '../modules/scheduling/schemas.ts'
import type { Action } from '../wire/problem.ts'
import { deliveryColumns, isCalendarEventOfBooking, isRemoteSessionOfBooking, presentDelivery } from './delivery.ts'

type SchedulingViewLink = Extract<PresentedLink, { kind: 'scheduling' }>
type ReadDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>

interface LatestLinkJson {
  expiresAt: string
  endedAt: string | null
  endReason: LinkEndReason | null
}

interface SentBackJson {
  amount: number
  currency: string
  status: RefundStatus
  reason: RefundReason
}

/** Why money goes back that arrived and could not be used. */
const NOT_HONOURED_REASONS = sql.join(
  REFUND_REASONS.filter(isPaymentNotHonoured).map((reason) => sql`${reason}`),
  sql`, `,
)

/** Everything that a booking's presentation to its customer needs, in one statement. */
function selectCustomerBookings(db: Db | Tx) {
  return db
    .select({
      booking: bookings,
      reference: trainingRequests.reference,
      requestStatus: trainingRequests.status,
      settings: organizations.settings,
      trainerFirstName: users.firstName,
      sessionTypeName: sessionTypes.name,
      ...deliveryColumns,
      checkoutUrl: sql<string | null>`(
        select p.checkout_url from payments p
        where p.booking_id = ${bookings.id} and p.organization_id = ${bookings.organizationId} and p.state = 'open'
        order by p.attempt desc limit 1)`,
      sentBack: jsonColumn<SentBackJson | null>(sql`(
        select json_build_object('amount', r.amount_minor, 'currency', r.currency, 'status', r.status, 'reason', r.reason)
        from refunds r
        where r.booking_id = ${bookings.id} and r.organization_id = ${bookings.organizationId}
          and r.reason in (${NOT_HONOURED_REASONS})
        order by r.id desc limit 1)`),
      latestLink: jsonColumn<LatestLinkJson | null>(sql`(
        select json_build_object('expiresAt', l.expires_at, 'endedAt', l.ended_at, 'endReason', l.end_reason)
        from scheduling_tokens l
        where l.training_request_id = ${trainingRequests.id} and l.organization_id = ${trainingRequests.organizationId}
        order by l.id desc limit 1)`),
    })
    .from(bookings)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
    .innerJoin(users, eq(users.id, bookings.trainerUserId))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, bookings.organizationId), eq(sessionTypes.id, bookings.sessionTypeId)),
    )
    .leftJoin(remoteSessions, isRemoteSessionOfBooking)
    .leftJoin(calendarEvents, isCalendarEventOfBooking)
    .$dynamic()
}

type CustomerBookingRecord = Awaited<ReturnType<typeof selectCustomerBookings>>[number]

async function findCustomerBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  of: { bookingId: string } | { trainingRequestId: string },
): Promise<CustomerBookingRecord | null> {
  const [record] = await selectCustomerBookings(db)
    .where(
      and(
        eq(bookings.organizationId, scope.organizationId),
        'bookingId' in of ? eq(bookings.id, of.bookingId) : eq(bookings.trainingRequestId, of.trainingRequestId),
      ),
    )
    // At most one booking of a request is open (bookings_one_open_per_request), and a live one is open.
    .orderBy(desc(inArray(bookings.status, ['pending_payment', 'confirmed'])), desc(bookings.id))
    .limit(1)
  return record ?? null
}

function latestLinkOf({ latestLink }: CustomerBookingRecord): SchedulingLink | null {
  if (latestLink === null) return null
  return {
    expiresAt: new Date(latestLink.expiresAt),
    endedAt: latestLink.endedAt === null ? null : new Date(latestLink.endedAt),
    endReason: latestLink.endReason,
  }
}

function actionsOf(
  record: CustomerBookingRecord,
  state: BookingState,
  link: SchedulingLink | null,
  now: Date,
): CustomerBooking['actions'] {
  const settings = resolveSettings(record.settings)
  const received = isMoneyReceived(state) ? refused('payment_already_received') : null
  const rights = {
    customerMayCancel: settings.customerMayCancel,
    customerMayReschedule: settings.customerMayReschedule,
    rescheduleWindowHours: record.booking.cancellationPolicy.rescheduleWindowHours,
  }
  const actions = {
    pay: actionOf(
      received ??
        (link === null ? refused('link_replaced') : decideFinishPayment(link, record.requestStatus, state, now)),
    ),
    chooseAnother: actionOf(
      received ?? (link === null ? refused('link_replaced') : decideUseLink(link, record.requestStatus, now)),
    ),
    cancel: actionOf(decideCancelBooking(CUSTOMER, state, rights, now)),
    reschedule: actionOf(decideReschedule(CUSTOMER, state, rights, now)),
  }
  return actions as Record<keyof typeof actions, Action>
}

/** A booking as its customer sees it. `link`: the scheduling link that decides what they may still do. */
function presentBooking(
  { secrets }: Pick<Deps, 'secrets'>,
  record: CustomerBookingRecord,
  link: SchedulingLink | null,
  now: Date,
): CustomerBooking {
  const { booking, sentBack } = record
  const state = bookingStateOf(booking)
  const status = isLapsedHold(state, now) ? 'expired' : booking.status
  const isRunning = isHold(state, now)
  const { state: _, ...delivery } = presentDelivery(secrets, record, { forTrainer: false })
  const isBooked = booking.status === 'confirmed' || booking.status === 'completed'
  return {
    id: booking.id,
    reference: record.reference,
    // The deadline counts, not whether the sweep has passed by (product.md §9).
    status,
    statusLabel: BOOKING_STATUS_LABELS[status],
    paymentStatus: booking.paymentStatus,
    start: booking.startAt.toISOString(),
    end: booking.endAt.toISOString(),
    durationMinutes: booking.durationMinutes,
    timeZone: booking.customerTimeZone,
    organization: linkOrganization({ settings: resolveSettings(record.settings) }),
    trainer: { firstName: record.trainerFirstName },
    sessionType: { name: record.sessionTypeName },
    price: money(booking.priceMinor, booking.currency),
    refunded: money(booking.refundedMinor, booking.currency),
    sentBack:
      sentBack === null
        ? null
        : {
            amount: money(sentBack.amount, sentBack.currency),
            status: sentBack.status,
            reason: REFUND_REASON_LABELS[sentBack.reason],
            isOfBooking: isRefundOfBooking(sentBack.reason),
          },
    holdExpiresAt: isRunning ? (booking.holdExpiresAt?.toISOString() ?? null) : null,
    checkoutUrl: isRunning ? record.checkoutUrl : null,
    // Where to go is for those who have booked, not for everyone who tries a time.
    delivery: { ...delivery, details: isBooked ? delivery.details : null },
    cancellationPolicy: booking.cancellationPolicy,
    actions: actionsOf(record, state, link, now),
  }
}

/**
 * What a scheduling link opens: who offers what, by which rules, and what the customer has chosen already.
 *
 * Refuses as every call with the link does (410).
 */
export async function readScheduling(deps: ReadDeps, link: SchedulingViewLink): Promise<Scheduling> {
  const now = deps.clock.now()
  const row = link.opened
  const { token, trainingRequest, settings } = row
  const use = decideUseLink(token, trainingRequest.status, now)
  if (!use.allowed) throw linkRefusal(row, use.reason)
  const grounds = await findSlotGrounds(deps.db, link.scope, {
    trainerUserId: token.trainerUserId,
    sessionTypeId: trainingRequest.sessionTypeId,
    now,
  })
  if (grounds === null) throw new AppError('link_not_found')
  const record = await findCustomerBooking(deps.db, link.scope, { trainingRequestId: trainingRequest.id })
  return {
    reference: trainingRequest.reference,
    organization: {
      ...linkOrganization(row),
      timeZone: settings.timeZone,
      privacyPolicyUrl: settings.privacyPolicyUrl,
      termsUrl: settings.termsUrl,
    },
    trainer: { firstName: grounds.trainer.firstName },
    sessionType: { name: grounds.sessionType.name, description: grounds.sessionType.description },
    durations: sellableDurations(grounds).map((durationMinutes) => ({ durationMinutes })),
    cancellationPolicy: policyOf(settings),
    slotHoldMinutes: settings.slotHoldMinutes,
    customerTimeZone: trainingRequest.customerTimeZone,
    expiresAt: token.expiresAt.toISOString(),
    booking: isChosen(record) ? presentBooking(deps, record, token, now) : null,
  }
}

/** What was given up for another time, or withdrawn by a resend, is chosen no more. */
function isChosen(record: CustomerBookingRecord | null): record is CustomerBookingRecord {
  return record !== null && record.booking.status !== 'canceled'
}

/**
 * The customer's own booking, by their scheduling link or by the link that the checkout returns to.
 *
 * A scheduling link that is used answers until the session's end; one that has expired, while its payment may still be
 * finished. A return link answers until it runs out or the session ends. `not_found` while nothing is booked.
 */
export async function readCustomerBooking(deps: ReadDeps, link: PresentedLink): Promise<CustomerBooking> {
  return link.kind === 'scheduling' ? readByScheduling(deps, link) : readByReturn(deps, link)
}

async function readByScheduling(deps: ReadDeps, link: SchedulingViewLink): Promise<CustomerBooking> {
  const now = deps.clock.now()
  const row = link.opened
  const { token, trainingRequest } = row
  const record = await findCustomerBooking(deps.db, link.scope, { trainingRequestId: trainingRequest.id })
  const booking = isChosen(record) ? record : null
  const use = decideUseLink(token, trainingRequest.status, now)
  if (!use.allowed) {
    const isStillShown =
      booking !== null &&
      (use.reason === 'link_used'
        ? now.getTime() < booking.booking.endAt.getTime()
        : decideFinishPayment(token, trainingRequest.status, bookingStateOf(booking.booking), now).allowed)
    if (!isStillShown) throw linkRefusal(row, use.reason)
  }
  if (booking === null) throw new AppError('not_found', { detail: 'No time has been chosen yet.' })
  return presentBooking(deps, booking, token, now)
}

async function readByReturn(
  deps: ReadDeps,
  link: Exclude<PresentedLink, { kind: 'scheduling' }>,
): Promise<CustomerBooking> {
  const now = deps.clock.now()
  const [token] = await deps.db
    .select({ expiresAt: bookingTokens.expiresAt })
    .from(bookingTokens)
    .where(and(eq(bookingTokens.organizationId, link.scope.organizationId), eq(bookingTokens.id, link.bookingTokenId)))
  const record = await findCustomerBooking(deps.db, link.scope, { bookingId: link.bookingId })
  if (token === undefined || record === null) throw new AppError('link_not_found')
  const until = Math.min(token.expiresAt.getTime(), record.booking.endAt.getTime())
  if (now.getTime() >= until) throw linkRefusal({ settings: resolveSettings(record.settings) }, 'link_expired')
  return presentBooking(deps, record, latestLinkOf(record), now)
}

/** The booking that a choice led to, with the address to pay at, for the customer who has just made it. */
export async function readCreatedBooking(
  deps: ReadDeps,
  link: SchedulingViewLink,
  bookingId: string,
): Promise<CreatedBooking> {
  const now = deps.clock.now()
  const row = await findSchedulingLink(deps.db, link.scope, link.schedulingTokenId)
  const record = await findCustomerBooking(deps.db, link.scope, { bookingId })
  if (row === null || record === null) throw new AppError('not_found')
  const booking = presentBooking(deps, record, row.token, now)
  return { booking, checkoutUrl: booking.checkoutUrl }
}
