#!/usr/bin/env node
/**
 * `npm run screenshots`: pictures of every page and the main dialogs in docs/screenshots, light, dark and as on a phone,
 * of the production build on a practice machine of its own. `npm run screenshots -- rollback vms` takes only the pictures
 * whose names contain one of these words.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
const chromium = ensureChromium('screenshots')
if (chromium) {
  const argv = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'scripts/screenshots/main.ts'),
    ...process.argv.slice(2),
  ]
  const env = { ...process.env, CHROMIUM: chromium, SKEP_NODE: node }
  process.exitCode = spawnSync(node, argv, { cwd: root, stdio: 'inherit', env }).status ?? 1
} else process.exitCode = 1
