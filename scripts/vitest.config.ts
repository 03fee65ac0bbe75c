import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['server/**/*.test.ts', 'components/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // Stories for a real machine, where one is named.
    exclude: [...configDefaults.exclude, ...(process.env.HOST ? [] : ['server/host/contract/real.test.ts'])],
    environment: 'node',
    env: { TZ: 'UTC' },
    // Two cores are the smallest machine this suite is meant for; guests of the sandbox need one of them.
    maxWorkers: 2,
    // Tests that say that they may run side by side spend their time waiting for a machine to be given up.
    maxConcurrency: 10,
    setupFiles: ['scripts/vitest.setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
