import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    env: { TZ: 'Asia/Kathmandu' },
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
