import { type Static, Type } from 'typebox'
import { currency, named } from './schema.ts'

/** The largest amount that a JavaScript number and a JSON reader elsewhere both hold exactly. */
const AMOUNT_MAX = Number.MAX_SAFE_INTEGER

export const Money = named(
  'Money',
  Type.Object(
    {
      amount: Type.Integer({
        minimum: -AMOUNT_MAX,
        maximum: AMOUNT_MAX,
        description:
          'In minor units: cents of a dollar, whole yen, thousandths of a dinar. Negative in ledger corrections only.',
      }),
      currency: currency({ description: 'ISO 4217.' }),
    },
    {
      additionalProperties: false,
      description: 'An exact amount of money.',
      examples: [{ amount: 9000, currency: 'USD' }],
    },
  ),
)
export type Money = Static<typeof Money>
