#!/usr/bin/env node
/**
 * `npm run demo`: Skep on a practice machine, from a fresh clone. Installs and builds what is missing, then prints one
 * line with the address. Dependency-free: it runs before anything is installed.
 *
 * `npm run demo -- --host ssh://user@host[:port] [--identity FILE] [--privilege sudo|doas]`: the same on another machine.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './build.mjs'
import { launch, sandboxAddress } from './launch.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

/** What is said on the command line, as the environment the console reads. Ends the process for words it does not know. */
function chosen() {
  const option = { type: 'string' }
  try {
    const { values } = parseArgs({ options: { host: option, identity: option, privilege: option } })
    const { host = process.env.SKEP_HOST || sandboxAddress(), identity, privilege } = values
    const isName = identity === 'agent' || identity === 'own'
    return {
      SKEP_HOST: host,
      ...(identity === undefined ? {} : { SKEP_SSH_IDENTITY: isName ? identity : resolve(identity) }),
      ...(privilege === undefined ? {} : { SKEP_SSH_PRIVILEGE: privilege }),
    }
  } catch (error) {
    console.error(
      `skep: ${error.message}\nusage: npm run demo [-- --host ssh://user@host [--identity FILE] [--privilege sudo|doas]]`,
    )
    return process.exit(64)
  }
}

const environment = chosen()
const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
const node = chooseNode(root)
ensureBuilt(root, node)
launch(root, node, environment)
