import { Product } from '../src/product.ts'
import { startSmtpServer } from '../src/smtp-server.ts'
import { call, claim, newCustomer, submitForm, TINA, tokenOf } from '../src/story.ts'
import { expect, signIn, test } from '../src/test.ts'

/** Jobs of a program that died are free again within this (quality.md, reliability). */
const RETRIED_WITHIN_MILLISECONDS = 30_000

test.describe.configure({ mode: 'serial' })

test.describe('A program that dies', () => {
  let own: Product

  test.beforeAll(async () => {
    test.setTimeout(120_000)
    own = await Product.start()
  })

  test.afterAll(async () => {
    await own.dispose()
  })

  test('killed between a command’s commit and its mail, it sends the mail when it is back', async ({ page }) => {
    // Without a worker nothing can follow from a command: it is killed when nothing but the commit has happened.
    await own.stop()
    await own.run({ role: 'api' })
    const { customer, requestId } = await submitForm(own, newCustomer('Vera Costa'))
    await claim(own, TINA, requestId)
    expect(await own.mails(customer.email)).toEqual([])
    await own.kill()

    await own.run()
    await own.mail(customer.email, 'We received your request')
    await signIn(page, TINA, own.origin)
    await expect(page.getByRole('table', { name: 'My Requests' })).toContainText(customer.name)
    expect(await own.mails(customer.email)).toHaveLength(1)
  })

  test('killed at once after many commands, it loses none that it has answered', async () => {
    const asked = Array.from({ length: 8 }, () => newCustomer('Will Tan'))
    await Promise.all(asked.map((customer) => submitForm(own, customer)))
    await own.kill()

    await own.run()
    for (const { email } of asked) await own.mail(email, 'We received your request')
    const subjects = await Promise.all(asked.map(async ({ email }) => (await own.mails(email)).length))
    // A mail that was on its way when the program died may come twice, never more often.
    expect(Math.max(...subjects)).toBeLessThanOrEqual(2)
  })

  test('killed in the middle of sending, it sends again within 30 seconds, under the same Message-ID', async () => {
    const smtp = await startSmtpServer()
    try {
      await own.stop()
      await own.run({ env: { SMTP_URL: smtp.url } })
      const customer = newCustomer('Xenia Papas')
      smtp.stallsFor = customer.email
      await submitForm(own, customer)
      const ofCustomer = () => smtp.received.filter(({ to }) => to === customer.email)
      await expect.poll(() => ofCustomer().length, { timeout: 30_000 }).toBe(1)
      await own.kill()

      smtp.stallsFor = null
      await own.run({ env: { SMTP_URL: smtp.url } })
      await expect.poll(() => ofCustomer().length, { timeout: RETRIED_WITHIN_MILLISECONDS }).toBe(2)
      const [first, again] = ofCustomer()
      expect(again?.messageId).toBe(first?.messageId)
      expect(first?.messageId).toMatch(/^<.+@.+>$/)
    } finally {
      await own.stop()
      await smtp.close()
      await own.run()
    }
  })

  test('stopped by Ctrl-C it ends cleanly, and started again it has everything and seeds nothing twice', async () => {
    const before = await requestReferences(own)
    const exitCode = await own.stop()
    expect(exitCode, own.output.slice(-2000)).toBe(0)
    const began = Date.now()
    await own.run()
    const seconds = (Date.now() - began) / 1000
    test.info().annotations.push({ type: 'second start', description: `${seconds.toFixed(1)} s` })
    expect(await requestReferences(own)).toEqual(before)
    expect(before.length).toBeGreaterThan(10)
  })
})

async function requestReferences(product: Product): Promise<string[]> {
  const path = '/v1/organizations/demo/requests?view=all&limit=100'
  const token = await tokenOf(product, 'admin@demo.test')
  const { body } = await call<{ data: { reference: string }[] }>(product, 'GET', path, { token })
  return body.data.map((one) => one.reference).sort()
}
