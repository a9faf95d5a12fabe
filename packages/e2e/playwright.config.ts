import { defineConfig } from '@playwright/test'
import { findChromium } from './src/find-chromium.ts'

const chromium = await findChromium()

export default defineConfig({
  testDir: './journeys',
  timeout: 240_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: process.env.CI ? 1 : 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  outputDir: 'test-results/artifacts',
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'America/New_York',
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    // Pictures of every moment would cost more than the journeys themselves; the page as it failed is kept anyway.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium.executablePath === null ? {} : { executablePath: chromium.executablePath }),
      args: chromium.args,
    },
  },
})
