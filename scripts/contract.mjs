#!/usr/bin/env node
/**
 * `npm run contract -- ssh://root@host:port [--identity FILE] [--only THEME|missing]`: tells the stories of the contract
 * suite to a real machine, records what it answers, and writes docs/contract.md; without an address only that. The key
 * of `npm run lab` where none is named.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { identityFile } from './lab/build.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const argv = [
  '--disable-warning=ExperimentalWarning',
  join(root, 'scripts/contract/main.ts'),
  // The last one counts.
  `--identity=${process.env.HOST_IDENTITY || identityFile()}`,
  ...process.argv.slice(2),
]
process.exitCode = spawnSync(chooseNode(root), argv, { cwd: root, stdio: 'inherit' }).status ?? 1
