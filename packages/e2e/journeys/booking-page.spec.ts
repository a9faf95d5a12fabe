import { expectSoundLooks } from '../src/looks.ts'
import { newCustomer, withLink } from '../src/story.ts'
import { expect, test } from '../src/test.ts'

test('the booking page says what the session is before its code has come, and then goes on from there', async ({
  page,
  product,
}) => {
  const { link } = await withLink(product, newCustomer('Casey Slow'))
  let letThrough = () => {}
  const isThrough = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route('**/assets/*.js', async (route) => {
    await isThrough
    await route.continue()
  })
  await page.goto(link, { waitUntil: 'commit' })
  const heading = page.getByRole('heading', { name: 'Remote support', level: 1 })
  await expect(heading).toBeVisible()
  await expect(page.getByText('with Tina')).toBeVisible()
  await expect(page.getByRole('group', { name: 'Length' })).toBeHidden()
  await expectSoundLooks(page, 'the beginning of the booking page')

  letThrough()
  await expect(page.getByRole('group', { name: /^Times on / })).toBeVisible()
  await expect(page.getByRole('group', { name: 'Length' })).toBeVisible()
  await expect(heading).toHaveCount(1)
})

test('what is drawn before the code stays where it is when the page takes over on a phone', async ({
  page,
  product,
}) => {
  const { link } = await withLink(product, newCustomer('Casey Still'))
  await page.setViewportSize({ width: 390, height: 844 })
  let letThrough = () => {}
  const isThrough = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route('**/assets/*.js', async (route) => {
    await isThrough
    await route.continue()
  })
  // The shape of the times stands for as long as they are on their way.
  await page.route('**/v1/scheduling/slots?*', () => {})
  await page.goto(link, { waitUntil: 'commit' })
  const beforeTimes = page.getByText('Loading free times')
  const drawnAt = (await beforeTimes.boundingBox())?.y ?? Number.NaN
  letThrough()
  await expect(page.getByRole('group', { name: 'Length' })).toBeVisible()
  const standsAt = (await beforeTimes.boundingBox())?.y ?? Number.NaN
  expect(Math.abs(standsAt - drawnAt)).toBeLessThan(4)
})

test('code that does not come is said above what is drawn, until the page is loaded again', async ({
  page,
  product,
  consoleErrors,
}) => {
  const { link } = await withLink(product, newCustomer('Casey Lost'))
  consoleErrors.expect(/Failed to load resource/)
  let isLost = true
  await page.route('**/assets/*.js', (route) => (isLost ? route.abort() : route.continue()))
  await page.goto(link)
  const failure = page.getByRole('alert')
  await expect(failure).toContainText('This page did not load completely.')
  await expect(page.getByRole('heading', { name: 'Remote support', level: 1 })).toBeVisible()
  await expectSoundLooks(page, 'a booking page without its code')
  isLost = false
  await page.reload()
  await expect(page.getByRole('group', { name: /^Times on / })).toBeVisible()
  await expect(failure).toBeHidden()
})
