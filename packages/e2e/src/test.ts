import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { Product } from './product.ts'

/** Console messages that a page may write without anything being wrong. */
const HARMLESS = [/Download the React DevTools/]

interface Fixtures {
  /** Fails the test at its end when a page wrote an error that nobody expected. */
  consoleErrors: { expect(pattern: RegExp): void; watch(page: Page): void }
}

export const test = base.extend<Fixtures, { product: Product }>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const product = await Product.start()
      await use(product)
      await product.dispose()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
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
})

export { expect }

/** Signs a demo person in through the screen. */
export async function signIn(page: Page, product: Product, email: string): Promise<void> {
  await page.goto(`${product.origin}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('demo-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
}

/** Fails when axe finds anything against WCAG 2.2 AA on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  expect(violations.map((one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => node.target.join(' ')).join('; ')}`)).toEqual([])
}
