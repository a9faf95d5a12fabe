import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { Product } from './product.ts'
import { PASSWORD } from './story.ts'

/** Console messages that a page may write without anything being wrong. */
const HARMLESS = [/Download the React DevTools/]

interface Fixtures {
  /** Fails the test at its end when a page wrote an error that nobody expected. */
  consoleErrors: { expect(pattern: RegExp): void; watch(page: Page): void }
  /** Opens a browser of another person: nothing shared with the others, watched like the first. */
  newPerson: () => Promise<Page>
}

export const test = base.extend<Fixtures, { product: Product }>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const product = await Product.start()
      await use(product)
      await product.dispose()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ product }, use) => use(product.origin),
  consoleErrors: [
    async ({ page }, use) => {
      const expected: RegExp[] = []
      const seen: string[] = []
      const watch = (watched: Page) => {
        watched.on('console', (message) => {
          if (message.type() === 'error') seen.push(`${message.text()} (${message.location().url})`)
        })
        watched.on('pageerror', (error) => seen.push(error.message))
      }
      watch(page)
      await use({ expect: (pattern) => expected.push(pattern), watch })
      const unexpected = seen.filter((text) => ![...HARMLESS, ...expected].some((pattern) => pattern.test(text)))
      expect(unexpected, 'unexpected console errors').toEqual([])
    },
    { auto: true },
  ],
  newPerson: async ({ browser, consoleErrors }, use) => {
    const pages: Page[] = []
    await use(async () => {
      const page = await (await browser.newContext()).newPage()
      pages.push(page)
      consoleErrors.watch(page)
      return page
    })
    for (const page of pages) await page.context().close()
  },
})

export { expect }

/** Signs a demo person in through the screen; at the test's own program, unless another's origin is given. */
export async function signIn(page: Page, email: string, origin = ''): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await fillSignIn(page, email)
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
}

/** Fills in the sign-in form that is open, and sends it. */
export async function fillSignIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A row of one of the named tables, by words that stand in it. */
export function rowOf(page: Page, table: string, words: string): Locator {
  return page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: words })
}

/** Chooses a radio button or checkbox that is drawn as something else; the click lands on what is drawn, its label. */
export async function choose(option: Locator): Promise<void> {
  await option.check({ force: true })
}

/** Presses Tab until one of the elements has the focus, as somebody without a mouse would. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const focused = target.and(page.locator(':focus'))
  for (let presses = 0; presses < 80; presses += 1) {
    if ((await focused.count()) > 0) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${target}`)
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * Fails when axe finds anything against WCAG 2.2 AA, or on a `page` against good practice, on what is shown as it
 * stands. A `mail` needs no landmarks: the mail program around it has them. `colors` asks only what a change of colours
 * can change.
 */
export async function expectAccessible(page: Page, what: string, scope: 'page' | 'mail' | 'colors'): Promise<void> {
  // Without the page of its own that axe opens to gather from frames of other sites: there are none here.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  if (scope === 'colors') axe.withRules(['color-contrast', 'link-in-text-block'])
  else axe.withTags(scope === 'page' ? [...WCAG, 'best-practice'] : WCAG)
  const { violations } = await axe.analyze()
  const found = violations.map(
    (one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => node.target.join(' ')).join('; ')}`,
  )
  expect.soft(found, `axe on ${what}`).toEqual([])
}
