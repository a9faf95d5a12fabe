import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, expectAccessible } from './test.ts'

const WIDTHS = [1280, 320] as const
/** Where lists change their form: beside the navigation and without it. */
const LIST_WIDTHS = [700, 1024] as const
const SCHEMES = ['light', 'dark'] as const

/**
 * Looks at the page as it stands, light and dark, on a desk and on the narrowest phone: axe finds nothing, and on the
 * phone nothing scrolls sideways; a page with a list does so at the widths between neither. With `SCREENSHOTS` naming a folder, keeps pictures of it there.
 */
export async function expectSoundLooks(page: Page, what: string, kind: 'page' | 'mail' = 'page'): Promise<void> {
  for (const width of WIDTHS)
    for (const colorScheme of SCHEMES) {
      await show(page, { width, colorScheme })
      await expectAccessible(page, `${what}, ${colorScheme}, ${width} px`, colorScheme === 'light' ? kind : 'colors')
    }
  await expectNothingSideways(page, what, 320)
  if ((await page.getByRole('table').count()) > 0)
    for (const width of LIST_WIDTHS) {
      await show(page, { width, colorScheme: 'light' })
      await expectNothingSideways(page, what, width)
    }
  await keepPictures(page, what)
  await page.setViewportSize({ width: 1280, height: 900 })
}

async function expectNothingSideways(page: Page, what: string, width: number): Promise<void> {
  const sideways = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect.soft(sideways, `${what} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0)
}

/** Changes how the page is looked at, and waits until everything has its final place and colour. */
async function show(
  page: Page,
  { width, colorScheme }: { width: number; colorScheme: 'light' | 'dark' },
): Promise<void> {
  // Without motion, no colour is caught half-way between two schemes.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: 900 })
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((one) => one.finished))
  })
}

async function keepPictures(page: Page, what: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  const name = what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  for (const colorScheme of SCHEMES)
    for (const width of [1280, 360]) {
      await show(page, { width, colorScheme })
      const path = join(folder, `${name}-${width}-${colorScheme}.png`)
      await page.screenshot({ path, fullPage: true })
    }
}
