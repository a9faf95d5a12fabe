import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { settingsQuery } from '../../features/organization/queries.ts'
import { AllPayments } from '../../features/payments/components/all-payments.tsx'
import { downloadPayments, type PaymentChoice, type PaymentStatus } from '../../features/payments/queries.ts'
import { PAYMENT_STATUS_LABELS } from '../../features/payments/words.ts'
import { zoneName } from '../../lib/dates.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'
import NotFound from './not-found.tsx'

const DATE = /^[12]\d{3}-\d{2}-\d{2}$/

/** Every payment of the organization, for its admins. What is chosen stands in the address, so it can be shared. */
export default function PaymentsScreen() {
  const { org, me, isAdmin } = useOrganization()
  const settings = useQuery({ ...settingsQuery(org), enabled: isAdmin })
  const [parameters, setParameters] = useSearchParams()
  const download = useMutation({ mutationFn: (choice: PaymentChoice) => downloadPayments(org, choice) })
  const status = parameters.get('status') ?? ''
  const date = (name: string) => {
    const value = parameters.get(name) ?? ''
    return DATE.test(value) ? value : ''
  }

  const onChoose = useCallback(
    (chosen: PaymentChoice) => {
      setParameters(Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== '')), { replace: true })
    },
    [setParameters],
  )

  if (!isAdmin) return <NotFound />
  const timeZone = settings.data?.timeZone ?? me.timeZone
  const choice: PaymentChoice = {
    search: parameters.get('search') ?? '',
    status: Object.hasOwn(PAYMENT_STATUS_LABELS, status) ? (status as PaymentStatus) : '',
    from: date('from'),
    to: date('to'),
  }
  return (
    <Page
      title="Payments"
      beside={
        <>
          <span className="dim small">Times in {zoneName(timeZone)}</span>
          <Button
            variant="default"
            size="compact-md"
            loading={download.isPending}
            onClick={() => download.mutate(choice)}
          >
            Export CSV
          </Button>
        </>
      }
    >
      {download.error !== null && <ProblemNotice error={download.error} about="Export" onDismiss={download.reset} />}
      <AllPayments
        org={org}
        timeZone={timeZone}
        bookingPath={(bookingId) => paths.booking(org, bookingId)}
        choice={choice}
        onChoose={onChoose}
      />
    </Page>
  )
}
