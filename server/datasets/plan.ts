/** What each verb on a dataset will do, or why not. Pure: facts in, plan out. */
import type { ErrorCode } from '../errors.ts'
import { promoteArgv, renameArgv } from '../host/zfs/change.ts'
import { createFilesystemArgv, createVolumeArgv } from '../host/zfs/create.ts'
import type { PoolDetail } from '../pools/model.ts'
import type { Snapshot } from '../snapshots/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { CreateFilesystemInput, CreateVolumeInput } from './input.ts'
import type { DatasetRow } from './model.ts'
import { newDatasetNameProblem, volblocksizeProblem, volumeSizeProblem } from './names.ts'
import { featureFor, reservationOf } from './properties.ts'
import { counted, holdsDisks, inWords, isBelow, usersBelow } from './users.ts'

export type PoolFacts = Pick<PoolDetail, 'name' | 'health' | 'readonly' | 'features'>

/** What is needed to say whether a dataset may come to be under a name. */
export type NewNameFacts = { datasets: readonly DatasetRow[]; pool: PoolFacts | null }

export function refusal(code: ErrorCode, message: string, next?: string, names?: string[]): Refusal {
  return { code, message, detail: { ...(next ? { next } : {}), ...(names ? { names } : {}) } }
}

export function poolOf(dataset: string): string {
  return dataset.split('/')[0] ?? dataset
}

export function parentOf(dataset: string): string | null {
  const slash = dataset.lastIndexOf('/')
  return slash < 0 ? null : dataset.slice(0, slash)
}

/** A pool on which nothing can be written: a write would fail, or hang for good on a suspended one. */
export function poolProblem(pool: PoolFacts): Refusal | null {
  if (pool.health === 'SUSPENDED') {
    return refusal(
      'refused',
      `Pool ${pool.name} is suspended: it has lost too many of its disks to write anything.`,
      'Bring the missing disks back, then clear the pool.',
    )
  }
  return pool.readonly ? refusal('refused', `Pool ${pool.name} is imported read-only.`) : null
}

/** Why no dataset can be made (or moved to) under that name. */
export function newNameProblem(name: string, facts: NewNameFacts): Refusal | null {
  const problem = newDatasetNameProblem(name)
  if (problem) return { code: 'invalid', message: problem, detail: { field: 'dataset' } }
  const parent = parentOf(name)
  if (parent === null) return refusal('invalid', 'A new dataset lies below a pool: name it POOL/NAME.')
  if (!facts.pool) return refusal('not_found', `There is no pool ${poolOf(name)}.`)
  if (facts.datasets.some(each => each.name === name)) {
    return { code: 'exists', message: `${name} exists already.`, detail: { field: 'dataset' } }
  }
  const above = facts.datasets.find(each => each.name === parent)
  if (!above) return refusal('not_found', `There is no ${parent} to put it in.`, `Create ${parent} first.`)
  if (above.type === 'volume') return refusal('invalid', `${parent} is a volume: nothing can lie below it.`)
  return poolProblem(facts.pool)
}

function featureProblem(pool: PoolFacts, property: string, value: string): Refusal | null {
  const feature = featureFor(property, value)
  if (!feature || ['enabled', 'active'].includes(pool.features[feature] ?? '')) return null
  return refusal(
    'unsupported',
    `Pool ${pool.name} cannot use ${property}=${value}: ${feature} is not enabled on it.`,
    `Enable it with “zpool set ${feature}=enabled ${pool.name}” when every system that imports the pool knows it.`,
  )
}

/** Why these properties cannot be given to a dataset of that pool. */
export function propertiesProblem(
  pool: PoolFacts | null,
  properties: Record<string, string>,
): Refusal | null {
  for (const [property, value] of Object.entries(properties)) {
    const problem = pool && featureProblem(pool, property, value)
    if (problem) return problem
  }
  return null
}

function given(properties: Record<string, string | number | undefined>): Record<string, string> {
  const set = Object.entries(properties).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set.map(([key, value]) => [key, String(value)]))
}

export function planCreateFilesystem(input: CreateFilesystemInput, facts: NewNameFacts): Plan {
  const action = 'datasets.createFilesystem'
  const title = `Create filesystem ${input.dataset}`
  const { dataset, compression, checksum, mountpoint } = input
  const properties = given({
    compression,
    checksum,
    recordsize: input.recordsizeBytes,
    quota: input.quotaBytes,
    mountpoint,
  })
  const size = input.recordsizeBytes
  const badSize = size === undefined ? null : volblocksizeProblem(size)
  const refused =
    newNameProblem(dataset, facts) ??
    (badSize
      ? {
          code: 'invalid' as const,
          message: badSize.replace('block', 'record'),
          detail: { field: 'recordsizeBytes' },
        }
      : propertiesProblem(facts.pool, properties))
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: createFilesystemArgv({ dataset, options: Object.entries(properties) }) }],
    victims: [],
    warnings: [],
    locks: [`dataset:${dataset}`],
  })
}

