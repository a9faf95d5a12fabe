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
