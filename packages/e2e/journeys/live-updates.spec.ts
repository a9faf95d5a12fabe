import { claim, newCustomer, submitForm, TINA, TOM } from '../src/story.ts'
import { expect, rowOf, signIn, test } from '../src/test.ts'

test('a request appears on the dashboard by itself, and leaves it when another trainer claims it', async ({
  page: tom,
  product,
}) => {
  await signIn(tom, TOM)
  await expect(tom.getByText('Live', { exact: true })).toBeVisible()
  let loads = 0
  tom.on('load', () => {
    loads += 1
  })

  const { customer, requestId, reference } = await submitForm(product, newCustomer('Yuki Sato'))
  await expect(rowOf(tom, 'New Requests', customer.name)).toBeVisible()

  await claim(product, TINA, requestId)
  await expect(rowOf(tom, 'New Requests', customer.name)).toBeHidden()
  await expect(tom.getByRole('status')).toContainText(`${reference} was claimed by another trainer`)
  expect(loads).toBe(0)
})

test('what happened while the connection was gone is caught up with when it is back', async ({
  page: tom,
  product,
  consoleErrors,
}) => {
  const before = await submitForm(product, newCustomer('Yuki Sato'))
  await signIn(tom, TOM)
  await expect(rowOf(tom, 'New Requests', before.customer.name)).toBeVisible()
  consoleErrors.expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_FAILED/)

  await tom.context().setOffline(true)
  await claim(product, TINA, before.requestId)
  const meanwhile = await submitForm(product, newCustomer('Yuki Sato'))
  await tom.context().setOffline(false)

  await expect(rowOf(tom, 'New Requests', meanwhile.customer.name)).toBeVisible({ timeout: 45_000 })
  await expect(rowOf(tom, 'New Requests', before.customer.name)).toBeHidden()
})
