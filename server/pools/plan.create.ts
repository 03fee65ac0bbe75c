/** Making a pool out of free disks. Pure: facts in, plan out. zpool-create(8), zpoolconcepts(7). */
import { poolNameProblem } from '../datasets/names.ts'
import { refusal } from '../datasets/plan.ts'
import { inWords } from '../datasets/users.ts'
import { createPoolArgv } from '../host/zpool/create.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { CreatePoolInput } from './input.ts'
import { aboutLayout, type Disk, type Pool } from './model.ts'

export type CreatePoolFacts = { pools: readonly Pool[]; disks: readonly Disk[] }

/** zpool_main.c and zfs_namecheck.c: words that begin a vdev, and what has a meaning of its own. */
const RESERVED = /^(mirror|raidz|draid|spare|log)|^(c\d|special$|dedup$|cache$)/

export function planCreatePool(input: CreatePoolInput, facts: CreatePoolFacts): Plan {
  const action = 'pools.create'
  const title = `Create the pool ${input.name}`
  const refused =
    nameProblem(input.name, facts.pools) ?? layoutProblem(input) ?? disksProblem(input, facts.disks)
  if (refused) return refusedPlan(action, title, refused)
  const used = disksIn(input)
  return withDigest({
    action,
    title,
    steps: [
      {
        title: `Create ${input.name} on ${inWords(used, 6)}`,
        argv: createPoolArgv({
          name: input.name,
          data: input.groups.map(({ layout, disks }) => ({
            kind: layout === 'stripe' ? null : layout,
            disks,
          })),
          extras: input.extras.map(({ role, isMirror, disks }) => ({
            role,
            kind: isMirror ? 'mirror' : null,
            disks,
          })),
          poolOptions: input.ashift === null ? [] : [['ashift', String(input.ashift)]],
          rootOptions: [['compression', input.compression]],
          mountpoint: input.mountpoint ?? 'none',
        }),
      },
    ],
    victims: used.map(name => ({ kind: 'disk', name: `/dev/${name}` })),
    warnings: warningsOf(input, facts.disks),
    locks: [`pool:${input.name}`, ...used.map(name => `disk:${name}`)],
    facts: { pool: input.name },
  })
}

function disksIn({ groups, extras }: CreatePoolInput): string[] {
  return [...groups, ...extras].flatMap(each => each.disks)
}

const at = (field: string, refused: Refusal): Refusal => ({
  ...refused,
  detail: { ...refused.detail, field },
})

function nameProblem(name: string, pools: readonly Pool[]): Refusal | null {
  const problem = poolNameProblem(name)
  if (problem) return at('name', refusal('invalid', problem))
  if (RESERVED.test(name)) return at('name', refusal('invalid', `“${name}” means something else to zpool.`))
  return pools.some(each => each.name === name)
    ? at('name', refusal('exists', `There is a pool ${name} already.`, 'Choose another name.'))
    : null
}

function layoutProblem({ groups, extras }: CreatePoolInput): Refusal | null {
  for (const { layout, disks } of groups) {
    const { fewest } = aboutLayout(layout, disks.length)
    if (disks.length < fewest)
      return at(
        'groups',
        refusal('invalid', `${layout} needs ${fewest} disks at least; here are ${disks.length}.`),
      )
  }
  const shapes = new Set(
    groups.map(({ layout, disks }) => `${layout}/${aboutLayout(layout, disks.length).mayFail}`),
  )
  if (shapes.size > 1)
    return at(
      'groups',
      refusal(
        'invalid',
        'The groups bear different losses: the pool would be as weak as the weakest of them.',
        'Give all groups the same layout and as many disks.',
      ),
    )
  for (const { role, isMirror, disks } of extras) {
    if (isMirror && (role === 'cache' || role === 'spare'))
      return at('extras', refusal('invalid', `A ${role} is no mirror: each of its disks stands for itself.`))
    if (isMirror && disks.length < 2)
      return at('extras', refusal('invalid', 'A mirror needs 2 disks at least.'))
  }
  return null
}

function disksProblem(input: CreatePoolInput, disks: readonly Disk[]): Refusal | null {
  const used = disksIn(input)
  const twice = used.find((name, index) => used.indexOf(name) !== index)
  if (twice) return at('groups', refusal('invalid', `${twice} is named twice.`))
  for (const name of used) {
    const disk = disks.find(each => each.name === name)
    if (!disk) return at('groups', refusal('not_found', `There is no disk ${name}.`))
    if (disk.takenBy !== null)
      return at(
        'groups',
        refusal('in_use', `${name} belongs to ${disk.takenBy}.`, 'Choose a disk that nobody has.'),
      )
  }
  return null
}

/** zpool refuses sizes that differ more than this (zpool_vdev.c, ZPOOL_FUZZ). */
const FUZZ_BYTES = 16 * 2 ** 20

function warningsOf(input: CreatePoolInput, disks: readonly Disk[]): string[] {
  const { groups, extras } = input
  const sizeOf = (name: string) => disks.find(each => each.name === name)?.sizeBytes ?? null
  const differs = groups.some(({ layout, disks: own }) => {
    const sizes = own.map(sizeOf).filter(size => size !== null)
    return layout !== 'stripe' && Math.max(...sizes) - Math.min(...sizes) > FUZZ_BYTES
  })
  const alone = extras.filter(each => (each.role === 'special' || each.role === 'dedup') && !each.isMirror)
  return [
    'Everything on these disks is overwritten. Nothing was found on them, but a disk without partitions can still hold data: be sure that they are the right ones.',
    ...(groups.some(({ layout }) => layout === 'stripe')
      ? ['Without redundancy: when one disk fails the whole pool is lost.']
      : []),
    ...(differs ? ['The disks of a group differ in size: zpool will refuse this. Choose equal ones.'] : []),
    ...alone.map(({ role }) => `The ${role} device is not mirrored: when it fails the whole pool is lost.`),
  ]
}
