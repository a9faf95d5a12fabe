import { type Static, Type } from 'typebox'
import { BOOKING_LISTS, BOOKING_STATUSES, CANCELED_BY, PAYMENT_STATUSES } from '../../domain/booking.ts'
import { EMAIL_MAX_LENGTH, NAME_MAX_LENGTH, PHONE_MAX_LENGTH } from '../../domain/contact-details.ts'
import { DELIVERY_METHODS, DELIVERY_STATES, SIDE_EFFECT_KINDS, SIDE_EFFECT_STATES } from '../../domain/delivery.ts'
import { DISPUTE_STATUSES } from '../../domain/dispute.ts'
import { CANCELLATION_KINDS } from '../../domain/organization-settings.ts'
import { REFUND_STATUSES } from '../../domain/payment.ts'
import { Money } from '../../wire/money.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import { Action } from '../../wire/problem.ts'
import {
  closed,
  flag,
  id,
  instant,
  integer,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  prose,
  ref,
  shape,
  slug,
  timeZone,
  url,
} from '../../wire/schema.ts'
import { reference } from '../requests/schemas.ts'
import { SessionTypeName } from '../session-types/schemas.ts'

export const CancellationPolicy = named(
  'CancellationPolicy',
  shape(
    {
      kind: oneOf(CANCELLATION_KINDS),
      windowHours: integer(0, 720, { description: 'So many hours before the start a refund is still due.' }),
      partialPercent: integer(1, 99, { description: 'The part that is refunded, with `partial`.' }),
      rescheduleWindowHours: integer(0, 720),
    },
    {
      description: 'The rules the booking was made under; later changes of the settings do not touch it.',
      examples: [{ kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 }],
    },
  ),
)

