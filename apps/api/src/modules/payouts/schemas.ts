import { type Static, Type } from 'typebox'
import { PAYOUT_LINE_KINDS } from '../../domain/payout.ts'
import { Money } from '../../wire/money.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import {
  calendarDate,
  closed,
  currency,
  id,
  instant,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  ref,
  shape,
} from '../../wire/schema.ts'

export const PayoutLine = named(
  'PayoutLine',
  shape(
    {
      id: id(),
      bookingId: id(),
      trainerId: id(),
      kind: oneOf(PAYOUT_LINE_KINDS),
      amount: ref(Money),
      refundId: nullable(id(), { description: 'Of a `refund_correction`: the refund that led to it.' }),
      createdAt: instant(),
    },
    {
      description: 'One line of the ledger of what a trainer is owed. Lines are added, never changed.',
      examples: [
        {
          id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c50',
          bookingId: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
          trainerId: '01939b2c-0000-7000-8000-000000000002',
          kind: 'earned',
          amount: { amount: 6300, currency: 'USD' },
          refundId: null,
          createdAt: '2026-11-24T17:45:00.000Z',
        },
      ],
    },
  ),
)
export type PayoutLine = Static<typeof PayoutLine>

export const PayoutTotals = named(
  'PayoutTotals',
  shape(
    {
      month: Type.String({ pattern: '^\\d{4}-\\d{2}$', maxLength: 7, description: 'In the organization’s time zone.' }),
      trainer: shape({ id: id(), name: lineOrEmpty(161) }),
      currency: currency(),
      earned: ref(Money),
      refundCorrections: ref(Money),
      adjustments: ref(Money),
      paidOut: ref(Money),
      balance: ref(Money),
    },
    {
      description:
        'What the lines of one trainer, month and currency add up to. `refundCorrections` is negative where more was taken back than given; `paidOut` has been handed over; `balance` is what that leaves owed.',
      examples: [
        {
          month: '2026-11',
          trainer: { id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
          currency: 'USD',
          earned: { amount: 12600, currency: 'USD' },
          refundCorrections: { amount: -1750, currency: 'USD' },
          adjustments: { amount: 0, currency: 'USD' },
          paidOut: { amount: 0, currency: 'USD' },
          balance: { amount: 10850, currency: 'USD' },
        },
      ],
    },
  ),
)
export type PayoutTotals = Static<typeof PayoutTotals>

export const SummarizePayoutsQuery = closed({
  trainerId: Type.Optional(id({ description: 'Only this trainer’s. A trainer sees their own in any case.' })),
  from: Type.Optional(
    calendarDate({ description: 'First day, in the organization’s time zone. Left out: a year before today.' }),
  ),
  to: Type.Optional(calendarDate({ description: 'Last day, included.' })),
})

/** A year of months for a hundred trainers with a currency or two. */
export const PAYOUT_TOTALS_MAX = 2_000

export const PayoutSummary = shape(
  {
    timeZone: Type.String({ maxLength: 64, description: 'The zone that days and months were read in.' }),
    totals: listOf(ref(PayoutTotals), PAYOUT_TOTALS_MAX, { description: 'The latest month first, then by name.' }),
  },
  { description: 'What payout lines add up to, by month.' },
)

export const ListPayoutsQuery = closed({
  trainerId: Type.Optional(id({ description: 'Only this trainer’s. A trainer sees their own in any case.' })),
  ...pageQuery,
})
export const PayoutPage = pageOf(ref(PayoutLine), 'Lines, newest first.')

export const payoutShapes = [PayoutLine, PayoutTotals]
