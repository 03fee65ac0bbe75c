#!/usr/bin/env node
/**
 * `npm run demo`: Skep on a practice machine, from a fresh clone. Installs and builds what is missing, then prints one
 * line with the address. Dependency-free: it runs before anything is installed.
 */
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { launch, sandboxAddress } from './launch.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
launch(root, node, { SKEP_HOST: process.env.SKEP_HOST || sandboxAddress() })