const exampleBooking = {
  id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
  requestId: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07',
  reference: 'R-7K3M9Q2X',
  status: 'confirmed',
  statusLabel: 'Confirmed',
  paymentStatus: 'partially_refunded',
  paymentStatusLabel: 'Partly refunded',
  start: '2026-11-24T16:30:00.000Z',
  end: '2026-11-24T17:30:00.000Z',
  durationMinutes: 60,
  customerTimeZone: 'America/Chicago',
  customer: { name: 'Casey Jones', email: 'casey@example.com', phone: '+1 312 555 0142' },
  trainer: { id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
  sessionType: { id: '01939b2c-0000-7000-8000-000000000010', name: 'One-to-one help' },
  price: { amount: 9000, currency: 'USD' },
  paid: { amount: 9000, currency: 'USD' },
  refunded: { amount: 2500, currency: 'USD' },
  holdExpiresAt: null,
  cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
  delivery: {
    method: 'zoho_assist',
    label: 'Zoho Assist',
    state: 'ready',
    technicianUrl: 'https://assist.example.com/t/123',
    customerUrl: 'https://assist.example.com/c/123',
    details: null,
  },
  sideEffects: [
    {
      id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c31',
      kind: 'customer_email',
      state: 'done',
      attempts: 1,
      lastError: null,
      nextAttemptAt: null,
      doneAt: '2026-11-23T16:02:00.000Z',
    },
  ],
  refunds: [
    {
      id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c40',
      amount: { amount: 2500, currency: 'USD' },
      status: 'succeeded',
      reason: 'Refunded by an admin',
      note: 'We started late. Sorry!',
      problem: null,
      nextAttemptAt: null,
      createdAt: '2026-11-23T17:40:00.000Z',
      settledAt: '2026-11-23T17:40:01.000Z',
      actions: { retry: { allowed: false, reason: 'invalid_state' } },
    },
  ],
  disputes: [],
  payout: null,
  feedback: null,
  createdAt: '2026-11-23T15:30:00.000Z',
  paidAt: '2026-11-23T15:35:00.000Z',
  confirmedAt: '2026-11-23T16:01:00.000Z',
  completedAt: null,
  canceledAt: null,
  canceledBy: null,
  cancelReason: null,
  version: 4,
  actions: {
    confirmPayment: { allowed: false, reason: 'invalid_state' },
    complete: { allowed: false, reason: 'session_not_ended' },
    cancel: { allowed: true, reason: null },
    reschedule: { allowed: true, reason: null },
    markNoShow: { allowed: false, reason: 'session_not_started' },
    refund: { allowed: false, reason: 'org_admin_required' },
  },
}

export const Booking = named(
  'Booking',
  shape(
    {
      id: id(),
      requestId: id(),
      reference,
      status: oneOf(BOOKING_STATUSES),
      statusLabel: lineOrEmpty(60),
      paymentStatus: oneOf(PAYMENT_STATUSES),
      paymentStatusLabel: lineOrEmpty(60),
      start: instant(),
      end: instant(),
      durationMinutes: integer(5, 480),
      customerTimeZone: timeZone(),
      customer: shape({
        name: lineOrEmpty(NAME_MAX_LENGTH),
        email: lineOrEmpty(EMAIL_MAX_LENGTH),
        phone: nullable(lineOrEmpty(PHONE_MAX_LENGTH)),
      }),
      trainer: shape({ id: id(), name: lineOrEmpty(161) }),
      sessionType: SessionTypeName,
      price: ref(Money),
      paid: ref(Money),
      refunded: ref(Money),
      holdExpiresAt: nullable(instant(), {
        description: 'Until when the time is held for payment; null when nothing runs out.',
      }),
      cancellationPolicy: ref(CancellationPolicy),
      delivery: shape({
        method: oneOf(DELIVERY_METHODS),
        label: lineOrEmpty(60),
        state: oneOf(DELIVERY_STATES),
        technicianUrl: Type.Optional(
          url({ description: 'Where the booking’s own trainer joins. Nobody else ever gets it.' }),
        ),
        customerUrl: Type.Optional(url({ description: 'Where the customer joins.' })),
        details: nullable(prose(1000), { description: 'A number to call, or what else the method needs.' }),
      }),
      sideEffects: listOf(
        shape({
          id: id(),
          kind: oneOf(SIDE_EFFECT_KINDS),
          state: oneOf(SIDE_EFFECT_STATES),
          attempts: integer(0, 1000),
          lastError: nullable(prose(500)),
          nextAttemptAt: nullable(instant()),
          doneAt: nullable(instant()),
        }),
        200,
        { description: 'What the booking set off outside, and how far each has come.' },
      ),
      refunds: listOf(
        shape({
          id: id(),
          amount: ref(Money),
          status: oneOf(REFUND_STATUSES, {
            description:
              '`pending`: on its way, or about to be. `succeeded`: the provider has sent it. `failed`: the customer did not get it.',
          }),
          reason: prose(500, { description: 'Why, in words.' }),
          note: nullable(prose(500), { description: 'What an admin wrote about it; the customer reads it.' }),
          problem: nullable(prose(500), {
            description: 'What went wrong: why it failed, or why one that is pending could not be made yet.',
          }),
          nextAttemptAt: nullable(instant(), { description: 'When the provider is asked for or about it next.' }),
          createdAt: instant(),
          settledAt: nullable(instant(), { description: 'When it succeeded or failed.' }),
          actions: shape({ retry: ref(Action) }),
        }),
        100,
        { description: 'Money that went back or is on its way, also what was refunded at the provider itself.' },
      ),
      disputes: listOf(
        shape({
          id: id(),
          amount: ref(Money),
          status: oneOf(DISPUTE_STATUSES, {
            description:
              '`open`: the banks have not decided. `won`, `lost`: they have, for or against the organization.',
          }),
          isInquiry: flag({
            description: 'The bank only asks so far: no money has been taken, and a refund settles it.',
          }),
          reason: prose(500, { description: 'What the customer’s bank says it is about, in words.' }),
          respondBy: nullable(instant(), { description: 'The last instant for an answer at the provider.' }),
          createdAt: instant(),
        }),
        100,
        { description: 'The customer asked their bank for the money. Nothing is refunded by itself.' },
      ),
      payout: nullable(shape({ amount: ref(Money), sharePercent: Type.Number({ minimum: 0, maximum: 100 }) }), {
        description: 'What the trainer earned; null until completed.',
      }),
      feedback: nullable(shape({ rating: integer(1, 5), comment: nullable(prose(5000)) })),
      createdAt: instant(),
      paidAt: nullable(instant()),
      confirmedAt: nullable(instant()),
      completedAt: nullable(instant()),
      canceledAt: nullable(instant()),
      canceledBy: nullable(oneOf(CANCELED_BY)),
      cancelReason: nullable(prose(500)),
      version: integer(1, 2_147_483_647, { description: 'Grows with every change.' }),
      actions: shape({
        confirmPayment: ref(Action),
        complete: ref(Action),
        cancel: ref(Action),
        reschedule: ref(Action),
        markNoShow: ref(Action),
        refund: ref(Action),
      }),
    },
    { description: 'One reserved session, as the organization sees it.', examples: [exampleBooking] },
  ),
)
export type Booking = Static<typeof Booking>

export const ListBookingsQuery = closed({
  view: Type.Optional(
    oneOf(BOOKING_LISTS, {
      default: 'upcoming',
      description:
        '`upcoming`: paid or processing in Pending Payment, and Confirmed, however long ago they ended; earliest start first. `past`: completed, no-show, canceled and expired; latest start first. `all`: latest start first.',
    }),
  ),
  trainerId: Type.Optional(id({ description: 'Only this trainer’s. A trainer sees their own in any case.' })),
  ...pageQuery,
})

export const BookingParams = Type.Object({ org: slug({ description: 'The organization’s slug.' }), bookingId: id() })
export const BookingPage = pageOf(ref(Booking), 'Bookings.')

export const bookingShapes = [CancellationPolicy, Booking]
