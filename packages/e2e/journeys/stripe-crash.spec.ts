import { call, confirmPayment, newCustomer, TINA, takeTime, tokenOf, withLink } from '../src/story.ts'
import { type StripeHouse, sessionIn, startStripeHouse } from '../src/stripe.ts'
import { expect, test } from '../src/test.ts'

/** Longer than anybody here waits: what Stripe has done, the program that asked for it never hears. */
const NEVER_MILLISECONDS = 120_000

test.describe.configure({ mode: 'serial' })

test.describe('A program that dies while Stripe answers', () => {
  let house: StripeHouse

  test.beforeAll(async () => {
    test.setTimeout(120_000)
    house = await startStripeHouse()
  })
  test.afterEach(() => {
    house.stripe.faults.clear()
    expect(house.stripe.violations, 'what the product asked of Stripe against its contract').toEqual([])
  })
  test.afterAll(async () => {
    await house.dispose()
  })

  async function dieAndComeBack(): Promise<void> {
    await house.product.kill()
    house.stripe.faults.clear()
    await house.product.run(house.run)
  }

  test('killed between Stripe’s checkout and our commit: the same choice again finds the same checkout, paid once', async () => {
    const { product, stripe } = house
    const customer = newCustomer('Nora Quinn')
    const { link, requestId } = await withLink(product, customer)
    stripe.faults.next('createCheckoutSession', { kind: 'delay_after', milliseconds: NEVER_MILLISECONDS })
    const choosing = takeTime(product, link).catch(() => 'lost')
    await expect.poll(() => stripe.account.sessions().length, { timeout: 30_000 }).toBe(1)
    await dieAndComeBack()
    expect(await choosing).toBe('lost')

    const booking = await bookingOf(requestId)
    const again = await takeTime(product, link, { start: booking.start })
    expect(again.id).toBe(booking.id)
    expect(stripe.account.sessionsFor(booking.id).map((session) => session.id)).toEqual([sessionIn(again.checkoutUrl)])
    stripe.account.pay(sessionIn(again.checkoutUrl))
    await product.mail(customer.email, 'We received your payment')
    await confirmPayment(product, TINA, booking.id)
    expect(stripe.account.captured().filter((one) => one.reference === booking.id)).toHaveLength(1)
  })

  test('killed there, and the customer never asks again: the time is free after the deadline and nothing can be paid', async () => {
    const { product, stripe } = house
    const { link, requestId } = await withLink(product, newCustomer('Omar Aziz'))
    const known = stripe.account.sessions().length
    stripe.faults.next('createCheckoutSession', { kind: 'delay_after', milliseconds: NEVER_MILLISECONDS })
    void takeTime(product, link).catch(() => 'lost')
    await expect.poll(() => stripe.account.sessions().length, { timeout: 30_000 }).toBe(known + 1)
    await dieAndComeBack()

    const [session] = stripe.account.sessionsFor((await bookingOf(requestId)).id)
    await house.moveClocks(new Date((session?.expires_at ?? 0) * 1000 + 60_000))
    expect(stripe.account.pay(session?.id ?? '').outcome).toBe('expired')
    await expect.poll(async () => (await bookingOf(requestId)).status).toBe('expired')
    await house.moveClocks(null)
  })

  test('killed between Stripe’s refund and our commit: found again, paid back once', async () => {
    const { product, stripe } = house
    const customer = newCustomer('Paul Weber')
    const { link } = await withLink(product, customer)
    const booked = await takeTime(product, link)
    stripe.account.pay(sessionIn(booked.checkoutUrl))
    await product.mail(customer.email, 'We received your payment')
    await confirmPayment(product, TINA, booked.id)
    stripe.faults.next('createRefund', { kind: 'delay_after', milliseconds: NEVER_MILLISECONDS })
    const token = await tokenOf(product, TINA)
    await call(product, 'POST', `/v1/organizations/demo/bookings/${booked.id}/cancel`, { token, body: {} })
    await expect.poll(() => stripe.account.refunds().length, { timeout: 30_000 }).toBe(1)
    await dieAndComeBack()

    await expect
      .poll(async () => (await paymentOf(booked.id)).paymentStatus, { timeout: 60_000, intervals: [1000] })
      .toBe('refunded')
    expect(stripe.account.refunds()).toHaveLength(1)
    expect(stripe.account.captured().find((one) => one.reference === booked.id)).toMatchObject({
      amount: 4500,
      refunded: 4500,
    })
    expect(await product.mails(customer.email, 'Your session was canceled')).toHaveLength(1)
  })

  async function bookingOf(requestId: string): Promise<{ id: string; start: string; status: string }> {
    const token = await tokenOf(house.product, TINA)
    const path = `/v1/organizations/demo/requests/${requestId}`
    const { body } = await call<{ booking: { id: string } | null }>(house.product, 'GET', path, { token })
    const booking = await call<{ id: string; start: string; status: string }>(
      house.product,
      'GET',
      `/v1/organizations/demo/bookings/${body.booking?.id}`,
      { token },
    )
    return booking.body
  }

  async function paymentOf(bookingId: string): Promise<{ paymentStatus: string }> {
    const token = await tokenOf(house.product, TINA)
    const path = `/v1/organizations/demo/bookings/${bookingId}`
    return (await call<{ paymentStatus: string }>(house.product, 'GET', path, { token })).body
  }
})
