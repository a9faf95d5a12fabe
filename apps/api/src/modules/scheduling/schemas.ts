import { type Static, Type } from 'typebox'
import { OBSTACLE_KINDS } from '../../domain/availability.ts'
import { BOOKING_STATUSES, PAYMENT_STATUSES } from '../../domain/booking.ts'
import { REFUND_RULES } from '../../domain/cancellation.ts'
import { DELIVERY_METHODS } from '../../domain/delivery.ts'
import { REFUND_STATUSES } from '../../domain/payment.ts'
import { SLOT_NOTICES } from '../../domain/slot-notice.ts'

import { Money } from '../../wire/money.ts'
import { Action } from '../../wire/problem.ts'
import {
  calendarDate,
  closed,
  flag,
  id,
  instant,
  integer,
  line,
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
import { CancellationPolicy } from '../bookings/schemas.ts'
import { reference } from '../requests/schemas.ts'
import { SessionDuration } from '../session-types/schemas.ts'

const reason = prose(500, { description: 'For the history; written for colleagues.' })

export const ReasonBody = closed({ reason: Type.Optional(reason) }, { examples: [{ reason: 'Away next week' }] })

export const AssignBody = closed(
  { trainerId: id({ description: 'The user id of any active trainer.' }), reason: Type.Optional(reason) },
  { examples: [{ trainerId: '01939b2c-0000-7000-8000-000000000002', reason: 'Knows this customer' }] },
)

export const OpenSlotsPreview = named(
  'OpenSlotsPreview',
  shape(
    {
      count: integer(0, 1_000_000, {
        description: 'Distinct open starts in the booking horizon, whichever lengths can begin there.',
      }),
      firstStart: nullable(instant()),
    },
    {
      description: 'What the customer would be offered now.',
      examples: [{ count: 84, firstStart: '2026-11-24T15:00:00.000Z' }],
    },
  ),
)
export type OpenSlotsPreview = Static<typeof OpenSlotsPreview>

export const CreatedSchedulingToken = named(
  'CreatedSchedulingToken',
  shape(
    {
      id: id(),
      url: url({ description: 'The link. Here and in the customer’s email, nowhere else.' }),
      sentAt: instant(),
      expiresAt: instant(),
    },
    {
      description: 'A scheduling link that is on its way to the customer.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c40',
          url: 'https://app.example.com/book/3q2-7wAbCdEf',
          sentAt: '2026-11-23T15:20:00.000Z',
          expiresAt: '2026-11-30T15:20:00.000Z',
        },
      ],
    },
  ),
)
export type CreatedSchedulingToken = Static<typeof CreatedSchedulingToken>

const customerOrganization = {
  name: lineOrEmpty(120),
  supportEmail: lineOrEmpty(254),
  supportPhone: nullable(lineOrEmpty(40)),
  logoUrl: nullable(lineOrEmpty(2048)),
  primaryColor: lineOrEmpty(7),
}

const exampleOrganization = {
  name: 'Demo Support',
  supportEmail: 'support@demo.test',
  supportPhone: null,
  logoUrl: null,
  primaryColor: '#1f5fbf',
}

