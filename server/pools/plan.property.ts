/** What a pool is told to do, and what it is able to do. Pure: facts in, plan out. zpool-set(8), zpoolprops(7), zpool-upgrade(8). */
import { refusal } from '../datasets/plan.ts'
import { counted } from '../datasets/users.ts'
import { setPoolPropertyArgv, upgradePoolArgv } from '../host/zpool/properties.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import { disabledFeatures, POOL_SETTINGS, type PoolDetail } from './model.ts'

export type PropertyFacts = Pick<
  PoolDetail,
  'name' | 'guid' | 'health' | 'readonly' | 'properties' | 'features'
>

function stoppedProblem({ name, health, readonly }: PropertyFacts): Refusal | null {
  if (health === 'SUSPENDED')
    return refusal('refused', `Pool ${name} is suspended.`, 'Bring the missing disks back, then clear it.')
  return readonly ? refusal('refused', `Pool ${name} is imported read-only.`) : null
}

const settingOf = (pool: PropertyFacts, name: string): string | undefined =>
  pool.properties.find(each => each.name === name)?.value

/** Why it cannot be this; null when it can. zpoolprops(7). */
function valueProblem(name: string, value: string, pool: PropertyFacts): string | null {
  const choices = POOL_SETTINGS[name]
  const before = settingOf(pool, name)
  if (!choices)
    return before === undefined
      ? `There is no pool property ${name} here.`
      : `${name} is no setting of a pool in use.`
  if (before === undefined) return `The ZFS of this host has no ${name}.`
  if (choices !== 'text') return choices.includes(value) ? null : `${name} is one of ${choices.join(', ')}.`
  if (!/^[ -~]*$/.test(value)) return `${name} takes printable ASCII only.`
  return value.length > 32 ? `${name} has at most 32 characters.` : null
}

export function planSetPoolProperty(input: { name: string; value: string }, pool: PropertyFacts): Plan {
  const action = 'pools.setProperty'
  const { name, value } = input
  const title = value === '' ? `Clear ${name} of ${pool.name}` : `Set ${name}=${value} on ${pool.name}`
  const problem = valueProblem(name, value, pool)
  const refused =
    stoppedProblem(pool) ??
    (problem === null ? null : { code: 'invalid' as const, message: problem, detail: { field: 'value' } })
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: setPoolPropertyArgv(pool.name, name, value) }],
    victims: [],
    subjects: [{ name: pool.name, guid: pool.guid }],
    warnings: WARNINGS[`${name}=${value}`] ?? [],
    locks: [`pool:${pool.name}`],
    facts: { pool: pool.name, guid: pool.guid, name, value, before: settingOf(pool, name) ?? null },
  })
}

const WARNINGS: Readonly<Record<string, string[]>> = {
  'failmode=panic': [
    'When the pool loses too many disks the whole machine crashes, with everything that runs on it.',
  ],
  'failmode=continue': [
    'When the pool loses too many disks, new writes fail at once instead of waiting: guests see write errors.',
  ],
  'autoreplace=on': ['A new disk found where an old one was is overwritten without a question.'],
  'autoexpand=on': ['When all disks of a group have grown the pool grows with them; it never shrinks again.'],
  'listsnapshots=on': ['“zfs list” in a shell then shows every snapshot too.'],
  'multihost=on': ['Needs a host id of its own on each machine. An import after a crash then takes longer.'],
}

/** What it costs is said: an older ZFS, or an older boot loader, may not read the pool any more. */
export function planUpgradePool(pool: PropertyFacts, isSystemPool: boolean): Plan {
  const action = 'pools.upgrade'
  const title = `Enable the new features of ${pool.name}`
  const missing = disabledFeatures(pool)
  const compatibility = settingOf(pool, 'compatibility') ?? 'off'
  const refused =
    stoppedProblem(pool) ??
    (missing.length === 0 ? refusal('refused', 'Every feature this ZFS knows is enabled already.') : null) ??
    (compatibility === 'legacy'
      ? refusal(
          'refused',
          `compatibility=legacy keeps ${pool.name} without features.`,
          'Set compatibility=off on the host first, if that is no longer wanted.',
        )
      : null)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: upgradePoolArgv(pool.name) }],
    victims: [],
    subjects: [{ name: pool.name, guid: pool.guid }],
    warnings: [
      `There is no way back: a feature that is enabled stays so. To be enabled: ${counted(missing.length, 'feature')} (${missing.join(', ')}).`,
      `As soon as one of them is used, a ZFS that does not know it cannot import ${pool.name} any more.`,
      ...(isSystemPool
        ? [
            `The machine boots from ${pool.name}: bring its boot loader up to date first (loader.efi(8), gptzfsboot(8)), or it may not start again.`,
          ]
        : []),
      ...(compatibility === 'off'
        ? []
        : [`compatibility=${compatibility}: only what that allows is enabled.`]),
    ],
    locks: [`pool:${pool.name}`],
    facts: { pool: pool.name, guid: pool.guid, missing },
  })
}
