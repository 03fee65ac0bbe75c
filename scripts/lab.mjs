#!/usr/bin/env node
/**
 * `npm run lab`: a throw-away guest with real OpenZFS and spare disks, reached by ssh on 127.0.0.1 only. Builds it from
 * Debian packages where it is not in the cache yet. Dependency-free. See docs/lab.md.
 */
import { parseArgs } from 'node:util'
import { ensureImage, identityFile } from './lab/build.mjs'
import { hasImage, imageDirectory, readManifest, withLock } from './lab/cache.mjs'
import { freeze, isFrozen, machineOf, machines, pidOf, start, stop, thaw } from './lab/machine.mjs'
import { NEWEST, OFFERS, offerOf } from './lab/offers.mjs'
import { ensureTools } from './lab/tools.mjs'

const USAGE = `usage: npm run lab -- [start|stop|status|freeze|thaw|cut|build] [--zfs 2.1|2.3|2.4] [--port N]
  start    builds what is missing, boots a guest with empty disks, prints its address  (--keep-disks: those of before)
  stop     ends it and removes its disks  (--all: every one)
  status   what is built, and what runs  (--json)
  freeze   keeps memory and disks of the running guest and ends it;  thaw starts from there within seconds
  cut      pulls its plug: the process is killed, the disks stay for start --keep-disks
  build    builds the image only  (--again: from the newest packages)`

const VERBS = ['start', 'stop', 'status', 'freeze', 'thaw', 'cut', 'build']

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      zfs: { type: 'string' },
      port: { type: 'string' },
      'keep-disks': { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const [verb = 'start', ...rest] = positionals
  if (rest.length > 0 || !VERBS.includes(verb))
    throw new Error(`“${positionals.join(' ')}” is no command.\n${USAGE}`)
  const zfs = values.zfs ?? NEWEST
  const port = Number(values.port ?? offerOf(zfs).port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`“${values.port}” is no port.`)
  return { ...values, verb, zfs, machine: machineOf(zfs, port) }
}

function addressOf(machine) {
  return `ssh://root@127.0.0.1:${machine.port}`
}

function sayAddress(machine) {
  const { zfs, kernel } = readManifest(imageDirectory(machine.zfs)) ?? {}
  console.log(`${addressOf(machine)}`)
  console.error(`lab: OpenZFS ${zfs} (Linux ${kernel}) answers; its key is ${identityFile()}`)
  console.error(
    `lab: in a browser: npm run demo -- --host ${addressOf(machine)} --identity ${identityFile()}`,
  )
}

function status() {
  return {
    identity: identityFile(),
    built: Object.keys(OFFERS).filter(hasImage),
    frozen: Object.keys(OFFERS).filter(isFrozen),
    running: machines().flatMap(machine => {
      const pid = pidOf(machine)
      return pid === null ? [] : [{ zfs: machine.zfs, port: machine.port, pid, address: addressOf(machine) }]
    }),
  }
}

async function run() {
  const { verb, zfs, machine, all, again, json, 'keep-disks': keepDisks } = options()
  if (verb === 'status') {
    const now = status()
    if (json) return console.log(JSON.stringify(now))
    console.log(`built: ${now.built.join(', ') || 'none'}; frozen: ${now.frozen.join(', ') || 'none'}`)
    for (const each of now.running) console.log(`OpenZFS ${each.zfs}: ${each.address} (process ${each.pid})`)
    if (now.running.length === 0) console.log('none runs')
    return
  }
  if (verb === 'stop') {
    for (const each of all ? machines() : [machine])
      console.error(
        `lab: OpenZFS ${each.zfs} on port ${each.port}: ${(await stop(each)) ? 'stopped' : 'did not run'}`,
      )
    return
  }
  if (verb === 'cut') {
    if (!(await stop(machine, { keepDisks: true }))) throw new Error('it does not run.')
    return
  }
  if (verb === 'build' || verb === 'start') await ensureImage(zfs, { again })
  if (verb === 'build') return
  ensureTools({ building: false })
  await withLock(`run-${zfs}-${machine.port}`, async () => {
    if (verb === 'freeze') return freeze(machine)
    await (verb === 'thaw' ? thaw(machine) : start(machine, { keepDisks }))
    sayAddress(machine)
  })
}

try {
  await run()
} catch (error) {
  console.error(`lab: ${error.message}`)
  process.exitCode = 1
}
