import { defineConfig } from 'vitest/config'

// A hostile zone: code that leans on the server's own zone fails here first.
const env = { TZ: 'Asia/Kathmandu' }
// What is waited for comes at once or on a busy machine after a while; a second is no promise of anybody's.
const timeouts = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } }

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          env,
          ...timeouts,
          include: ['src/domain/**/*.test.ts', 'src/platform/**/*.test.ts', 'src/config.test.ts'],
        },
      },
      {
        test: {
          name: 'database',
          env,
          ...timeouts,
          globalSetup: ['./test/global-setup.ts'],
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['src/domain/**', 'src/platform/**', 'src/config.test.ts'],
        },
      },
    ],
  },
})
