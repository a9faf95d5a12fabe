import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A hostile zone: code that leans on the server's own zone fails here first.
    env: { TZ: 'Asia/Kathmandu' },
    pool: 'forks',
    maxWorkers: 2,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
