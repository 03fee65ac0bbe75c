#!/usr/bin/env node
/**
 * `npm start`: Skep on this machine. Only FreeBSD with vmm(4) has what it manages; anywhere else it says why not.
 * `npm run dev` (`--dev`): the same program on the practice machine, with pages compiled as they are asked for.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { launch, sandboxAddress } from './launch.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

/** Why this machine cannot be managed, one or two sentences; null when it can. */
function whyNot() {
  if (process.platform !== 'freebsd') {
    return `this is ${process.platform}; Skep manages FreeBSD machines, whose guests run on bhyve.`
  }
  // Everything it needs does: /dev/vmm, ifconfig(8), "zpool events", vm-bhyve's files; vm(8) asks for the same.
  if (process.getuid?.() !== 0 && !['doas', 'sudo'].includes(process.env.SKEP_PRIVILEGE ?? '')) {
    return 'managing this machine needs root: bhyve, ifconfig and zpool refuse anybody else. Start it as root, or let it borrow rights: SKEP_PRIVILEGE=doas.'
  }
  // kldstat(8): -q -m says by its exit status whether the module is there, loaded or compiled in.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/sbin` }
  if (spawnSync('kldstat', ['-q', '-m', 'vmm'], { env }).status !== 0) {
    return 'vmm(4) is not loaded, so no guest can run. Load it with: kldload vmm'
  }
  return null
}

const root = fileURLToPath(new URL('..', import.meta.url))
const dev = process.argv.includes('--dev')
const chosen = process.env.SKEP_HOST
const reason = dev || chosen ? null : whyNot()
if (reason) {
  console.error(`skep: ${reason}\nskep: to try Skep on a practice machine instead: npm run demo`)
  process.exit(1)
}
// FreeBSD gets its pages built elsewhere (build.mjs): then nothing of what builds them is needed.
ensureInstalled(root, { runOnly: process.platform === 'freebsd' && !dev })
const node = chooseNode(root)
if (dev) launch(root, node, { SKEP_HOST: chosen || sandboxAddress(), SKEP_DEV: '1', NODE_ENV: 'development' })
else {
  ensureBuilt(root, node)
  launch(root, node, { SKEP_HOST: chosen || 'local:' })
}
