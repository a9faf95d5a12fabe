import { and, asc } from 'drizzle-orm'
import { payments } from '../db/schema/payments.ts'
import { decimalAmount } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { dateAt, wallTimeAt } from '../domain/zoned-time.ts'
import type { Payment } from '../modules/payments/schemas.ts'
import type { CsvColumn } from '../wire/csv.ts'
import {
  backOf,
  beyond,
  fits,
  type PaymentFilters,
  type PaymentRecordRow,
  paymentAt,
  present,
  selectPayments,
  type ViewDeps,
  zoneOf,
} from './payments.ts'

/** Rows that one statement reads for a file: few enough to hold, many enough that a year takes few statements. */
const EXPORT_PAGE = 500

/**
 * Every payment that fits the filters as rows of a file, the earliest first, read page by page while it is written.
 *
 * In this order a payment that is settled meanwhile may stand there twice, as open and as paid, and no money is ever left
 * out or counted twice. Refuses `invalid_query` before the first row.
 */
export async function exportPayments(
  deps: ViewDeps,
  input: { scope: OrganizationScope; filters: PaymentFilters },
): Promise<{ columns: CsvColumn<Payment>[]; rows: AsyncIterable<Payment>; timeZone: string }> {
  const { scope, filters } = input
  const timeZone = await zoneOf(deps, scope, filters)
  async function* rows(): AsyncGenerator<Payment> {
    let last: { at: Date; id: string } | null = null
    while (true) {
      const back = backOf(deps.db)
      const records: PaymentRecordRow[] = await selectPayments(deps.db, back)
        .where(and(fits(scope, filters, timeZone, back), last === null ? undefined : beyond('later', last)))
        .orderBy(asc(paymentAt), asc(payments.id))
        .limit(EXPORT_PAGE)
      yield* records.map(present)
      const end = records.at(-1)
      if (end === undefined || records.length < EXPORT_PAGE) return
      last = { at: end.at, id: end.row.id }
    }
  }
  return { columns: columnsOf(timeZone), rows: rows(), timeZone }
}

function columnsOf(timeZone: string): CsvColumn<Payment>[] {
  const local = (instant: string) => {
    const at = Date.parse(instant)
    return `${dateAt(at, timeZone)} ${wallTimeAt(at, timeZone)}`
  }
  return [
    { heading: 'Time (UTC)', cell: ({ at }) => at },
    { heading: `Time (${timeZone})`, cell: ({ at }) => local(at) },
    { heading: 'Status', cell: ({ statusLabel }) => statusLabel },
    { heading: 'Currency', cell: ({ amount }) => amount.currency },
    { heading: 'Amount', cell: ({ amount }) => decimalAmount(amount) },
    { heading: 'Refunded', cell: ({ refunded }) => decimalAmount(refunded) },
    { heading: 'Net', cell: ({ net }) => decimalAmount(net) },
    { heading: 'Reference', cell: ({ booking }) => booking.reference },
    { heading: 'Customer', cell: ({ customer }) => customer.name },
    { heading: 'Customer email', cell: ({ customer }) => customer.email },
    { heading: 'Session type', cell: ({ sessionType }) => sessionType.name },
    { heading: 'Trainer', cell: ({ trainer }) => trainer.name },
    { heading: 'Session (UTC)', cell: ({ booking }) => booking.start },
    { heading: `Session (${timeZone})`, cell: ({ booking }) => local(booking.start) },
    { heading: 'Session status', cell: ({ booking }) => booking.statusLabel },
    { heading: 'Provider', cell: ({ providerLabel }) => providerLabel },
    { heading: 'Checkout id', cell: ({ providerCheckoutId }) => providerCheckoutId ?? '' },
    { heading: 'Payment id', cell: ({ providerPaymentId }) => providerPaymentId ?? '' },
    {
      heading: 'Refund ids',
      cell: ({ refunds }) => refunds.flatMap(({ providerRefundId }) => providerRefundId ?? []).join(' '),
    },
    { heading: 'Dispute', cell: ({ dispute }) => dispute?.statusLabel ?? '' },
    { heading: 'Booking id', cell: ({ booking }) => booking.id },
  ]
}
