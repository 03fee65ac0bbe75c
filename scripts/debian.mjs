/** Packages of Debian, where root may install them. Dependency-free. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Installs them and their needs with apt-get, when this is Debian (or a child of it) and we are root; else does nothing. */
export function installDebianPackages(who, what, packages) {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return
  console.error(`${who}: installing ${what} with apt-get`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const stdio = ['ignore', 2, 2]
  spawnSync('apt-get', ['update', '-qq'], { stdio, env })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio, env })
}
