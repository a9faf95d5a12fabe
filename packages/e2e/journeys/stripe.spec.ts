import type { Page } from '@playwright/test'
import { call, newCustomer, TINA, takeTime, tokenOf, withLink } from '../src/story.ts'
import { type StripeHouse, sessionIn, setPrice, startStripeHouse } from '../src/stripe.ts'
import { choose, expect, expectAccessible, rowOf, signIn, test } from '../src/test.ts'

const MINUTE = 60_000
const DEMO = '/v1/organizations/demo'

test.describe.configure({ mode: 'serial' })

test.describe('Paying at Stripe', () => {
  let house: StripeHouse

  test.beforeAll(async () => {
    test.setTimeout(120_000)
    house = await startStripeHouse()
  })
  test.afterEach(async () => {
    house.stripe.webhooks.plan(() => ({}))
    house.stripe.faults.clear()
    await house.moveClocks(null)
    expect(house.stripe.violations, 'what the product asked of Stripe against its contract').toEqual([])
  })
  test.afterAll(async () => {
    await house.dispose()
  })

  test('a customer pays, the trainer confirms, and both are told', async ({ page, newPerson }) => {
    const customer = newCustomer('Nora Quinn')
    const { link } = await withLink(house.product, customer)
    const sum = await goToCheckout(page, link)
    await expectAccessible(page, 'the stand-in’s page', 'page')
    await page.getByRole('button', { name: `Pay ${sum}` }).click()
    await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()
    await house.product.mail(customer.email, 'We received your payment')

    const tina = await newPerson()
    await signIn(tina, TINA, house.product.origin)
    const session = rowOf(tina, 'My Upcoming Sessions', customer.name)
    await expect(session).toContainText('Paid, awaiting you')
    await session.getByRole('button', { name: 'Confirm Payment' }).click()
    await expect(session).toContainText('Confirmed')
    await house.product.mail(customer.email, 'Your session is confirmed')
    await expect(page.getByRole('heading', { name: 'Your session is booked' })).toBeVisible({ timeout: 30_000 })
    await house.stripe.webhooks.settled()
    expect(await house.product.mails(customer.email, 'Your session is confirmed')).toHaveLength(1)
    expect(await house.product.mails(customer.email, 'We received your payment')).toHaveLength(1)
  })

  test('a card that is declined can be followed by one that is not', async ({ page, consoleErrors }) => {
    consoleErrors.expect(/402/)
    const { link } = await withLink(house.product, newCustomer('Omar Aziz'))
    const sum = await goToCheckout(page, link)
    await page.getByRole('button', { name: 'Pay with a card that is declined' }).click()
    await expect(page.getByRole('alert')).toContainText('declined')
    await page.getByRole('button', { name: `Pay ${sum}` }).click()
    await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  })

  test('money that takes days keeps the time, and is told of when it arrives', async ({ page }) => {
    const customer = newCustomer('Quinn Roy')
    const { link } = await withLink(house.product, customer)
    await goToCheckout(page, link)
    const session = sessionIn(page.url())
    await page.getByRole('button', { name: 'Pay later by bank debit' }).click()
    await expect(page.getByRole('heading', { name: 'Your payment is being processed' })).toBeVisible()
    expect(await house.product.mails(customer.email, 'We received your payment')).toEqual([])
    house.stripe.account.settle(session)
    await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible({ timeout: 30_000 })
    await house.product.mail(customer.email, 'We received your payment')
  })

  test('the webhook is lost: the page that Stripe leads back to still learns the truth', async ({ page }) => {
    house.stripe.webhooks.plan(() => ({ times: 0 }))
    const customer = newCustomer('Paul Weber')
    const { link } = await withLink(house.product, customer)
    const sum = await goToCheckout(page, link)
    await page.getByRole('button', { name: `Pay ${sum}` }).click()
    await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible({ timeout: 30_000 })
    await house.product.mail(customer.email, 'We received your payment')
  })

  test('the webhook is lost and the customer never comes back: Confirm Payment finds the payment', async ({ page }) => {
    house.stripe.webhooks.plan(() => ({ times: 0 }))
    const customer = newCustomer('Rosa Lima')
    const { link } = await withLink(house.product, customer)
    const booked = await takeTime(house.product, link)
    await signIn(page, TINA, house.product.origin)
    const session = rowOf(page, 'My Upcoming Sessions', customer.name)
    house.stripe.account.pay(sessionIn(booked.checkoutUrl))
    await page.goto(`${house.product.origin}/o/demo/bookings/${booked.id}`)
    await page.getByRole('button', { name: 'Confirm Payment' }).click()
    await expect(page.getByText('Confirmed', { exact: true }).first()).toBeVisible()
    await house.product.mail(customer.email, 'Your session is confirmed')
    await page.goto(`${house.product.origin}/o/demo`)
    await expect(session).toContainText('Confirmed')
  })

  test('to come back without paying proves nothing', async ({ page }) => {
    const { link } = await withLink(house.product, newCustomer('Sven Holm'))
    await goToCheckout(page, link)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('heading', { name: 'Checking your payment' })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'We have not received a payment yet' })).toBeVisible({
      timeout: 60_000,
    })
    await page.getByRole('link', { name: 'Pay now' }).click()
    await expect(page.getByRole('heading', { name: /^Pay / })).toBeVisible()
  })

  test('abandoned: a minute after the deadline the time is offered again, and the old checkout is closed', async ({
    page,
    consoleErrors,
  }) => {
    consoleErrors.expect(/410/)
    const { link } = await withLink(house.product, newCustomer('Tara Singh'))
    const other = await withLink(house.product, newCustomer('Umut Kaya'))
    const booked = await takeTime(house.product, link)
    expect(await startsOffered(other.link)).not.toContain(booked.start)
    const { expires_at } = house.stripe.account.session(sessionIn(booked.checkoutUrl))
    await house.moveClocks(new Date(expires_at * 1000 + MINUTE))
    expect(await startsOffered(other.link)).toContain(booked.start)
    await page.goto(booked.checkoutUrl)
    await expect(page.getByText('This checkout session has expired.')).toBeVisible()
    expect(house.stripe.account.pay(sessionIn(booked.checkoutUrl)).outcome).toBe('expired')
  })

  test('another time is chosen: the checkout of the first cannot be paid any more', async ({ page }) => {
    const { link } = await withLink(house.product, newCustomer('Vera Costa'))
    const first = await takeTime(house.product, link)
    const second = await takeTime(house.product, link, { not: first.start })
    expect(second.checkoutUrl).not.toBe(first.checkoutUrl)
    await page.goto(first.checkoutUrl)
    await expect(page.getByText('This checkout session has expired.')).toBeVisible()
    await page.goto(second.checkoutUrl)
    await page.getByRole('button', { name: /^Pay \$/ }).click()
    await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  })

  for (const { currency, amount, words } of [
    { currency: 'JPY', amount: 7500, words: /[¥￥]7,500(?![.,\d])/ },
    { currency: 'KWD', amount: 12340, words: /KWD\s12\.340/ },
  ])
    test(`a price in ${currency} is shown, asked, kept, mailed and refunded the same`, async ({ page }) => {
      await setPrice(house, 'Remote support', { amount, currency })
      try {
        const customer = newCustomer('Will Tan')
        const { link } = await withLink(house.product, customer)
        await openChosen(page, link)
        await expect(page.getByRole('region', { name: 'Your time' })).toContainText(words)
        await page.getByRole('button', { name: 'Continue to payment' }).click()
        await expect(page.getByRole('heading', { name: /^Pay / })).toContainText(words)
        const asked = house.stripe.account.session(sessionIn(page.url()))
        expect([asked.amount_total, asked.currency]).toEqual([amount, currency.toLowerCase()])
        await page.getByRole('button', { name: /^Pay (?!later|with)/ }).click()
        await expect(page.getByRole('heading', { name: 'Payment received' })).toBeVisible()

        const token = await tokenOf(house.product, TINA)
        const booking = `${DEMO}/bookings/${asked.client_reference_id}`
        const confirmed = await call<{ price: object }>(house.product, 'POST', `${booking}/confirm-payment`, { token })
        expect(confirmed.body.price).toEqual({ amount, currency })
        const mail = await house.product.mail(customer.email, 'Your session is confirmed')
        expect(mail.text).toMatch(words)

        expect((await call(house.product, 'POST', `${booking}/cancel`, { token, body: {} })).status).toBe(200)
        expect((await house.product.mail(customer.email, 'Your session was canceled')).text).toMatch(words)
        await expect
          .poll(() => house.stripe.account.refunds().at(-1))
          .toMatchObject({
            amount,
            currency: currency.toLowerCase(),
            payment_intent: house.stripe.account.session(asked.id).payment_intent,
          })
      } finally {
        await setPrice(house, 'Remote support', { amount: 8000, currency: 'USD' })
      }
    })

  async function startsOffered(link: string): Promise<string[]> {
    const token = new URL(link).pathname.slice('/book/'.length)
    const path = '/v1/scheduling/slots?durationMinutes=30&timeZone=America/New_York'
    const { body } = await call<{ slots: { start: string }[] }>(house.product, 'GET', path, { token })
    return body.slots.map((slot) => slot.start)
  }
})

/** The customer opens their link and chooses the first time there is. */
async function openChosen(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await choose(
    page
      .getByRole('group', { name: /^Times on / })
      .getByRole('radio')
      .first(),
  )
}

/** The same, and goes on to Stripe; answers the sum on its button. */
async function goToCheckout(page: Page, link: string): Promise<string> {
  await openChosen(page, link)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  const heading = page.getByRole('heading', { name: /^Pay / })
  await expect(heading).toBeVisible()
  return ((await heading.textContent()) ?? '').replace('Pay ', '')
}
