import { screen, waitFor } from '@testing-library/react'
import { HttpResponse } from 'msw'
import { beforeEach, describe, expect, test } from 'vitest'
import { detectedTimeZone } from '../../lib/dates.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { server } from '../../testing/server.ts'
import { fieldOf, formOf } from '../testing/customer-fixtures.ts'
import { renderCustomer } from '../testing/render-customer.tsx'
import { FormPage } from './form-page.tsx'

const FORM = '/v1/public/organizations/{org}/forms/{formSlug}'
const SUBMIT = '/v1/public/organizations/{org}/forms/{formSlug}/submissions'

const FIELDS = [
  fieldOf({
    key: 'topic',
    type: 'single_choice',
    label: 'What is it about?',
    required: true,
    options: [
      { value: 'wordpress', label: 'WordPress' },
      { value: 'zoho', label: 'Zoho' },
    ],
  }),
  fieldOf({
    key: 'plugin',
    type: 'short_text',
    label: 'Which plugin?',
    visibleWhen: { fieldKey: 'topic', operator: 'equals', value: 'wordpress' },
  }),
  fieldOf({ key: 'urgent', type: 'yes_no', label: 'Is it urgent?' }),
]

function openForm() {
  return renderCustomer(<FormPage organizationSlug="demo" formSlug="support" embedded={false} />)
}

beforeEach(() => server.use(respond('get', FORM, () => formOf(FIELDS))))

