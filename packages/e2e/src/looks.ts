import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, expectAccessible } from './test.ts'

const WIDTHS = [1280, 320] as const
const SCHEMES = ['light', 'dark'] as const

/**
 * Looks at the page as it stands, light and dark, on a desk and on the narrowest phone: axe finds nothing, and on the
 * phone nothing scrolls sideways. With `SCREENSHOTS` naming a folder, keeps pictures of it there.
 */
export async function expectSoundLooks(page: Page, what: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    // Without motion, no colour is caught half-way between two schemes.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      await expectAccessible(page, `${what}, ${colorScheme}, ${width} px`)
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect.soft(overflow, `${what} scrolls sideways at 320 px`).toBeLessThanOrEqual(0)
  }
  await keepPictures(page, what)
  await page.setViewportSize({ width: 1280, height: 900 })
}

async function keepPictures(page: Page, what: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  const name = what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  for (const colorScheme of SCHEMES)
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      const path = join(folder, `${name}-${width}-${colorScheme}.png`)
      await page.screenshot({ path, fullPage: true })
    }
}
