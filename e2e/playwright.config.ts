import { defineConfig } from '@playwright/test'
import { labAt } from './lab.ts'
import { patience } from './patience.ts'

/**
 * A real host has no guests of ours and no faults to order: what needs zfs alone runs there. The plug is pulled on a
 * laboratory only.
 */
function which(host: string | undefined): { grep?: RegExp; grepInvert?: RegExp } {
  if (!host) return { grepInvert: /@lab/ }
  return { grep: labAt(host) ? /@storage|@lab/ : /@storage/ }
}

/**
 * A worker has a console and a sandbox of its own, so spec files run side by side; two of them keep two cores busy. A real
 * host is one, and its pools are everybody's.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: process.env.HOST ? 1 : 2,
  retries: 0,
  ...which(process.env.HOST),
  timeout: 90_000 * patience,
  expect: { timeout: 15_000 * patience },
  forbidOnly: true,
  reporter: [['list'], ['json']],
  outputDir: '../test-results',
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000 * patience,
    navigationTimeout: 30_000 * patience,
    // Filming every test for the few that fail would take a third of the time; the last picture of those is kept.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})
