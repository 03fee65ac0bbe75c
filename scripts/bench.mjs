#!/usr/bin/env node
/**
 * `npm run bench`: what Skep costs over the raw commands, on the production build and a practice machine of its own.
 * Prints one table: measure, Skep, peer, ratio. `npm run bench -- listing pages` runs only these parts. The part `lab`
 * has real OpenZFS under it, in a laboratory of its own (docs/lab.md) or on the machine of HOST, and a table of its own.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { findChromium } from './chromium.mjs'
import { borrowLab, labEnv } from './lab/borrow.mjs'
import { hasImage } from './lab/cache.mjs'
import { NEWEST } from './lab/offers.mjs'
import { compileCache } from './launch.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
const wanted = process.argv.slice(2)
const isPractice = wanted.length === 0 || wanted.some(part => part !== 'lab')
const isReal = wanted.includes('lab') || (wanted.length === 0 && hasImage(NEWEST))

/** One process a machine: the console under measure belongs to one. */
function measure(parts, env) {
  const argv = ['--disable-warning=ExperimentalWarning', join(root, 'scripts/bench/main.ts'), ...parts]
  const given = { NODE_COMPILE_CACHE: compileCache(root), ...process.env, ...env }
  given.CHROMIUM = findChromium() ?? ''
  given.SKEP_NODE = node
  const { status } = spawnSync(node, argv, { cwd: root, stdio: 'inherit', env: given })
  if (status !== 0) process.exitCode = status ?? 1
}

if (isPractice)
  measure(
    wanted.filter(part => part !== 'lab'),
    { HOST: '' },
  )
if (isReal) {
  // A laboratory that is told to end goes with this process.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const { HOST } = process.env
  const lab = HOST ? null : await borrowLab(NEWEST)
  measure(['lab'], labEnv(HOST || lab.address))
  await lab?.giveBack()
}
