/** zpool-upgrade(8): which features a pool lacks, and enabling them. */
import { fail, ok, type ProgramResult } from '../programs.ts'
import type { PoolState } from '../state.ts'
import { type Call, log } from './call.ts'
import { usage } from './usage.ts'

const HEAD = 'This system supports ZFS pool feature flags.\n\n'

const lacking = (pool: PoolState): string[] =>
  Object.entries(pool.features).flatMap(([name, state]) => (state === 'disabled' ? [name] : []))

function list(pools: readonly PoolState[]): string {
  const behind = pools.filter(pool => lacking(pool).length > 0)
  const formatted = `${HEAD}All pools are formatted using feature flags.\n\n`
  if (behind.length === 0)
    return `${formatted}Every feature flags pool has all supported and requested features enabled.\n`
  const rows = behind.map(
    pool =>
      `${pool.name}\n${lacking(pool)
        .map(name => `      ${name}\n`)
        .join('')}`,
  )
  return `${formatted}
Some supported features are not enabled on the following pools. Once a
feature is enabled the pool may become incompatible with software
that does not support the feature. See zpool-features(7) for details.

Note that the pool 'compatibility' feature can be used to inhibit
feature upgrades.

POOL  FEATURE
---------------
${rows.join('\n')}
`
}

export function upgradePools(call: Call): ProgramResult {
  const { world, options } = call
  const every = Object.values(world.state.pools).sort((a, b) => (a.name < b.name ? -1 : 1))
  const names = options.operands
  if (options.has('a') && names.length > 0)
    return usage('upgrade', '-a option is incompatible with pool names')
  if (!options.has('a') && names.length === 0) return ok(list(every))
  const missing = names.filter(name => !world.state.pools[name])
  const told = every
    .filter(pool => options.has('a') || names.includes(pool.name))
    .map(pool => {
      const features = lacking(pool)
      if (features.length === 0)
        return options.has('a')
          ? ''
          : `Pool '${pool.name}' already has all supported and requested features enabled.\n`
      for (const name of features) {
        pool.features[name] = 'enabled'
        world.history(pool, 'set', { text: `feature@${name}=enabled` })
      }
      return `Enabled the following features on '${pool.name}':\n${features.map(name => `  ${name}\n`).join('')}\n`
    })
  world.commit()
  log(call)
  const stderr = missing.map(name => `cannot open '${name}': no such pool\n`).join('')
  return stderr === '' ? ok(HEAD + told.join('')) : fail(1, stderr, HEAD + told.join(''))
}
