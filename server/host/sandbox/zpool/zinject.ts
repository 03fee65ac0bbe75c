/** zinject(8): trouble for a device by hand. `zinject -d DEVICE -A degrade|fault POOL`; `-c all` takes nothing back. */
import { emitStateChange } from '../events.ts'
import { getopt } from '../getopt.ts'
import { fail, ok, type Program } from '../programs.ts'
import { findLeaf, propagate } from './vdevs.ts'

const USAGE = 'usage:\n\n\tzinject -d device -A <degrade|fault> pool\n\tzinject -c <id | all>\n'

export const zinject: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'd:A:c:')
  if ('bad' in options) return fail(1, `zinject: invalid option '${options.bad}'\n${USAGE}`)
  if (options.value('c') !== null) return ok()
  const device = options.value('d')
  const action = options.value('A')
  const [name] = options.operands
  if (device === null || name === undefined || (action !== 'degrade' && action !== 'fault'))
    return fail(2, USAGE)
  const pool = world.state.pools[name]
  if (!pool) return fail(1, `cannot open '${name}': no such pool\n`)
  const leaf = findLeaf(pool, device)
  if (!leaf) return fail(1, `cannot find device '${device}' in pool '${name}'\n`)
  const before = leaf.health
  leaf.health = action === 'fault' ? 'FAULTED' : 'DEGRADED'
  leaf.note = 'too many errors'
  propagate(pool)
  world.changed()
  if (leaf.health !== before) emitStateChange(world, pool, leaf, before)
  return ok()
}
