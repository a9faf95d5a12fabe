import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { dateAt } from '../../domain/zoned-time.ts'
import { scopeOf } from '../../plugins/auth.ts'
import { exportPayments } from '../../views/payment-export.ts'
import { summarizePayments } from '../../views/payment-totals.ts'
import { listPayments } from '../../views/payments.ts'
import { csvFile } from '../../wire/csv.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { ListPaymentsQuery, PaymentFiltersQuery, PaymentPage, PaymentSummary } from './schemas.ts'

/** What customers were asked to pay and what became of it, for the organization's admins. */
export const paymentListRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/organizations/:org/payments',
    {
      config: { audience: ['orgAdmin', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'listPayments',
        tags: ['Payments'],
        summary: 'List payments',
        description:
          'One row for each checkout that a customer was sent to, the latest first. A payment that arrives while you page comes to the front.',
        params: OrgParams,
        querystring: ListPaymentsQuery,
        response: { 200: PaymentPage },
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query
      return listPayments(deps, {
        scope: scopeOf(request),
        filters,
        ...(limit === undefined ? {} : { limit }),
        ...(cursor === undefined ? {} : { cursor }),
      })
    },
  )

  app.get(
    '/v1/organizations/:org/payments/summary',
    {
      config: { audience: ['orgAdmin', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'summarizePayments',
        tags: ['Payments'],
        summary: 'Add payments up',
        description: 'What all payments that fit the filters add up to, for each currency.',
        params: OrgParams,
        querystring: PaymentFiltersQuery,
        response: { 200: PaymentSummary },
      },
    },
    async (request) => summarizePayments(deps, { scope: scopeOf(request), filters: request.query }),
  )

  app.get(
    '/v1/organizations/:org/payments.csv',
    {
      // A HEAD would read every payment to say nothing about it.
      exposeHeadRoute: false,
      config: { audience: ['orgAdmin', { apiKey: 'bookings:read' }] },
      schema: {
        operationId: 'exportPayments',
        tags: ['Payments'],
        summary: 'Download payments as CSV',
        description:
          'All payments that fit the filters, the earliest first: UTF-8 with a byte order mark, commas, CRLF, one line of headings. Amounts are decimal numbers with as many decimals as their currency has (none for JPY, three for KWD); the currency stands in its own column. Times are given in UTC and in the organization’s zone. A cell that a spreadsheet would take for a formula starts with an apostrophe.',
        params: OrgParams,
        querystring: PaymentFiltersQuery,
        produces: ['text/csv'],
        response: {
          200: { description: 'The file.', content: { 'text/csv': { schema: Type.String() } } },
        },
      },
    },
    async (request, reply) => {
      const { columns, rows, timeZone } = await exportPayments(deps, {
        scope: scopeOf(request),
        filters: request.query,
      })
      const day = dateAt(deps.clock.now().getTime(), timeZone)
      return (
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="payments-${request.params.org}-${day}.csv"`)
          // What goes out is the file's stream; the contract shows its text.
          .send(csvFile(columns, rows) as never)
      )
    },
  )
}
