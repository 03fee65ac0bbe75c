/** The browser of tests, pictures and measures: a path given in CHROMIUM, or the system's. Dependency-free. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

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
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    console.error(`${who}: installing Chromium with apt-get`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const stdio = ['ignore', 2, 2]
    spawnSync('apt-get', ['update', '-qq'], { stdio, env })
    spawnSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      { stdio, env },
    )
  }
  const installed = findChromium()
  if (!installed) {
    console.error(
      `${who}: this needs Chromium and none was found. Install it (on Debian: apt-get install chromium) or set CHROMIUM to its path.`,
    )
  }
  return installed
}
