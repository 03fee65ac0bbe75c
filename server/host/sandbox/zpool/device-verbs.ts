/** The verbs about devices of one pool. */
import { fail, type ProgramResult } from '../programs.ts'
import type { PoolState } from '../state.ts'
import { type Answer, type Call, log } from './call.ts'
import { clear, offline, online } from './devices.ts'
import { attach, detach, remove, replace } from './layout.ts'
import { untilScanned } from './scrub.ts'
import { usage } from './usage.ts'

/** The pool and the devices behind it on the command line. */
function poolAndDevices(
  verb: string,
  { world, options }: Call,
): { pool: PoolState; devices: string[] } | ProgramResult {
  const [name, ...devices] = options.operands
  if (name === undefined) return usage(verb, 'missing pool name')
  const pool = world.state.pools[name]
  return pool ? { pool, devices } : fail(1, `cannot open '${name}': no such pool\n`)
}

export function offlineDevices(call: Call): ProgramResult {
  const found = poolAndDevices('offline', call)
  if ('exit' in found) return found
  if (found.devices.length === 0) return usage('offline', 'missing device name')
  const done = offline(call.world, found.pool, found.devices, { fault: call.options.has('f') })
  if (done.exit === 0) log(call)
  return done
}

export function onlineDevices(call: Call): ProgramResult {
  const found = poolAndDevices('online', call)
  if ('exit' in found) return found
  if (found.devices.length === 0) return usage('online', 'missing device name')
  const done = online(call.world, found.pool, found.devices)
  if (done.exit === 0) log(call)
  return done
}

export function clearErrors(call: Call): Answer {
  const found = poolAndDevices('clear', call)
  if ('exit' in found) return found
  if (found.devices.length > 1) return usage('clear', 'too many arguments')
  const done = clear(call.world, found.pool, found.devices[0] ?? null)
  if (done === null) return new Promise(() => {})
  if (done.exit === 0) log(call)
  return done
}

/** Waits with `-w` until what is new has been resilvered. */
function done(call: Call, pool: PoolState, result: ProgramResult): Answer {
  if (result.exit !== 0) return result
  log(call)
  return call.options.has('w') ? untilScanned(call.world, [pool], call.io).then(() => result) : result
}

export function replaceDevice(call: Call): Answer {
  const found = poolAndDevices('replace', call)
  if ('exit' in found) return found
  const [old, fresh, extra] = found.devices
  if (old === undefined) return usage('replace', 'missing <device> specification')
  if (extra !== undefined) return usage('replace', 'too many arguments')
  return done(
    call,
    found.pool,
    replace(call.world, found.pool, [old, fresh], { force: call.options.has('f') }),
  )
}

export function attachDevice(call: Call): Answer {
  const found = poolAndDevices('attach', call)
  if ('exit' in found) return found
  const [old, fresh, extra] = found.devices
  if (old === undefined) return usage('attach', 'missing <device> specification')
  if (fresh === undefined) return usage('attach', 'missing <new_device> specification')
  if (extra !== undefined) return usage('attach', 'too many arguments')
  return done(
    call,
    found.pool,
    attach(call.world, found.pool, [old, fresh], { force: call.options.has('f') }),
  )
}

export function detachDevice(call: Call): Answer {
  const found = poolAndDevices('detach', call)
  if ('exit' in found) return found
  const [device] = found.devices
  if (device === undefined) return usage('detach', 'missing <device> specification')
  return done(call, found.pool, detach(call.world, found.pool, device))
}

export function removeDevices(call: Call): Answer {
  const found = poolAndDevices('remove', call)
  if ('exit' in found) return found
  if (found.devices.length === 0) return usage('remove', 'missing device')
  return done(call, found.pool, remove(call.world, found.pool, found.devices))
}
