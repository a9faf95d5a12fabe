import { type Static, Type } from 'typebox'
import { BOOKING_STATUSES } from '../../domain/booking.ts'
import { EMAIL_MAX_LENGTH, NAME_MAX_LENGTH } from '../../domain/contact-details.ts'
import { DISPUTE_STATUSES } from '../../domain/dispute.ts'
import { REFUND_STATUSES } from '../../domain/payment.ts'
import { PAYMENT_PROVIDERS, PAYMENT_RECORD_STATUSES } from '../../domain/payment-record.ts'
import { Money } from '../../wire/money.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import {
  calendarDate,
  closed,
  currency,
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
  url,
} from '../../wire/schema.ts'
import { reference } from '../requests/schemas.ts'
import { SessionTypeName } from '../session-types/schemas.ts'

/** As long as the ids that payment providers give. */
const PROVIDER_ID_MAX_LENGTH = 255

export const Payment = named(
  'Payment',
  shape(
    {
      id: id(),
      status: oneOf(PAYMENT_RECORD_STATUSES, {
        description:
          '`open`: the customer may still pay. `processing`: they have, and the money is under way. `expired`: not paid in time. Refunds count once they have succeeded.',
      }),
      statusLabel: lineOrEmpty(60),
      at: instant({ description: 'When it was paid; until then, when the customer was sent to pay.' }),
      createdAt: instant(),
      paidAt: nullable(instant()),
      booking: shape({
        id: id(),
        requestId: id(),
        reference,
        status: oneOf(BOOKING_STATUSES),
        statusLabel: lineOrEmpty(60),
        start: instant(),
      }),
      customer: shape({ name: lineOrEmpty(NAME_MAX_LENGTH), email: lineOrEmpty(EMAIL_MAX_LENGTH) }),
      trainer: shape({ id: id(), name: lineOrEmpty(161) }),
      sessionType: SessionTypeName,
      amount: ref(Money),
      refunded: ref(Money),
      net: ref(Money),
      provider: oneOf(PAYMENT_PROVIDERS),
      providerLabel: lineOrEmpty(60),
      providerCheckoutId: nullable(lineOrEmpty(PROVIDER_ID_MAX_LENGTH)),
      providerPaymentId: nullable(lineOrEmpty(PROVIDER_ID_MAX_LENGTH)),
      providerUrl: nullable(url(), {
        description: 'Where the payment is shown at the provider, for whoever may sign in there.',
      }),
      refunds: listOf(
        shape({
          id: id(),
          amount: ref(Money),
          status: oneOf(REFUND_STATUSES),
          reason: prose(500),
          providerRefundId: nullable(lineOrEmpty(PROVIDER_ID_MAX_LENGTH)),
          createdAt: instant(),
          isMissing: flag({ description: 'It failed, and nothing has gone back in its place yet.' }),
        }),
        100,
        { description: 'What has gone back of it, is on its way back, or could not be sent back; oldest first.' },
      ),
      dispute: nullable(
        shape({
          id: id(),
          status: oneOf(DISPUTE_STATUSES),
          isInquiry: flag({
            description: 'The bank only asks so far: no money has been taken, and a refund settles it.',
          }),
          statusLabel: lineOrEmpty(60),
          amount: ref(Money),
          reason: prose(500),
          respondBy: nullable(instant(), { description: 'Until when it can be answered at the provider.' }),
          createdAt: instant(),
        }),
        {
          description:
            'The latest dispute: the customer has asked their bank for the money back, or about the payment.',
        },
      ),
    },
    {
      description:
        'One attempt to be paid: a checkout that a customer was sent to, and what became of its money. `refunded` counts refunds under way as well; `net` is what was captured less that, and nothing until it is paid.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c60',
          status: 'partially_refunded',
          statusLabel: 'Partly refunded',
          at: '2026-11-23T15:35:00.000Z',
          createdAt: '2026-11-23T15:30:00.000Z',
          paidAt: '2026-11-23T15:35:00.000Z',
          booking: {
            id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
            requestId: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07',
            reference: 'R-7K3M9Q2X',
            status: 'confirmed',
            statusLabel: 'Confirmed',
            start: '2026-11-24T16:30:00.000Z',
          },
          customer: { name: 'Casey Jones', email: 'casey@example.com' },
          trainer: { id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
          sessionType: { id: '01939b2c-0000-7000-8000-000000000010', name: 'One-to-one help' },
          amount: { amount: 9000, currency: 'USD' },
          refunded: { amount: 2500, currency: 'USD' },
          net: { amount: 6500, currency: 'USD' },
          provider: 'stripe',
          providerLabel: 'Stripe',
          providerCheckoutId: 'cs_live_a1B2c3',
          providerPaymentId: 'pi_3A1b2C',
          providerUrl: 'https://dashboard.stripe.com/payments/pi_3A1b2C',
          refunds: [
            {
              id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c61',
              amount: { amount: 2500, currency: 'USD' },
              status: 'succeeded',
              reason: 'Refunded by an admin',
              providerRefundId: 're_3A1b2C',
              createdAt: '2026-11-25T09:00:00.000Z',
              isMissing: false,
            },
          ],
          dispute: null,
        },
      ],
    },
  ),
)
export type Payment = Static<typeof Payment>

export const PaymentTotals = named(
  'PaymentTotals',
  shape(
    {
      currency: currency(),
      captured: ref(Money),
      refunded: ref(Money),
      net: ref(Money),
      underWay: ref(Money),
      paymentCount: integer(0, Number.MAX_SAFE_INTEGER, { description: 'How many payments were captured.' }),
    },
    {
      description:
        'What the payments of one currency add up to: `captured` has arrived, `refunded` has gone back or is on its way back, `net` is the difference, `underWay` has been paid and has not arrived yet.',
      examples: [
        {
          currency: 'USD',
          captured: { amount: 54000, currency: 'USD' },
          refunded: { amount: 9000, currency: 'USD' },
          net: { amount: 45000, currency: 'USD' },
          underWay: { amount: 0, currency: 'USD' },
          paymentCount: 6,
        },
      ],
    },
  ),
)
export type PaymentTotals = Static<typeof PaymentTotals>

const paymentFilters = {
  status: Type.Optional(
    listOf(oneOf(PAYMENT_RECORD_STATUSES), PAYMENT_RECORD_STATUSES.length, {
      description: 'One or several; repeat the parameter.',
    }),
  ),
  provider: Type.Optional(oneOf(PAYMENT_PROVIDERS)),
  from: Type.Optional(
    calendarDate({ description: 'First day, in the organization’s time zone, of when it was paid or begun (`at`).' }),
  ),
  to: Type.Optional(calendarDate({ description: 'Last day, included.' })),
  search: Type.Optional(
    line(100, {
      description:
        'Part of the reference, the customer’s name or the email; or the whole id of a checkout, payment or refund at the provider.',
    }),
  ),
}

export const ListPaymentsQuery = closed({ ...paymentFilters, ...pageQuery })
export const PaymentFiltersQuery = closed(paymentFilters)
export const PaymentPage = pageOf(ref(Payment), 'Payments, the latest first by `at`.')
export const PaymentSummary = shape(
  {
    timeZone: Type.String({ maxLength: 64, description: 'The zone that `from` and `to` were read in.' }),
    totals: listOf(ref(PaymentTotals), 200, { description: 'One entry for each currency, by its code.' }),
  },
  { description: 'What all payments that fit the filters add up to.' },
)

export const paymentShapes = [Payment, PaymentTotals]
