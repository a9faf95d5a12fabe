import { ADMIN, call, newCustomer, TOM } from '../src/story.ts'
import { expect, signIn, tabTo, test } from '../src/test.ts'

test('a trainer opens and closes weekly hours with the keyboard alone', async ({ page }) => {
  await signIn(page, TOM)
  await page.goto('/o/demo/schedule')
  const hours = page.getByRole('region', { name: 'Weekly hours' })
  await expect(hours).toContainText('Monday to Friday')

  await tabTo(page, page.getByRole('button', { name: 'Add hours' }))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Add weekly hours' })
  await tabTo(page, dialog.getByLabel('Schedule type'))
  await page.keyboard.type('Weekday Evening')
  await expect(dialog.getByLabel('From')).toHaveValue('17:00')
  await tabTo(page, dialog.getByRole('checkbox', { name: 'Friday' }))
  await page.keyboard.press('Space')
  await tabTo(page, dialog.getByRole('button', { name: 'Add hours' }))
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(hours).toContainText('Monday to Thursday')
  await expect(hours).toContainText('5:00 PM to 9:00 PM')

  await tabTo(page, page.getByRole('button', { name: 'Remove Monday to Thursday, 5:00 PM to 9:00 PM' }))
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog', { name: 'Remove these hours?' })
  await tabTo(page, question.getByRole('button', { name: 'Remove hours' }))
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await expect(hours).not.toContainText('Monday to Thursday')
  await expect(hours).toContainText('Monday to Friday')
})

test('a trainer takes time off and takes it back with the keyboard alone', async ({ page }) => {
  await signIn(page, TOM)
  await page.goto('/o/demo/schedule')
  const blackouts = page.getByRole('region', { name: 'Blackouts' })

  await tabTo(page, blackouts.getByRole('button', { name: 'Add a blackout' }))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Add a blackout' })
  await tabTo(page, dialog.getByLabel('First day'))
  await page.keyboard.type('12242030')
  await tabTo(page, dialog.getByLabel('Last day'))
  await page.keyboard.type('12262030')
  await tabTo(page, dialog.getByLabel('Reason (optional)'))
  await page.keyboard.type('Family')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(blackouts).toContainText('Tue, Dec 24, 2030 to Thu, Dec 26, 2030')
  await expect(blackouts).toContainText('Family')

  await tabTo(page, blackouts.getByRole('button', { name: /^Remove the blackout Tue, Dec 24/ }))
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog', { name: 'Remove this blackout?' })
  await tabTo(page, question.getByRole('button', { name: 'Remove blackout' }))
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await expect(blackouts).toContainText('No time off ahead')
})

test('an Escape leaves a dialog, changes nothing and gives the focus back', async ({ page }) => {
  await signIn(page, TOM)
  await page.goto('/o/demo/schedule')
  const opener = page.getByRole('button', { name: 'Add hours' })
  await tabTo(page, opener)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(opener).toBeFocused()
})

test('an API key is shown once, submits a request, and is useless once revoked', async ({ page, product }) => {
  const body = {
    formSlug: 'support',
    customer: newCustomer('Zoe Blanc'),
    answers: { topic: 'zoho', description: 'Help' },
  }
  const submit = (token: string) =>
    call<{ code?: string; statusLabel?: string }>(product, 'POST', '/v1/organizations/demo/requests', { token, body })

  await signIn(page, ADMIN)
  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByRole('button', { name: 'Create an API key' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Website form')
  await expect(page.getByRole('checkbox', { name: 'Submit and change requests' })).toBeChecked()
  await page.getByRole('button', { name: 'Create key' }).click()
  const shown = page.getByRole('dialog', { name: 'Copy your new key' })
  const key = await shown.getByText(/^ord_/).textContent()
  await shown.getByRole('button', { name: 'I have kept it' }).click()

  await expect(page.getByRole('row', { name: /Website form/ })).toContainText('Active')
  await page.reload()
  await expect(page.getByRole('row', { name: /Website form/ })).toBeVisible()
  await expect(page.getByText(key ?? '')).toBeHidden()

  expect((await submit(key ?? '')).status).toBe(201)
  await page.reload()
  await expect(page.getByRole('row', { name: /Website form/ })).not.toContainText('Never')

  await page.getByRole('button', { name: 'Revoke Website form' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByRole('row', { name: /Website form/ })).toContainText('Revoked')
  expect((await submit(key ?? '')).status).toBe(401)
})