const DEFAULT_VOLBLOCKSIZE = 16_384

export function planCreateVolume(input: CreateVolumeInput, facts: NewNameFacts): Plan {
  const action = 'datasets.createVolume'
  const { dataset, sparse } = input
  const title = `Create ${sparse ? 'sparse volume' : 'volume'} ${dataset}`
  const block = input.volblocksizeBytes ?? DEFAULT_VOLBLOCKSIZE
  const { compression, checksum, volblocksizeBytes } = input
  const properties = given({ volblocksize: volblocksizeBytes, compression, checksum })
  const refused =
    newNameProblem(dataset, facts) ??
    newVolumeProblem({ ...input, volblocksizeBytes: block }, facts.datasets) ??
    propertiesProblem(facts.pool, properties)
  if (refused) return refusedPlan(action, title, refused)
  const room = facts.datasets.find(each => each.name === parentOf(dataset))?.availableBytes ?? 0
  const warnings =
    sparse && input.sizeBytes > room
      ? [
          'The volume is larger than the room there is: when the pool runs full, whatever uses the volume stops.',
        ]
      : []
  return withDigest({
    action,
    title,
    steps: [
      {
        title,
        argv: createVolumeArgv({
          dataset,
          sizeBytes: input.sizeBytes,
          sparse,
          ...(volblocksizeBytes === undefined ? {} : { volblocksizeBytes }),
          options: Object.entries(given({ compression, checksum })),
        }),
      },
    ],
    victims: [],
    warnings,
    locks: [`dataset:${dataset}`],
  })
}

/** Why a zvol of this size and kind cannot be made; the fields are those of the input. */
export function newVolumeProblem(
  volume: { dataset: string; sizeBytes: number; volblocksizeBytes: number | null; sparse: boolean },
  datasets: readonly DatasetRow[],
): Refusal | null {
  const { dataset, sizeBytes, sparse } = volume
  const block = volume.volblocksizeBytes ?? DEFAULT_VOLBLOCKSIZE
  return (
    volumeProblem(sizeBytes, block) ??
    (sparse ? null : roomProblem(dataset, reservationOf(sizeBytes, block), datasets))
  )
}

function volumeProblem(sizeBytes: number, block: number): Refusal | null {
  const badBlock = volblocksizeProblem(block)
  if (badBlock) return { code: 'invalid', message: badBlock, detail: { field: 'volblocksizeBytes' } }
  const badSize = volumeSizeProblem(sizeBytes, block)
  return badSize ? { code: 'invalid', message: badSize, detail: { field: 'sizeBytes' } } : null
}

/** Why `bytes` cannot be set aside below the parent of `dataset`. */
function roomProblem(dataset: string, bytes: number, datasets: readonly DatasetRow[]): Refusal | null {
  const parent = datasets.find(each => each.name === parentOf(dataset))
  if (!parent || bytes <= parent.availableBytes) return null
  return refusal(
    'no_space',
    `${parent.name} has ${inBinary(parent.availableBytes)} to give, and this sets ${inBinary(bytes)} aside.`,
    'Make it smaller or sparse, or free room first.',
  )
}

