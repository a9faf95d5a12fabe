import {
  cancelRequest,
  confirmPayment,
  newCustomer,
  pay,
  type Sent,
  sendLink,
  TINA,
  takeTime,
  withLink,
} from '../src/story.ts'
import { choose, expect, test } from '../src/test.ts'

const DAY = 24 * 60 * 60_000

test.beforeEach(({ consoleErrors }) => consoleErrors.expect(/40[14]|410/))
test.afterEach(({ product }) => product.moveClock(null))

test('an expired link says so, and asking for a new one mails the trainer', async ({ page, product }) => {
  const { link, reference } = await withLink(product, newCustomer('Paul Weber'))
  await product.moveClock(new Date(Date.now() + 7 * DAY + 60_000))
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'This link has expired' })).toBeVisible()

  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  await expect(page.getByRole('heading', { name: 'You have asked for a new link' })).toBeVisible()
  await product.mail(TINA, 'A customer asks for a new link', (mail) => mail.text.includes(reference))
})

test('a replaced link points to the newer one, which works', async ({ page, product }) => {
  const { link: old, ...sent } = await withLink(product, newCustomer('Rosa Lima'))
  const fresh = await sendLink(product, TINA, sent)
  await page.goto(old)
  await expect(page.getByRole('heading', { name: 'There is a newer link' })).toBeVisible()
  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  await expect(page.getByRole('heading', { name: 'You have asked for a new link' })).toBeVisible()
  const wish = await product.mail(TINA, 'A customer asks for a new link', ({ text }) => text.includes(sent.reference))
  expect(wish.text).toContain(`/o/demo/requests/${sent.requestId}`)

  await page.goto(fresh)
  await expect(page.getByRole('group', { name: 'Choose a day' })).toBeVisible()
})

test('a used link shows the booking that was made with it', async ({ page, product }) => {
  const { link, reference } = await booked(product, 'Sven Holm')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Your session is booked' })).toBeVisible()
  await expect(page.getByText(reference)).toBeVisible()
})

test('a used link whose session is over says that it was used, and mails the booking', async ({ page, product }) => {
  const { link, end, reference, customer } = await booked(product, 'Sven Holm')
  await product.moveClock(new Date(new Date(end).getTime() + 60_000))
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'You have already booked with this link' })).toBeVisible()
  await page.getByRole('button', { name: 'Email me my booking' }).click()
  await expect(page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible()
  await expect(page.getByText('Your booking is on its way to the address that you gave')).toBeVisible()
  await product.mail(customer.email, 'Your booking', ({ text }) => text.includes(reference))
})

test('the link of a canceled request says that it is closed and whom to ask', async ({ page, product }) => {
  const { link, requestId } = await withLink(product, newCustomer('Tara Singh'))
  await cancelRequest(product, TINA, requestId)
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'This request is closed' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Contact support' })).toHaveAttribute('href', 'mailto:support@demo.test')
})

test('an open booking page turns when its request is canceled', async ({ page, product }) => {
  const { link, requestId } = await withLink(product, newCustomer('Tara Singh'))
  await page.goto(link)
  await choose(
    page
      .getByRole('group', { name: /^Times on / })
      .getByRole('radio')
      .first(),
  )
  await cancelRequest(product, TINA, requestId)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await expect(page.getByRole('heading', { name: 'This request is closed' })).toBeVisible()
})

test('an unknown link tells how to find the right one', async ({ page }) => {
  await page.goto('/book/bm90LWEtbGluay1vZi1vdXJzLWF0LWFsbA')
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  await expect(page.getByText('reply to that email')).toBeVisible()
})

async function booked(
  product: Parameters<typeof withLink>[0],
  name: string,
): Promise<Sent & { link: string; end: string }> {
  const sent = await withLink(product, newCustomer(name))
  const booking = await takeTime(product, sent.link)
  await pay(product, booking)
  await confirmPayment(product, TINA, booking.id)
  return { ...sent, end: booking.end }
}
