import { screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { refusal, respond } from '../../testing/handlers.ts'
import { server } from '../../testing/server.ts'
import { bookingOf, ORGANIZATION } from '../testing/customer-fixtures.ts'
import { renderCustomer } from '../testing/render-customer.tsx'
import { FeedbackPage } from './feedback-page.tsx'

const openPage = () => renderCustomer(<FeedbackPage feedbackToken="feedback-token" />)

beforeEach(() => {
  const { reference, organization, trainer, sessionType, start, end, timeZone } = bookingOf()
  server.use(
    respond('get', '/v1/feedback', () => ({ reference, organization, trainer, sessionType, start, end, timeZone })),
  )
})

test('stars and a comment are sent, and thanked for', async () => {
  let body: unknown
  server.use(
    respond(
      'post',
      '/v1/feedback',
      async ({ request }) => {
        body = await request.json()
        return { rating: 4, comment: 'Fast', createdAt: '2026-11-24T18:00:00.000Z' }
      },
      201,
    ),
  )
  const { user } = openPage()
  await user.click(await screen.findByRole('radio', { name: '4 – Very good' }))
  await user.type(screen.getByLabelText(/What went well/), ' Fast ')
  await user.click(screen.getByRole('button', { name: 'Send feedback' }))
  expect(await screen.findByRole('heading', { name: 'Thank you for your feedback' })).toHaveFocus()
  expect(body).toEqual({ rating: 4, comment: 'Fast' })
})

test('without stars nothing is sent, and the focus goes to them', async () => {
  const { user } = openPage()
  await user.click(await screen.findByRole('button', { name: 'Send feedback' }))
  expect(screen.getByRole('radio', { name: '1 – Poor' })).toHaveFocus()
  expect(screen.getByRole('group', { name: 'Your rating' })).toBeDescribedBy('Please choose one to five stars.')
})

test('a rating that was given meanwhile in another tab is no error', async () => {
  server.use(respond('post', '/v1/feedback', () => refusal(410, 'link_used', { organization: ORGANIZATION })))
  const { user } = openPage()
  await user.click(await screen.findByRole('radio', { name: '5 – Excellent' }))
  await user.click(screen.getByRole('button', { name: 'Send feedback' }))
  expect(await screen.findByRole('heading', { name: 'You have already given your feedback' })).toBeInTheDocument()
})

test.each([
  ['link_used', 410, 'You have already given your feedback'],
  ['link_expired', 410, 'It is too late for feedback on this session'],
  ['link_not_found', 404, 'This link does not work'],
] as const)('%s has a page of its own', async (code, status, title) => {
  server.use(respond('get', '/v1/feedback', () => refusal(status, code)))
  openPage()
  expect(await screen.findByRole('heading', { name: title })).toBeInTheDocument()
})
