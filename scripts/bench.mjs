#!/usr/bin/env node
/**
 * `npm run bench`: what Skep costs over the raw commands, on the production build and a practice machine of its own.
 * Prints one table: measure, Skep, peer, ratio. `npm run bench -- listing pages` runs only these parts.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { findChromium } from './chromium.mjs'
import { compileCache } from './launch.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
const argv = [
  '--disable-warning=ExperimentalWarning',
  join(root, 'scripts/bench/main.ts'),
  ...process.argv.slice(2),
]
const env = {
  NODE_COMPILE_CACHE: compileCache(root),
  ...process.env,
  CHROMIUM: findChromium() ?? '',
  SKEP_NODE: node,
}
process.exitCode = spawnSync(node, argv, { cwd: root, stdio: 'inherit', env }).status ?? 1
