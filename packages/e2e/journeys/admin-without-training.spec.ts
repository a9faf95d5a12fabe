import { ADA, ADMIN, call, newCustomer, submitForm, tokenOf } from '../src/story.ts'
import { expect, signIn, test } from '../src/test.ts'

test('an Organizational Admin without training sees no Claim This Request button and is refused', async ({
  page,
  product,
}) => {
  const { customer, requestId } = await submitForm(product, newCustomer('Ines Braun'))
  await signIn(page, ADMIN)
  await page.goto(`/o/demo/requests/${requestId}`)
  await expect(page.getByText(customer.name)).toBeVisible()
  await expect(page.getByText('It waits for a trainer to claim it.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Claim This Request' })).toBeHidden()

  const path = `/v1/organizations/demo/requests/${requestId}`
  const token = await tokenOf(product, ADMIN)
  const refused = await call<{ code: string }>(product, 'POST', `${path}/claim`, { token })
  expect([refused.status, refused.body.code]).toEqual([403, 'trainer_role_required'])
  const after = await call<{ claimedBy: unknown }>(product, 'GET', path, { token })
  expect(after.body.claimedBy).toBeNull()
})

test('an Organizational Admin who also trains can claim', async ({ page, product }) => {
  const { requestId } = await submitForm(product, newCustomer('Ines Braun'))
  await signIn(page, ADA)
  await page.goto(`/o/demo/requests/${requestId}`)
  await page.getByRole('button', { name: 'Claim This Request' }).click()
  await expect(page.getByText('Claimed by Trainer', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Dashboard', exact: true }).first().click()
  await expect(page.getByRole('table', { name: 'My Requests' }).getByRole('row')).toContainText([
    /Customer/,
    /Ines Braun/,
  ])
})