export const CustomerBooking = named(
  'CustomerBooking',
  shape(
    {
      id: id(),
      reference,
      status: oneOf(BOOKING_STATUSES),
      statusLabel: lineOrEmpty(60),
      paymentStatus: oneOf(PAYMENT_STATUSES),
      start: instant(),
      end: instant(),
      durationMinutes: integer(5, 480),
      timeZone: timeZone({ description: 'The customer’s.' }),
      organization: shape(customerOrganization),
      trainer: shape({ firstName: lineOrEmpty(80) }),
      sessionType: shape({ name: lineOrEmpty(120) }),
      price: ref(Money),
      refunded: ref(Money),
      sentBack: nullable(
        shape({
          amount: ref(Money),
          status: oneOf(REFUND_STATUSES, {
            description: '`failed`: it did not arrive yet, and the organization sees to it.',
          }),
          reason: prose(500, { description: 'In words for the customer.' }),
          isOfBooking: Type.Boolean({
            description:
              'It was paid for this booking, which it could not make or keep; false: it was paid beside it, a second time or in another amount, and says nothing about the session.',
          }),
        }),
        {
          description:
            'Money that arrived and could not be used, so that it goes back in full; null when there is none.',
        },
      ),
      holdExpiresAt: nullable(instant(), { description: 'Pay until then; null when nothing runs out.' }),
      checkoutUrl: nullable(url(), {
        description: 'Where to pay; null when there is nothing to pay or the time has run out.',
      }),
      delivery: shape({
        method: oneOf(DELIVERY_METHODS),
        label: lineOrEmpty(60),
        customerUrl: Type.Optional(url({ description: 'Where to join, once it is there.' })),
        details: nullable(prose(1000)),
      }),
      cancellationPolicy: ref(CancellationPolicy),
      actions: shape({ pay: ref(Action), chooseAnother: ref(Action), cancel: ref(Action), reschedule: ref(Action) }),
    },
    {
      description: 'A booking as its customer sees it.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
          reference: 'R-7K3M9Q2X',
          status: 'pending_payment',
          statusLabel: 'Pending Payment',
          paymentStatus: 'unpaid',
          start: '2026-11-24T16:30:00.000Z',
          end: '2026-11-24T17:30:00.000Z',
          durationMinutes: 60,
          timeZone: 'America/Chicago',
          organization: exampleOrganization,
          trainer: { firstName: 'Tina' },
          sessionType: { name: 'One-to-one help' },
          price: { amount: 9000, currency: 'USD' },
          refunded: { amount: 0, currency: 'USD' },
          sentBack: null,
          holdExpiresAt: '2026-11-23T16:30:00.000Z',
          checkoutUrl: 'https://app.example.com/test-checkout/cs_test_1',
          delivery: { method: 'zoho_assist', label: 'Zoho Assist', details: null },
          cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
          actions: {
            pay: { allowed: true, reason: null },
            chooseAnother: { allowed: true, reason: null },
            cancel: { allowed: false, reason: 'invalid_state' },
            reschedule: { allowed: false, reason: 'invalid_state' },
          },
        },
      ],
    },
  ),
)
export type CustomerBooking = Static<typeof CustomerBooking>

export const Scheduling = named(
  'Scheduling',
  shape(
    {
      reference,
      organization: shape({
        ...customerOrganization,
        timeZone: timeZone(),
        privacyPolicyUrl: nullable(lineOrEmpty(2048)),
        termsUrl: nullable(lineOrEmpty(2048)),
      }),
      trainer: shape({ firstName: lineOrEmpty(80) }),
      sessionType: shape({ name: lineOrEmpty(120), description: prose(2000) }),
      durations: listOf(SessionDuration, 20, {
        description: 'Shortest first. A length without a price is not among them.',
      }),
      cancellationPolicy: ref(CancellationPolicy),
      slotHoldMinutes: integer(35, 1435, { description: 'How long a chosen time is held for payment.' }),
      customerTimeZone: nullable(timeZone(), { description: 'The zone that the customer gave with the request.' }),
      expiresAt: instant({ description: 'When the link expires.' }),
      booking: nullable(ref(CustomerBooking), { description: 'What the customer has chosen already, if anything.' }),
    },
    {
      description: 'What a scheduling link opens.',
      examples: [
        {
          reference: 'R-7K3M9Q2X',
          organization: { ...exampleOrganization, timeZone: 'America/Chicago', privacyPolicyUrl: null, termsUrl: null },
          trainer: { firstName: 'Tina' },
          sessionType: { name: 'One-to-one help', description: 'A trainer looks at it with you.' },
          durations: [{ durationMinutes: 30 }, { durationMinutes: 60 }],
          cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
          slotHoldMinutes: 60,
          customerTimeZone: 'America/Chicago',
          expiresAt: '2026-11-30T15:20:00.000Z',
          booking: null,
        },
      ],
    },
  ),
)
export type Scheduling = Static<typeof Scheduling>

