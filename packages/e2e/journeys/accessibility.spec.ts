import type { Page } from '@playwright/test'
import { expectSoundLooks } from '../src/looks.ts'
import { linkIn } from '../src/product.ts'
import {
  ADMIN,
  cancelRequest,
  claim,
  completeBooking,
  confirmPayment,
  newCustomer,
  pay,
  sendLink,
  submitForm,
  TINA,
  TOM,
  takeTime,
  withLink,
} from '../src/story.ts'
import { choose, expect, rowOf, signIn, tabTo, test } from '../src/test.ts'

test.describe.configure({ timeout: 300_000 })
test.beforeEach(({ consoleErrors }) => consoleErrors.expect(/40[149]|410/))

test('the doors: sign-in and sign-up', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(TINA)
  await page.getByLabel('Password', { exact: true }).fill('not-the-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expectSoundLooks(page, 'sign-in refused')
  await page.goto('/sign-up')
  await expect(page.getByRole('heading', { name: 'Create your organization' })).toBeVisible()
  await expectSoundLooks(page, 'sign-up')
})

test('the trainer’s screens', async ({ page, product }) => {
  const { requestId } = await submitForm(product, newCustomer('Bea Long'))
  await signIn(page, TINA)
  await expect(page.getByRole('table', { name: 'My Upcoming Sessions' })).toBeVisible()
  await expect(page.getByRole('table', { name: 'New Requests' })).toBeVisible()
  await expectSoundLooks(page, 'dashboard')

  await page.goto(`/o/demo/requests/${requestId}`)
  await expect(page.getByRole('button', { name: 'Claim This Request' })).toBeVisible()
  await expect(page.getByText(/^Your schedule offers the customer/)).toBeVisible()
  await expectSoundLooks(page, 'request to claim')

  await page.getByRole('button', { name: 'Claim This Request' }).click()
  await page.getByRole('button', { name: 'Send Scheduling Link' }).click()
  await expect(page.getByRole('button', { name: 'Resend Scheduling Link' })).toBeVisible()
  await expectSoundLooks(page, 'request with a link sent')

  await page.getByRole('button', { name: 'Release…' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectSoundLooks(page, 'release dialog')

  await page.goto('/o/demo')
  await rowOf(page, 'My Upcoming Sessions', 'Diego Ramos').getByRole('link', { name: /^View/ }).click()
  await expect(page.getByRole('button', { name: 'Confirm Payment' })).toBeVisible()
  await expectSoundLooks(page, 'booking paid')

  await page.goto('/o/demo')
  await rowOf(page, 'My Upcoming Sessions', 'Hannah Novak').getByRole('link', { name: /^View/ }).click()
  await expect(page.getByRole('heading', { name: 'Session with Hannah Novak' })).toBeVisible()
  await expectSoundLooks(page, 'booking confirmed')
  for (const [button, what] of [
    ['Reschedule…', 'reschedule dialog'],
    ['Cancel Session…', 'cancel dialog'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectSoundLooks(page, what)
    await page.keyboard.press('Escape')
  }

  await page.goto('/o/demo/schedule')
  await expect(page.getByRole('region', { name: 'Weekly hours' })).toBeVisible()
  await expectSoundLooks(page, 'schedule')
  await page.getByRole('button', { name: 'Add hours' }).click()
  await expectSoundLooks(page, 'hours dialog')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add a blackout' }).click()
  await page.getByRole('checkbox', { name: 'Whole days' }).uncheck()
  await expectSoundLooks(page, 'blackout dialog')

  await page.goto('/o/demo/settings')
  await expect(page.getByRole('switch').first()).toBeVisible()
  await expectSoundLooks(page, 'settings')

  await page.goto('/o/demo/nothing-here')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectSoundLooks(page, 'not found')
})

test('the trainer who came too late, and the one with nothing to do yet', async ({ page, product }) => {
  const { requestId } = await submitForm(product, newCustomer('Bea Long'))
  await claim(product, TINA, requestId)
  await signIn(page, TOM)
  await expect(page.getByText('No sessions yet')).toBeVisible()
  await expectSoundLooks(page, 'dashboard without sessions')
  await page.goto(`/o/demo/requests/${requestId}`)
  await expect(page.getByText('This request has already been claimed by another trainer.')).toBeVisible()
  await expectSoundLooks(page, 'already claimed')
})

test('the admin’s screens', async ({ page, product }) => {
  const { requestId } = await submitForm(product, newCustomer('Bea Long'))
  await signIn(page, ADMIN)
  await expectSoundLooks(page, 'admin dashboard')
  await page.goto('/o/demo/admin/requests')
  await expect(page.getByRole('table', { name: 'Requests' })).toBeVisible()
  await expectSoundLooks(page, 'all requests')
  await page.getByRole('searchbox', { name: 'Search' }).fill('nobody of that name')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await expectSoundLooks(page, 'all requests, none found')
  await page.goto('/o/demo/admin/bookings?view=all')
  await expect(page.getByRole('table')).toBeVisible()
  await expectSoundLooks(page, 'all bookings')

  await page.goto(`/o/demo/requests/${requestId}`)
  await page.getByRole('button', { name: 'Assign…' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectSoundLooks(page, 'assign dialog')

  await page.goto('/o/demo/admin/api-keys')
  await page.getByRole('button', { name: 'Create an API key' }).click()
  await expectSoundLooks(page, 'API key dialog')
  await page.getByLabel('Name').fill('Partner')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('It is shown this once')).toBeVisible()
  await expectSoundLooks(page, 'API key shown once')
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await expectSoundLooks(page, 'API keys')
})

test('the admin’s screens about money', async ({ page }) => {
  await signIn(page, ADMIN)
  await page.goto('/o/demo/admin/payments')
  await expect(page.getByRole('table', { name: 'Payments' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Totals' })).toBeVisible()
  await expectSoundLooks(page, 'payments')
  await page.getByRole('searchbox', { name: 'Search' }).fill('nobody of that name')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await expectSoundLooks(page, 'payments, none found')

  await page.goto('/o/demo/admin/payments?search=Hannah')
  await rowOf(page, 'Payments', 'Hannah Novak').getByRole('link', { name: /^View/ }).click()
  await page.getByRole('button', { name: 'Refund…' }).click()
  const amount = page.getByLabel(/^Amount in/)
  await amount.fill('1000000')
  await page.getByRole('button', { name: 'Refund', exact: true }).click()
  await expect(page.getByText(/is left\.$/)).toBeVisible()
  await expectSoundLooks(page, 'refund dialog with an error')
  await amount.fill('12.50')
  await expectSoundLooks(page, 'refund dialog')
  await page.getByRole('button', { name: 'Refund $12.50' }).click()
  await expect(page.getByRole('list', { name: 'Payment history' }).getByText('Sent')).toBeVisible()
  await expectSoundLooks(page, 'session refunded in part')

  await page.goto('/o/demo/admin/settings')
  await expect(page.getByRole('switch')).toBeVisible()
  await expectSoundLooks(page, 'organization')
  await page.goto('/o/demo/admin/integrations')
  await expect(page.getByRole('heading', { name: 'Stripe' })).toBeVisible()
  await expectSoundLooks(page, 'integrations')
  await page.getByRole('button', { name: 'Connect a Stripe account' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectSoundLooks(page, 'Stripe key dialog')
})

test('the customer’s pages: the form', async ({ page }) => {
  await page.goto('/f/demo/support')
  await expect(page.getByRole('button', { name: 'Submit' })).toBeVisible()
  await expectSoundLooks(page, 'form')
  await page.getByRole('button', { name: 'Submit' }).click()
  await expect(page.getByText('answers need another look')).toBeVisible()
  await expectSoundLooks(page, 'form with errors')
  await fillForm(page, newCustomer('Cleo Fox'))
  await expectSoundLooks(page, 'form sent')

  await page.goto('/embed/demo/support')
  await expect(page.getByRole('button', { name: 'Submit' })).toBeVisible()
  await expectSoundLooks(page, 'form embedded')
  await page.goto('/f/demo/no-such-form')
  await expect(page.getByRole('heading', { name: 'This form is not available' })).toBeVisible()
  await expectSoundLooks(page, 'form not available')
})

test('the customer’s pages: from the link to the booking', async ({ page, product }) => {
  const { link } = await withLink(product, newCustomer('Cleo Fox'))
  await page.goto(link)
  await expect(page.getByRole('group', { name: /^Times on / })).toBeVisible()
  await expectSoundLooks(page, 'choosing a time')
  await choose(
    page
      .getByRole('group', { name: /^Times on / })
      .getByRole('radio')
      .first(),
  )
  await page.getByRole('button', { name: 'Change the time zone' }).click()
  await expectSoundLooks(page, 'time chosen')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await expect(page.getByText('Test checkout – no real money')).toBeVisible()
  await expectSoundLooks(page, 'test checkout')
  await page.getByRole('button', { name: 'Decline the card' }).click()
  await expect(page.getByText('The card was declined. Nothing was charged; you can try again.')).toBeVisible()
  await expectSoundLooks(page, 'test checkout, card declined')
  await page.getByRole('button', { name: 'Back without paying' }).click()
  await expect(page.getByRole('heading', { name: 'We have not received a payment yet' })).toBeVisible({
    timeout: 20_000,
  })
  await expectSoundLooks(page, 'not paid yet')
  await page.getByRole('link', { name: 'Choose another time' }).click()
  await expect(page.getByRole('heading', { name: /^Held for you until/ })).toBeVisible()
  await expectSoundLooks(page, 'time held')
  await page.getByRole('link', { name: 'Pay now' }).click()
  await page.getByRole('button', { name: /^Pay \$/ }).click()
  await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  await expectSoundLooks(page, 'payment received')
})

test('the customer’s pages: booked, rated, and links that work no more', async ({ page, product }) => {
  const { link, ...sent } = await withLink(product, newCustomer('Cleo Fox'))
  const fresh = await sendLink(product, TINA, sent)
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'There is a newer link' })).toBeVisible()
  await expectSoundLooks(page, 'link replaced')
  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  await expect(page.getByRole('heading', { name: 'You have asked for a new link' })).toBeVisible()
  await expectSoundLooks(page, 'new link asked for')

  const held = await takeTime(product, fresh)
  await page.goto(await pay(product, held))
  await confirmPayment(product, TINA, held.id)
  await page.goto(fresh)
  await expect(page.getByRole('heading', { name: 'Your session is booked' })).toBeVisible()
  await page.getByText('Add to calendar').click()
  await expectSoundLooks(page, 'session booked')

  const other = await withLink(product, newCustomer('Cleo Fox'))
  const { checkoutUrl } = await takeTime(product, other.link)
  await cancelRequest(product, TINA, other.requestId)
  await page.goto(other.link)
  await expect(page.getByRole('heading', { name: 'This request is closed' })).toBeVisible()
  await expectSoundLooks(page, 'request closed')
  await page.goto(checkoutUrl)
  await expect(page.getByRole('heading', { name: 'The time to pay is over' })).toBeVisible()
  await expectSoundLooks(page, 'test checkout over')
  await page.goto('/book/bm90LWEtbGluay1vZi1vdXJzLWF0LWFsbA')
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  await expectSoundLooks(page, 'link unknown')

  await product.moveClock(new Date(new Date(held.end).getTime() + 60_000))
  await completeBooking(product, TINA, held.id)
  const asked = await product.mail(sent.customer.email, 'How was your session?')
  await product.moveClock(null)
  await page.goto(linkIn(asked, '/feedback/'))
  await choose(page.getByLabel('4 – Very good'))
  await expectSoundLooks(page, 'feedback')
  await page.getByRole('button', { name: 'Send feedback' }).click()
  await expect(page.getByRole('heading', { name: 'Thank you for your feedback' })).toBeVisible()
  await expectSoundLooks(page, 'feedback sent')
})

test('the inbox, the test calendar and the clock', async ({ page, product }) => {
  const { customer } = await submitForm(product, newCustomer('Cleo Fox'))
  const mail = await product.mail(customer.email, 'We received your request')
  await page.goto('/inbox')
  await expectSoundLooks(page, 'inbox')
  // As text: the mail's own page is locked away from scripts, axe's too.
  await page.goto(`/inbox/messages/${mail.id}?view=text`)
  await expect(page.getByRole('heading', { name: mail.subject })).toBeVisible()
  await expectSoundLooks(page, 'inbox mail')
  await page.goto('/inbox/calendar')
  await expectSoundLooks(page, 'inbox calendar')
  await page.goto('/inbox/clock')
  await expectSoundLooks(page, 'inbox clock')
})

test('the mails', async ({ page, product }) => {
  const sent = await withLink(product, newCustomer('Cleo Fox'))
  const booking = await takeTime(product, sent.link)
  await pay(product, booking)
  await confirmPayment(product, TINA, booking.id)
  await product.mail(sent.customer.email, 'Your session is confirmed')
  const toTrainer = await product.mail(TINA, 'New request available')
  for (const mail of [toTrainer, ...(await product.mails(sent.customer.email))]) {
    await page.setContent(mail.html)
    await expectSoundLooks(page, `mail ${mail.subject}`, 'mail')
  }
})

test('a session is booked and paid with the keyboard alone', async ({ page, product }) => {
  const { link } = await withLink(product, newCustomer('Dan Moss'))
  await page.goto(link)
  const days = page.getByRole('group', { name: 'Choose a day' }).getByRole('radio')
  await expect(days.first()).toBeAttached()

  await tabTo(page, page.getByRole('group', { name: 'Length' }).getByRole('radio'))
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('radio', { name: /^1 h/ })).toBeChecked()
  await tabTo(page, days)
  await page.keyboard.press('ArrowRight')
  const day = page.getByRole('group', { name: 'Choose a day' }).getByRole('radio', { checked: true })
  await expect(day).toBeFocused()
  // Each day says its weekday and how much is free.
  await expect(page.getByRole('radio', { name: /^[A-Z][a-z]+day, .*, \d+ free times?$/ }).first()).toBeAttached()
  await tabTo(page, page.getByRole('group', { name: /^Times on / }).getByRole('radio'))
  await page.keyboard.press('Space')
  await tabTo(page, page.getByRole('button', { name: 'Continue to payment' }))
  await page.keyboard.press('Enter')
  await expect(page.getByText('Test checkout – no real money')).toBeVisible()
  await tabTo(page, page.getByRole('button', { name: /^Pay \$/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Payment received' })).toBeFocused()
})

async function fillForm(page: Page, customer: { name: string; email: string }): Promise<void> {
  await page.getByLabel('Name').fill(customer.name)
  await page.getByLabel('Email').fill(customer.email)
  await page.getByLabel('Zoho').check()
  await page.getByLabel('Describe the issue').fill('How do I add a department?')
  await page.getByRole('button', { name: 'Submit' }).click()
  await expect(page.getByRole('heading', { name: 'We received your request' })).toBeVisible()
}
