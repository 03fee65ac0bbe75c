/** The browser of tests, pictures and measures: a path given in CHROMIUM, or the system's. Dependency-free. */
import { existsSync } from 'node:fs'
import { installDebianPackages } from './debian.mjs'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/local/bin/chrome',
  '/usr/bin/google-chrome',
]

/** Its path, or null when this machine has none. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].filter(Boolean).find(path => existsSync(path)) ?? null
}

/** The same; installs it with apt-get where root may. Null, with one sentence on standard error, when there is no way. */
export function ensureChromium(who) {
  const found = findChromium()
  if (found) return found
  installDebianPackages(who, 'Chromium', ['chromium', 'fonts-liberation'])
  const installed = findChromium()
  if (!installed) {
    console.error(
      `${who}: this needs Chromium and none was found. Install it (on Debian: apt-get install chromium) or set CHROMIUM to its path.`,
    )
  }
  return installed
}
