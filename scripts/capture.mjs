#!/usr/bin/env node
/**
 * `npm run capture -- ssh://root@host:port [--identity FILE]`: asks a real host what the golden cases of zfs and zpool
 * ask, and writes down what it answers now; `git diff` then shows what has drifted. The key of `npm run lab` where none
 * is named. See docs/lab.md.
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
  join(root, 'scripts/capture/main.ts'),
  // The last one counts.
  `--identity=${process.env.HOST_IDENTITY || identityFile()}`,
  ...process.argv.slice(2),
]
process.exitCode = spawnSync(chooseNode(root), argv, { cwd: root, stdio: 'inherit' }).status ?? 1