export const ListSlotsQuery = closed({
  durationMinutes: integer(5, 480, { description: 'One of `durations`.', examples: [60] }),
  from: Type.Optional(calendarDate({ description: 'First day, in `timeZone`. Default: today.' })),
  to: Type.Optional(
    calendarDate({
      description: 'Last day, in `timeZone`. Default: 13 days after `from`; at most 92 days.',
      examples: ['2026-12-07'],
    }),
  ),
  timeZone: Type.Optional(
    timeZone({ description: 'Zone of `from` and `to`. Default: the customer’s, else the organization’s.' }),
  ),
})

/** 92 days of the shortest step, all day long. */
const SLOTS_MAX = 92 * 24 * 12

export const Slots = named(
  'Slots',
  shape(
    {
      timeZone: timeZone({ description: 'The zone that `from` and `to` were read in.' }),
      computedAt: instant(),
      horizonEnd: instant({ description: 'No start is offered after this.' }),
      nextAvailable: nullable(instant(), { description: 'The first open start of this length in the whole horizon.' }),
      notice: nullable(shape({ code: oneOf(SLOT_NOTICES), message: lineOrEmpty(300) }), {
        description: 'Why there is nothing to choose, in words; null when there is.',
      }),
      slots: listOf(shape({ start: instant(), end: instant(), price: ref(Money) }), SLOTS_MAX, {
        description: 'Sorted by start.',
      }),
    },
    {
      description: 'The times that can be booked now.',
      examples: [
        {
          timeZone: 'America/Chicago',
          computedAt: '2026-11-23T15:25:00.000Z',
          horizonEnd: '2026-12-07T15:25:00.000Z',
          nextAvailable: '2026-11-24T15:00:00.000Z',
          notice: null,
          slots: [
            {
              start: '2026-11-24T15:00:00.000Z',
              end: '2026-11-24T16:00:00.000Z',
              price: { amount: 9000, currency: 'USD' },
            },
            {
              start: '2026-11-24T15:30:00.000Z',
              end: '2026-11-24T16:30:00.000Z',
              price: { amount: 9000, currency: 'USD' },
            },
          ],
        },
      ],
    },
  ),
)
export type Slots = Static<typeof Slots>

export const CreateBookingBody = closed(
  {
    start: instant({ description: 'The start of an open slot.' }),
    durationMinutes: integer(5, 480),
    timeZone: timeZone({ description: 'The zone that the customer reads the time in; mails use it.' }),
    expectedPrice: Type.Optional(ref(Money)),
  },
  {
    examples: [
      {
        start: '2026-11-24T16:30:00.000Z',
        durationMinutes: 60,
        timeZone: 'America/Chicago',
        expectedPrice: { amount: 9000, currency: 'USD' },
      },
    ],
  },
)

export const CreatedBooking = named(
  'CreatedBooking',
  shape(
    {
      booking: ref(CustomerBooking),
      checkoutUrl: nullable(url(), { description: 'Where to pay; null when there is nothing to pay.' }),
    },
    { description: 'The time is held, or booked when there is nothing to pay.' },
  ),
)
export type CreatedBooking = Static<typeof CreatedBooking>

export const RequestTimesBody = closed(
  { message: Type.Optional(prose(1000, { description: 'What would suit; the trainer reads it.' })) },
  { examples: [{ message: 'Any evening after six would be fine.' }] },
)

export const Accepted = named(
  'Accepted',
  shape(
    { message: line(400, { description: 'What happens now, for the person who asked.' }) },
    { description: 'Taken.', examples: [{ message: 'We have told your trainer.' }] },
  ),
)
export type Accepted = Static<typeof Accepted>

const whose = {
  organization: slug({ description: 'The slug of one of my organizations: its rules, prices and lengths count.' }),
  sessionTypeId: Type.Optional(
    id({
      description:
        'Default: the oldest active session type of the organization that sells this length; where none does, one that at least lists it, else the oldest.',
    }),
  ),
  trainerId: Type.Optional(
    id({ description: 'Another trainer of the organization; for its Organizational Admins. Default: myself.' }),
  ),
}

export const ExplainSlotQuery = closed({
  start: instant({ description: 'Any instant, whether or not it is a start on the grid.' }),
  durationMinutes: integer(5, 480, { examples: [60] }),
  ...whose,
})

