import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { proposedName, saveFile } from '../../lib/download.ts'
import { api } from '../../lib/staff-api.ts'

export type Payment = Schemas['Payment']
export type PaymentStatus = Payment['status']
export type PaymentTotals = Schemas['PaymentTotals']

/** Which payments are meant; empty text means any. Days are the organization's. */
export type PaymentChoice = { search: string; status: PaymentStatus | ''; from: string; to: string }

function filtersOf({ search, status, from, to }: PaymentChoice) {
  return {
    ...(search === '' ? {} : { search }),
    ...(status === '' ? {} : { status: [status] }),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { to }),
  }
}

export const paymentKeys = {
  all: (org: string) => ['organization', org, 'payments'] as const,
}

/** What customers were asked to pay and what became of it, page by page. */
export const paymentListQuery = (org: string, choice: PaymentChoice) =>
  infiniteQueryOptions({
    queryKey: [...paymentKeys.all(org), 'list', choice],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/organizations/{org}/payments', {
          params: {
            path: { org },
            query: { ...filtersOf(choice), ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** What all of them add up to, for each currency. */
export const paymentSummaryQuery = (org: string, choice: PaymentChoice) =>
  queryOptions({
    queryKey: [...paymentKeys.all(org), 'summary', choice],
    queryFn: () =>
      answer(
        api.GET('/v1/organizations/{org}/payments/summary', {
          params: { path: { org }, query: filtersOf(choice) },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** The name of a file of chosen days; null when none are chosen. */
function daysName(org: string, { from, to }: PaymentChoice): string | null {
  if (from === '' && to === '') return null
  if (from === to) return `payments-${org}-${from}.csv`
  return `payments-${org}${from === '' ? '' : `-from-${from}`}${to === '' ? '' : `-to-${to}`}.csv`
}

/** Asks for the file of all of them, with the credentials of whoever is signed in, and gives it to the person. */
export async function downloadPayments(org: string, choice: PaymentChoice): Promise<void> {
  const call = api.GET('/v1/organizations/{org}/payments.csv', {
    params: { path: { org }, query: filtersOf(choice) },
    parseAs: 'blob',
  })
  const file = await answer(call)
  saveFile(file, daysName(org, choice) ?? proposedName((await call).response, `payments-${org}.csv`))
}