describe('the request form', () => {
  test('sends what was answered once, with the browser’s zone, and shows the reference', async () => {
    const bodies: unknown[] = []
    const keys: (string | null)[] = []
    server.use(
      respond(
        'post',
        SUBMIT,
        async ({ request }) => {
          bodies.push(await request.json())
          keys.push(request.headers.get('Idempotency-Key'))
          return { reference: 'R-7K3M9Q2X' }
        },
        202,
      ),
    )
    const { user } = openForm()
    await user.type(await screen.findByLabelText('Name'), ' Casey Jones ')
    await user.type(screen.getByLabelText('Email'), 'casey@example.com')
    expect(screen.queryByLabelText(/Which plugin/)).toBeNull()
    await user.click(screen.getByLabelText('WordPress'))
    await user.type(screen.getByLabelText(/Which plugin/), 'forms')
    await user.click(screen.getByLabelText('No'))
    await user.dblClick(screen.getByRole('button', { name: 'Submit' }))

    const heading = await screen.findByRole('heading', { name: 'We received your request' })
    expect(heading).toHaveFocus()
    expect(screen.getByText('R-7K3M9Q2X')).toBeInTheDocument()
    expect(screen.getByText(/sends a link to casey@example.com/)).toBeInTheDocument()
    expect(bodies).toEqual([
      {
        customer: { name: 'Casey Jones', email: 'casey@example.com', timeZone: detectedTimeZone() },
        answers: { topic: 'wordpress', plugin: 'forms', urgent: false },
      },
    ])
    expect(keys[0]).toMatch(/^.{16,}$/)
    expect(sessionStorage).toHaveLength(0)
  })

  test('names every missing answer, and puts the focus on the first', async () => {
    const { user } = openForm()
    await user.type(await screen.findByLabelText('Name'), 'Casey')
    await user.click(screen.getByRole('button', { name: 'Submit' }))
    expect(screen.getByRole('alert')).toHaveTextContent('2 answers need another look')
    const email = screen.getByLabelText('Email')
    expect(email).toHaveFocus()
    expect(email).toHaveAttribute('aria-invalid', 'true')
    expect(email).toBeDescribedBy('Please enter your email address.')
    await user.click(screen.getByRole('link', { name: 'What is it about: Please choose one.' }))
    expect(screen.getByLabelText('WordPress')).toHaveFocus()
    await user.type(email, 'c')
    expect(email).toHaveAttribute('aria-invalid', null)
  })

  test('shows what the API refuses at its field, keeping every answer', async () => {
    server.use(
      respond('post', SUBMIT, () =>
        refusal(422, 'validation_failed', {
          errors: [{ pointer: '/customer/email', message: 'Enter an email address like name@example.com' }],
        }),
      ),
    )
    const { user } = openForm()
    await user.type(await screen.findByLabelText('Name'), 'Casey')
    await user.type(screen.getByLabelText('Email'), 'casey@exa_mple.com')
    await user.click(screen.getByLabelText('Zoho'))
    await user.click(screen.getByRole('button', { name: 'Submit' }))
    await waitFor(() => expect(screen.getByLabelText('Email')).toHaveFocus())
    expect(screen.getByLabelText('Email')).toHaveValue('casey@exa_mple.com')
    expect(screen.getByLabelText('Name')).toHaveValue('Casey')
    expect(screen.getByLabelText('Zoho')).toBeChecked()
  })

  test('cuts nothing off: a long address is sent whole, and what the API says of it stands at its field', async () => {
    const address = `https://example.com/?q=${'x'.repeat(2_000)}`
    const sent: unknown[] = []
    server.use(
      respond('get', FORM, () => formOf([fieldOf({ key: 'site', type: 'url', label: 'Your site' })])),
      respond('post', SUBMIT, async ({ request }) => {
        sent.push(await request.json())
        return refusal(422, 'validation_failed', {
          errors: [
            { pointer: '/customer/email', message: 'Enter an email address like name@example.com' },
            { pointer: '/answers/site', message: 'Use at most 2000 characters' },
          ],
        })
      }),
    )
    const { user, container } = openForm()
    await user.type(await screen.findByLabelText('Name'), 'Casey')
    await user.type(screen.getByLabelText('Email'), 'casey')
    await user.click(screen.getByLabelText(/Your site/))
    await user.paste(address)
    await user.click(screen.getByRole('button', { name: 'Submit' }))
    expect(await screen.findByRole('link', { name: 'Your site: Use at most 2000 characters' })).toBeInTheDocument()
    expect(screen.getByLabelText(/Your site/)).toBeDescribedBy('Use at most 2000 characters')
    expect(sent).toMatchObject([{ customer: { email: 'casey' }, answers: { site: address } }])
    expect(container.querySelector('[maxlength]')).toBeNull()
  })

  test('keeps the answers when the network is gone, and after a reload', async () => {
    server.use(respond('post', SUBMIT, () => HttpResponse.error() as HttpResponse<string>))
    const { user, unmount } = openForm()
    await user.type(await screen.findByLabelText('Name'), 'Casey')
    await user.type(screen.getByLabelText('Email'), 'casey@example.com')
    await user.click(screen.getByLabelText('Zoho'))
    await user.click(screen.getByRole('button', { name: 'Submit' }))
    expect(await screen.findByText('Your request was not sent')).toBeInTheDocument()
    expect(screen.getByText('Your answers are still here.')).toBeInTheDocument()
    unmount()
    openForm()
    expect(await screen.findByLabelText('Name')).toHaveValue('Casey')
    expect(screen.getByLabelText('Zoho')).toBeChecked()
  })

  test('hides the trap from people and screen readers, and sends what a program put in', async () => {
    let body: unknown
    server.use(
      respond(
        'post',
        SUBMIT,
        async ({ request }) => {
          body = await request.json()
          return { reference: 'R-7K3M9Q2X' }
        },
        202,
      ),
    )
    const { user, container } = openForm()
    await user.type(await screen.findByLabelText('Name'), 'Bot')
    expect(screen.queryByRole('textbox', { name: 'Website' })).toBeNull()
    const trap = container.querySelector<HTMLInputElement>('input[name="website"]')
    expect(trap).toHaveAttribute('tabindex', '-1')
    if (trap) trap.value = 'https://spam.test'
    await user.type(screen.getByLabelText('Email'), 'bot@example.com')
    await user.click(screen.getByLabelText('Zoho'))
    await user.click(screen.getByRole('button', { name: 'Submit' }))
    await screen.findByText('We received your request')
    expect(body).toMatchObject({ website: 'https://spam.test' })
  })

  test('shows the privacy notice above Submit', async () => {
    openForm()
    const notice = await screen.findByRole('link', { name: 'Privacy notice' })
    const submit = screen.getByRole('button', { name: 'Submit' })
    expect(notice.compareDocumentPosition(submit) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy()
  })

  test('a form that is not there says what to do', async () => {
    server.use(respond('get', FORM, () => refusal(404, 'not_found')))
    openForm()
    expect(await screen.findByRole('heading', { name: 'This form is not available' })).toBeInTheDocument()
  })
})
