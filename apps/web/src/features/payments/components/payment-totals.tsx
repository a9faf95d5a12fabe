import { useQuery } from '@tanstack/react-query'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { TextSkeleton } from '../../../components/skeletons.tsx'
import { formatMoney, type Money } from '../../../lib/money.ts'
import { type PaymentChoice, paymentSummaryQuery } from '../queries.ts'
import styles from './payment-totals.module.css'

/** What the payments below add up to: one line for each currency. */
export function PaymentTotals({ org, choice }: { org: string; choice: PaymentChoice }) {
  const summary = useQuery(paymentSummaryQuery(org, choice))
  if (summary.isError)
    return <ProblemNotice about="Totals" error={summary.error} onRetry={() => void summary.refetch()} />
  if (summary.data === undefined) return <TextSkeleton lines={2} label="Adding up" />
  const { totals } = summary.data
  if (totals.length === 0) return null
  return (
    <section className={styles.totals} aria-label="Totals" aria-live="polite">
      {totals.map(({ currency, captured, refunded, net, underWay, paymentCount }) => (
        <dl key={currency} className={styles.line}>
          <Figure
            name={totals.length === 1 ? 'Captured' : `Captured, ${currency}`}
            amount={captured}
            words={paymentCount === 1 ? '1 payment' : `${paymentCount} payments`}
          />
          <Figure name="Refunded" amount={refunded} />
          <Figure name="Net" amount={net} strong />
          <Figure name="Under way" amount={underWay} />
        </dl>
      ))}
    </section>
  )
}

function Figure({
  name,
  amount,
  words,
  strong = false,
}: {
  name: string
  amount: Money
  words?: string
  strong?: boolean
}) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd className={styles.amount} data-strong={strong || undefined} data-none={amount.amount === 0 || undefined}>
        {formatMoney(amount)}
      </dd>
      {words !== undefined && <dd className={styles.words}>{words}</dd>}
    </div>
  )
}
