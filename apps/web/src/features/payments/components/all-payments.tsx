import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ListSearch, useTypedSearch } from '../../../components/list-search.tsx'
import { Moment } from '../../../components/moment.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { ViewButton } from '../../../components/view-button.tsx'
import { formatMoney } from '../../../lib/money.ts'
import { type Payment, type PaymentChoice, type PaymentStatus, paymentListQuery } from '../queries.ts'
import { PAYMENT_STATUS_LABELS, PAYMENT_TONES, paymentNote } from '../words.ts'
import styles from './all-payments.module.css'
import { PaymentTotals } from './payment-totals.tsx'

const COLUMNS = ['When', 'Customer', 'Session', 'Amount', 'Net', 'Status', 'Paid through', 'Actions']
export const ANY_PAYMENT: PaymentChoice = { search: '', status: '', from: '', to: '' }

/** What customers were asked to pay and what became of it: narrowed, added up, and listed. */
export function AllPayments({
  org,
  timeZone,
  bookingPath,
  choice,
  onChoose,
}: {
  org: string
  timeZone: string
  bookingPath: (bookingId: string) => string
  choice: PaymentChoice
  onChoose: (choice: PaymentChoice) => void
}) {
  const list = useInfiniteQuery(paymentListQuery(org, choice))
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  const onSearch = useCallback((words: string) => onChoose({ ...choice, search: words }), [choice, onChoose])
  const [typed, setTyped] = useTypedSearch(choice.search, onSearch)

  const isNarrowed = Object.values(choice).some((value) => value !== '')
  return (
    <>
      <ListSearch
        placeholder="Reference, name, email or Stripe id"
        typed={typed}
        onType={setTyped}
        className={styles.filters}
        fieldClassName={styles.search}
      >
        <NativeSelect
          label="Status"
          value={choice.status}
          onChange={(event) => onChoose({ ...choice, status: event.currentTarget.value as PaymentStatus | '' })}
          data={[
            { value: '', label: 'Any status' },
            ...Object.entries(PAYMENT_STATUS_LABELS).map(([value, label]) => ({ value, label })),
          ]}
        />
        <DayField
          label="From"
          day={choice.from}
          // A first day after the last one takes the last one along, and the other way round.
          onDay={(from) => onChoose({ ...choice, from, to: choice.to !== '' && from > choice.to ? from : choice.to })}
        />
        <DayField
          label="To"
          day={choice.to}
          onDay={(to) => onChoose({ ...choice, to, from: to !== '' && to < choice.from ? to : choice.from })}
        />
      </ListSearch>
      {/* What keeps the list away keeps the totals away: one box says it, and trying again asks for both. */}
      {list.isLoadingError || <PaymentTotals org={org} choice={choice} />}
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={6} label="Loading payments" />}
      {list.isSuccess && rows.length === 0 && isNarrowed && (
        <EmptyState
          title="Nothing matches"
          action={
            <Button
              variant="default"
              size="compact-md"
              onClick={() => {
                setTyped('')
                onChoose(ANY_PAYMENT)
              }}
            >
              Show all payments
            </Button>
          }
        >
          No payment fits this search and these filters.
        </EmptyState>
      )}
      {list.isSuccess && rows.length === 0 && !isNarrowed && (
        <EmptyState title="No payments yet">
          A payment appears as soon as a customer has chosen a time that costs something.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <RowTable label="Payments" columns={COLUMNS} wide>
          <RowGroup>
            {rows.map((payment) => (
              <PaymentRow
                key={payment.id}
                payment={payment}
                timeZone={timeZone}
                bookingPath={bookingPath(payment.booking.id)}
              />
            ))}
          </RowGroup>
        </RowTable>
      )}
      <MoreButton list={list} />
    </>
  )
}

/** A day that counts once it is whole: while a year is typed, it is 2, 20 and 202 on its way to 2026. */
function DayField({ label, day, onDay }: { label: string; day: string; onDay: (day: string) => void }) {
  const [typed, setTyped] = useState(day)
  useEffect(() => setTyped(day), [day])
  return (
    <TextInput
      type="date"
      label={label}
      value={typed}
      onChange={(event) => {
        const { value } = event.currentTarget
        setTyped(value)
        if (value === '' || /^[12]\d{3}-/.test(value)) onDay(value)
      }}
    />
  )
}

function PaymentRow({ payment, timeZone, bookingPath }: { payment: Payment; timeZone: string; bookingPath: string }) {
  const { amount, refunded, net, booking } = payment
  const note = paymentNote(payment)
  return (
    <Row>
      <Cell kind="lead">
        <Moment at={payment.at} timeZone={timeZone} />
      </Cell>
      <Cell label="Customer">
        <span>{payment.customer.name}</span>
        <ReferenceCode reference={booking.reference} />
      </Cell>
      <Cell label="Session">
        <span>{payment.sessionType.name}</span>
        <span className="dim small">{payment.trainer.name}</span>
      </Cell>
      <Cell label="Amount">
        <span className="numbers">{formatMoney(amount)}</span>
        {refunded.amount > 0 && <span className="dim small numbers">{formatMoney(refunded)} back</span>}
      </Cell>
      <Cell label="Net">
        <span className={net.amount === 0 ? 'dim numbers' : 'numbers'}>{formatMoney(net)}</span>
      </Cell>
      <Cell label="Status">
        <StatusBadge tone={PAYMENT_TONES[payment.status]}>{payment.statusLabel}</StatusBadge>
        {note !== '' && <span className="dim small">{note}</span>}
      </Cell>
      <Cell label="Paid through">
        {payment.providerUrl === null ? (
          <span>{payment.providerLabel}</span>
        ) : (
          <a href={payment.providerUrl} target="_blank" rel="noreferrer">
            {payment.providerLabel}
            <span className="visually-hidden">, payment {booking.reference}, in a new tab</span>
          </a>
        )}
      </Cell>
      <Cell kind="actions">
        <ViewButton to={bookingPath} label={`View session ${booking.reference}`} />
      </Cell>
    </Row>
  )
}
