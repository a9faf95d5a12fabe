import { type Static, Type } from 'typebox'
import { PAYOUT_LINE_KINDS } from '../../domain/payout.ts'
import { Money } from '../../wire/money.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import { closed, id, instant, named, oneOf, ref, shape } from '../../wire/schema.ts'

export const PayoutLine = named(
  'PayoutLine',
  shape(
    {
      id: id(),
      bookingId: id(),
      trainerId: id(),
      kind: oneOf(PAYOUT_LINE_KINDS),
      amount: ref(Money),
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
          createdAt: '2026-11-24T17:45:00.000Z',
        },
      ],
    },
  ),
)
export type PayoutLine = Static<typeof PayoutLine>

export const ListPayoutsQuery = closed({
  trainerId: Type.Optional(id({ description: 'Only this trainer’s. A trainer sees their own in any case.' })),
  ...pageQuery,
})
export const PayoutPage = pageOf(ref(PayoutLine), 'Lines, newest first.')

export const payoutShapes = [PayoutLine]
