#!/usr/bin/env node
/**
 * `npm run package`: dist/skep-VERSION.tar.gz, which needs nothing but Node to run, and its checksum. Dependency-free: it
 * runs before anything is installed. `npm run package -- DIRECTORY` puts them there.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [directory = join(root, 'dist')] = process.argv.slice(2)
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
const argv = [
  '--disable-warning=ExperimentalWarning',
  join(root, 'scripts/package/main.ts'),
  resolve(directory),
]
process.exitCode = spawnSync(node, argv, { cwd: root, stdio: 'inherit' }).status ?? 1