/** Bytes for a sentence: `1.25 GiB`. */
export function inBinary(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toPrecision(value >= 1000 ? 4 : 3)} ${units[power]}`
}

export type RenameFacts = NewNameFacts & { vms: readonly Vm[] }

export function planRename(input: { dataset: string; to: string }, facts: RenameFacts): Plan {
  const action = 'datasets.rename'
  const { dataset, to } = input
  const title = `Rename ${dataset} to ${to}`
  const users = usersBelow(facts.vms, facts.datasets, dataset)
  const refused = renameProblem(dataset, to, facts) ?? runningProblem(users, dataset, 'renamed')
  if (refused) return refusedPlan(action, title, refused)
  const below = facts.datasets.filter(each => isBelow(each.name, dataset))
  const source = facts.datasets.find(each => each.name === dataset)
  const warnings = users.map(
    vm => `${vm.name} has it in ${vm.directory}/${vm.name}.conf and will not find it under its new name.`,
  )
  if (below.length > 0) warnings.push(`${counted(below.length, 'dataset')} below it get new names as well.`)
  if (source?.mounted)
    warnings.push('It is unmounted and mounted again: programs with open files there prevent that.')
  return withDigest({
    action,
    title,
    steps: [{ title, argv: renameArgv({ from: dataset, to }) }],
    victims: [],
    subjects: source ? [{ name: source.name, guid: source.guid }] : [],
    warnings,
    // Everything below gets another name too.
    locks: [`dataset:${dataset}/**`, `dataset:${to}`, ...users.map(vm => `vm:${vm.name}`)],
    facts: { children: below.map(each => each.name), guests: users.map(vm => vm.name) },
  })
}

function renameProblem(dataset: string, to: string, facts: RenameFacts): Refusal | null {
  if (!facts.datasets.some(each => each.name === dataset)) {
    return refusal('not_found', `There is no dataset ${dataset}.`)
  }
  if (parentOf(dataset) === null)
    return refusal('refused', `${dataset} is a pool; a pool gets a new name by import.`)
  if (to === dataset) return refusal('invalid', 'That is its name already.')
  if (poolOf(to) !== poolOf(dataset)) {
    return refusal(
      'refused',
      'A dataset stays in its pool: renaming moves names, not data.',
      'Send it instead.',
    )
  }
  if (isBelow(to, dataset)) return refusal('invalid', `${dataset} cannot be moved below itself.`)
  return newNameProblem(to, facts)
}

/** ZFS takes a volume away from under a running guest without a word, so the plan must not. */
export function runningProblem(users: readonly Vm[], dataset: string, done: string): Refusal | null {
  const running = users.filter(holdsDisks).map(vm => vm.name)
  const elsewhere = users.find(vm => vm.state === 'locked')
  if (elsewhere) {
    const why = elsewhere.stateReason ?? 'another machine may run it.'
    return refusal(
      'in_use',
      `${elsewhere.name}, which uses ${dataset}, is locked: ${why}`,
      undefined,
      running,
    )
  }
  if (running.length === 0) return null
  const are = running.length === 1 ? 'is running and uses' : 'are running and use'
  return refusal(
    'in_use',
    `${inWords(running)} ${are} ${dataset}: it cannot be ${done} now.`,
    `Shut ${inWords(running)} down first.`,
    running,
  )
}

export type PromoteFacts = {
  datasets: readonly DatasetRow[]
  /** Snapshots of the dataset itself and of the one it is a clone of. */
  own: readonly Snapshot[]
  originSnapshots: readonly Snapshot[]
}

/** Snapshots that change over to the clone: the origin and all older ones. zfs-promote(8). */
export function movingSnapshots(origin: string, snapshots: readonly Snapshot[]): Snapshot[] {
  const last = snapshots.find(each => each.name === origin)
  if (!last) return []
  return snapshots.filter(each => BigInt(each.createtxg) <= BigInt(last.createtxg))
}

export function planPromote(dataset: string, facts: PromoteFacts): Plan {
  const action = 'datasets.promote'
  const title = `Promote ${dataset}`
  const row = facts.datasets.find(each => each.name === dataset)
  if (!row) return refusedPlan(action, title, refusal('not_found', `There is no dataset ${dataset}.`))
  if (!row.origin) {
    return refusedPlan(
      action,
      title,
      refusal('refused', `${dataset} is not a clone: there is nothing to promote.`),
    )
  }
  const moving = movingSnapshots(row.origin, facts.originSnapshots)
  const taken = new Set(facts.own.map(each => each.tag))
  const clash = moving.filter(each => taken.has(each.tag))
  if (clash.length > 0) {
    const names = clash.map(each => `${dataset}@${each.tag}`)
    return refusedPlan(
      action,
      title,
      refusal(
        'exists',
        `${dataset} has ${clash.length === 1 ? 'a snapshot' : 'snapshots'} of the same name as one that would move to it: ${inWords(names)}.`,
        'Rename or destroy it first.',
        names,
      ),
    )
  }
  const parent = row.origin.split('@')[0] ?? ''
  return withDigest({
    action,
    title,
    steps: [{ title, argv: promoteArgv(dataset) }],
    victims: [],
    warnings: [
      `${counted(moving.length, 'snapshot')} of ${parent} ${moving.length === 1 ? 'becomes one' : 'become snapshots'} of ${dataset}, and ${parent} becomes its clone.`,
    ],
    locks: [`dataset:${dataset}`, `dataset:${parent}`],
    facts: { moves: moving.map(each => each.name), to: dataset, from: parent },
  })
}
