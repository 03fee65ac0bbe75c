import { defineConfig } from 'vitest/config'

/** What is proven about the package as it is shipped: `npm test -- package`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['scripts/package/**/*.proof.ts'],
    environment: 'node',
    env: { TZ: 'UTC' },
    // Each starts whole consoles.
    maxWorkers: 1,
    setupFiles: ['scripts/vitest.setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