export const PreviewMySlotsQuery = closed({
  ...whose,
  durationMinutes: integer(5, 480, { examples: [60] }),
  from: Type.Optional(calendarDate({ description: 'First day, in `timeZone`. Default: today.' })),
  to: Type.Optional(
    calendarDate({
      description: 'Last day, in `timeZone`. Default: 13 days after `from`; at most 92 days.',
      examples: ['2026-12-07'],
    }),
  ),
  timeZone: Type.Optional(timeZone({ description: 'Zone of `from` and `to`. Default: the trainer’s own.' })),
})

/** What an admin reads of another's calendar, time off and sessions of other organizations: that it is taken. */
const EXPLAINED_KINDS = [...OBSTACLE_KINDS, 'busy_elsewhere'] as const

export const SlotExplanation = named(
  'SlotExplanation',
  shape(
    {
      offered: flag({ description: 'Whether a customer could book it now.' }),
      obstacles: listOf(
        shape({
          kind: oneOf(EXPLAINED_KINDS),
          id: Type.Optional(
            id({
              description:
                'Of the weekly rule, blackout or booking it is about; absent where there is none, or none to be shown.',
            }),
          ),
          label: lineOrEmpty(400, { description: 'In plain words, with times in the reader’s own time zone.' }),
          start: Type.Optional(instant({ description: 'From when the time is taken.' })),
          end: Type.Optional(instant({ description: 'Until when the time is taken.' })),
        }),
        500,
        { description: 'Every reason why it is not offered, the one to name first at the front; empty when it is.' },
      ),
    },
    {
      description: 'Why a time is not offered.',
      examples: [
        {
          offered: false,
          obstacles: [
            {
              kind: 'blackout',
              id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c08',
              label:
                'You have taken this time off: Thu, Dec 24, 2026 · 12:00 AM – Sat, Dec 26, 2026 12:00 AM CST (America/Chicago).',
              start: '2026-12-24T06:00:00.000Z',
              end: '2026-12-26T06:00:00.000Z',
            },
          ],
        },
      ],
    },
  ),
)
export type SlotExplanation = Static<typeof SlotExplanation>

export const CancelBookingBody = closed(
  {
    reason: Type.Optional(prose(500, { description: 'For the history; written for colleagues.' })),
    onBehalfOfCustomer: Type.Optional(
      flag({
        description: 'Admins only: the customer asked for it, so the frozen cancellation policy decides the refund.',
      }),
    ),
    refundAmount: Type.Optional(ref(Money)),
    letCustomerPickAgain: Type.Optional(
      flag({
        description:
          'The request stays open: the customer is paid back and gets a fresh scheduling link. Otherwise the request is canceled too.',
      }),
    ),
  },
  { examples: [{ reason: 'I am ill', letCustomerPickAgain: true }] },
)

export const CancellationPreviewQuery = closed({
  onBehalfOfCustomer: Type.Optional(flag({ description: 'As in `cancelBooking`. Admins only.' })),
})

export const CancellationPreview = named(
  'CancellationPreview',
  shape(
    {
      refund: ref(Money),
      rule: oneOf(REFUND_RULES, {
        description:
          '`nothing_paid`; `full`: the organization ends it, or it was not confirmed yet; `policy_full`, `policy_partial`, `policy_none`: what the customer was promised.',
      }),
    },
    {
      description: 'What canceling at this moment would pay back.',
      examples: [{ refund: { amount: 9000, currency: 'USD' }, rule: 'full' }],
    },
  ),
)
export type CancellationPreview = Static<typeof CancellationPreview>

export const RescheduleBody = closed(
  {
    start: instant({ description: 'The new start. The length stays.' }),
    override: Type.Optional(
      flag({
        description:
          'Also a time that is not offered: outside the hours, in a blackout, at short notice. Never one at which the trainer has another session.',
      }),
    ),
  },
  { examples: [{ start: '2026-11-25T16:30:00.000Z' }] },
)

export const schedulingShapes = [
  SlotExplanation,
  CancellationPreview,
  OpenSlotsPreview,
  CreatedSchedulingToken,
  CustomerBooking,
  Scheduling,
  Slots,
  CreatedBooking,
  Accepted,
]
