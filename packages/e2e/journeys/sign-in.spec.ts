import { randomBytes } from 'node:crypto'
import { newCustomer, PASSWORD, submitForm, TINA } from '../src/story.ts'
import { expect, fillSignIn, signIn, test } from '../src/test.ts'

test('a page opened while signed out leads to sign-in and back', async ({ page, product }) => {
  const { customer, requestId } = await submitForm(product, newCustomer('Uma Rao'))
  await page.goto(`/o/demo/requests/${requestId}`)
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await fillSignIn(page, TINA)
  await expect(page.getByRole('heading', { name: 'Request Details' })).toBeVisible()
  await expect(page.getByText(customer.name)).toBeVisible()
  await expect(page).toHaveURL(`${product.origin}/o/demo/requests/${requestId}`)
})

test('a wrong password is refused in words, and what was typed stays', async ({ page, consoleErrors }) => {
  consoleErrors.expect(/401/)
  await page.goto('/sign-in')
  await fillSignIn(page, TINA, 'not-the-password')
  await expect(page.getByRole('alert')).toContainText('Email or password is not right')
  await expect(page.getByLabel('Email')).toHaveValue(TINA)
  await fillSignIn(page, TINA)
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
})

test('an organization is made, with its first Organizational Admin', async ({ page, product }) => {
  const mark = randomBytes(3).toString('hex')
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Create an organization' }).click()
  await page.getByLabel('First name').fill('Wanda')
  await page.getByLabel('Last name').fill('Stone')
  await page.getByLabel('Email').fill(`wanda.${mark}@example.test`)
  await page.getByLabel('Password', { exact: true }).fill('a-long-and-plain-sentence')
  await page.getByLabel('Organization', { exact: true }).fill(`Stone & Söhne ${mark}`)
  await expect(page.getByLabel('Its address')).toHaveValue(`stone-sohne-${mark}`)
  await page.getByRole('button', { name: 'Create organization' }).click()
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
  await expect(page).toHaveURL(`${product.origin}/o/stone-sohne-${mark}`)
  await expect(page.getByText('Organizational Admin')).toBeVisible()
  // Nothing of another organization can be seen from here.
  await page.goto('/o/demo')
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('two tabs that are loaded again at once both stay signed in', async ({ page, context, consoleErrors }) => {
  await signIn(page, TINA)
  const other = await context.newPage()
  consoleErrors.watch(other)
  await other.goto('/o/demo')
  await expect(other.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.all([page.reload(), other.reload()])
    for (const tab of [page, other]) await expect(tab.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
  }
})

test('a page that is loaded again before it knows who is signed in signs nobody out', async ({ page }) => {
  await signIn(page, TINA)
  for (let turn = 0; turn < 3; turn += 1) {
    const asked = page.waitForRequest('**/v1/auth/refresh')
    await page.reload({ waitUntil: 'commit' })
    await asked
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
  }
})

test('signing out closes every tab, and the way back asks for the password', async ({
  page,
  context,
  consoleErrors,
}) => {
  await signIn(page, TINA)
  const other = await context.newPage()
  consoleErrors.watch(other)
  consoleErrors.expect(/401/)
  await other.goto('/o/demo/settings')
  await expect(other.getByRole('heading', { name: 'Settings' })).toBeVisible()

  await page.getByRole('button', { name: /^Tina Alvarez/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  for (const tab of [page, other]) await expect(tab.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  await page.goto('/o/demo')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await fillSignIn(page, TINA, PASSWORD)
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
})
