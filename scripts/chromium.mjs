/** The browser of tests, pictures and measures: a path given in CHROMIUM, or the system's. Dependency-free. */
import { existsSync } from 'node:fs'
import { installDebianPackages } from './debian.mjs'

/** Debian's browser without a window: the same pages with less work. */
const HEADLESS = '/usr/bin/chromium-headless-shell'

const PLACES = [
  HEADLESS,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/local/bin/chrome',
  '/usr/bin/google-chrome',
]

/** Its path, or null when this machine has none. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].filter(Boolean).find(path => existsSync(path)) ?? null
}

/** The same; installs what is lighter with apt-get where root may. Null, with one sentence on standard error, when there is no way. */
export function ensureChromium(who) {
  if (!process.env.CHROMIUM && !existsSync(HEADLESS)) {
    installDebianPackages(who, 'Chromium', ['chromium-headless-shell', 'fonts-liberation'])
    if (!findChromium()) installDebianPackages(who, 'Chromium', ['chromium', 'fonts-liberation'])
  }
  const found = findChromium()
  if (!found) {
    console.error(
      `${who}: this needs Chromium and none was found. Install it (on Debian: apt-get install chromium-headless-shell) or set CHROMIUM to its path.`,
    )
  }
  return found
}
