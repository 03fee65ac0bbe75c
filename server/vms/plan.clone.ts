/** A second guest of a snapshot's state: clones of its volumes, its conf with a new identity. Pure. */
import type { DatasetRow } from '../datasets/model.ts'
import { cloneArgv, createFilesystemArgv, createSnapshotsArgv } from '../host/zfs/create.ts'
import type { Snapshot } from '../snapshots/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { SEED } from './cloud-init.ts'
import { type Conf, confText, editConf, parseConf } from './conf.ts'
import type { GuestPlace } from './devices.ts'
import type { CloneVmInput } from './input.ts'
import type { Vm } from './model.ts'
import { diskName } from './plan.create.ts'
import { vmLock } from './plan.ts'
import type { GuestFiles } from './state.ts'
import { confProblems, whyBadName } from './validate.ts'

export type CloneFacts = {
  vm: Vm
  guest: GuestFiles
  /** The conf to start from: as the snapshot carries it, or today's. */
  conf: string
  datasets: readonly DatasetRow[]
  /** Of the guest's volumes. */
  snapshots: readonly Snapshot[]
  /** Names of all guests and of everything in the datastore's directory. */
  taken: readonly string[]
  system: Conf
  /** Dataset mounted at the guest's directory, null for a plain directory. */
  own: string | null
  hasVariables: boolean
  uuid: string
  mac: (index: number) => string
  port: number | null
}

const ACTION = 'vms.clone'

function no(code: Refusal['code'], message: string, field?: string, next?: string): Refusal {
  return { code, message, detail: { ...(field ? { field } : {}), ...(next ? { next } : {}) } }
}

/** Where the clone of a volume goes: beside the volume, with the guest's name in its path changed to the new one. */
function cloneTarget(volume: string, from: string, to: string): string {
  const parts = volume.split('/')
  const at = parts.lastIndexOf(from)
  if (at > 0) return parts.map((part, index) => (index === at ? to : part)).join('/')
  return [...parts.slice(0, -1), `${to}-${parts.at(-1)}`].join('/')
}

export function planClone(input: CloneVmInput, facts: CloneFacts): Plan {
  const { vm, guest } = facts
  const { name } = input
  const title = `Clone ${vm.name} as ${name}`
  const tag = input.tag ?? `clone-${name}`
  const volumes = vm.disks.flatMap(disk => (disk.dataset ? [disk.dataset] : []))
  const targets = volumes.map(volume => cloneTarget(volume, vm.name, name))
  const refused = cloneRefusal(input, facts, tag, volumes, targets)
  if (refused) return refusedPlan(ACTION, title, refused)
  const store = guest.place.datastorePath
  const place: GuestPlace = { ...guest.place, name, directory: `${store}/${name}` }
  const conf = clonedConf(facts, input, place, targets)
  const problem = confProblems(place, parseConf(conf), facts.system)[0]
  if (problem) return refusedPlan(ACTION, title, no('refused', problem.message, problem.field))
  const own = `${place.dataset}/${name}`
  const isDataset = facts.own !== null && place.dataset !== '' && !targets.includes(own)
  const steps: Step[] = []
  if (input.tag === null) {
    steps.push({
      title: `Take the snapshot @${tag} of ${volumes.length === 1 ? 'its volume' : 'its volumes'}`,
      argv: createSnapshotsArgv({ snapshots: volumes.map(volume => `${volume}@${tag}`) }),
    })
  }
  steps.push(
    isDataset
      ? { title: `Create the dataset of ${name}`, argv: createFilesystemArgv({ dataset: own }) }
      : { title: `Create the directory of ${name}`, argv: ['mkdir', place.directory] },
    ...volumes.map((volume, index) => {
      const target = targets[index] ?? ''
      // A clone has none of its origin's properties: without this the machine itself looks into its partitions.
      const argv = cloneArgv({ snapshot: `${volume}@${tag}`, target, options: [['volmode', 'dev']] })
      return { title: `Clone ${volume}@${tag}`, argv }
    }),
  )
  if (facts.hasVariables) {
    const copy = ['cp', `${vm.directory}/uefi-vars.fd`, `${place.directory}/uefi-vars.fd`]
    steps.push({ title: 'Copy the firmware variables', argv: copy })
  }
  const file = { path: `${place.directory}/${name}.conf`, before: null, after: conf }
  steps.push({ title: `Write the configuration of ${name}`, file })
  const isRunning = vm.pid !== null && input.tag === null
  return withDigest({
    action: ACTION,
    title,
    steps,
    victims: [],
    warnings: [
      ...(isRunning ? [`${vm.name} runs: the clone is as if its power had been cut.`] : []),
      ...(input.network ? [] : [`${name} has no network card, so that it cannot disturb ${vm.name}.`]),
    ],
    subjects: facts.snapshots
      .filter(each => input.tag !== null && each.tag === tag && volumes.includes(each.dataset))
      .map(each => ({ name: each.name, guid: each.guid })),
    locks: [vmLock(name), ...[...volumes, ...targets].map(dataset => `dataset:${dataset}`)],
    facts: { conf, directory: place.directory, targets },
  })
}

function cloneRefusal(
  input: CloneVmInput,
  facts: CloneFacts,
  tag: string,
  volumes: readonly string[],
  targets: readonly string[],
): Refusal | null {
  const { vm } = facts
  const bad = whyBadName(input.name)
  if (bad) return no('invalid', bad, 'name')
  if (facts.taken.includes(input.name)) return no('exists', `${input.name} exists already.`, 'name')
  if (facts.guest.conf === null)
    return no('unreadable', facts.guest.confError ?? `${vm.name}.conf cannot be read.`)
  for (const disk of vm.disks) {
    if (disk.dataset !== null || disk.emulation === 'ahci-cd') continue
    return no(
      'unsupported',
      `Disk ${disk.index} of ${vm.name}, ${disk.path}, is no volume and cannot be cloned.`,
    )
  }
  if (volumes.length === 0) return no('unsupported', `${vm.name} has no volume that could be cloned.`)
  for (const [index, volume] of volumes.entries()) {
    const has = facts.snapshots.some(each => each.name === `${volume}@${tag}`)
    if (input.tag !== null && !has) return no('not_found', `${volume} has no snapshot @${tag}.`, 'tag')
    if (input.tag === null && has) {
      return no(
        'exists',
        `${volume} has a snapshot @${tag} already.`,
        'name',
        'Clone that one, or choose another name.',
      )
    }
    const target = targets[index] ?? ''
    if (facts.datasets.some(each => each.name === target))
      return no('exists', `${target} exists already.`, 'name')
  }
  const own = `${facts.guest.place.dataset}/${input.name}`
  if (facts.datasets.some(each => each.name === own))
    return no('exists', `There is a dataset ${own} already.`, 'name')
  const graphics = confText(parseConf(facts.conf), 'graphics_port') !== ''
  return graphics && facts.port === null
    ? no('refused', 'No port from 5900 to 6099 is free for its screen.')
    : null
}

/** The last disk of the conf: vm-bhyve ends its look at the first number that is missing. */
function isSeed({ path, index }: Vm['disks'][number], { directory, disks }: Vm): boolean {
  return path === `${directory}/${SEED}` && index === disks.length - 1
}

/** The conf with another uuid, other MACs (or no network), another port, and the clones in place of the volumes. */
function clonedConf(
  facts: CloneFacts,
  input: CloneVmInput,
  place: GuestPlace,
  targets: readonly string[],
): string {
  const conf = parseConf(facts.conf)
  const changes: Record<string, string | null> = { uuid: facts.uuid }
  for (const { key } of conf.entries) {
    const nic = /^network(\d+)_(\w+)$/.exec(key)
    if (!nic) continue
    if (!input.network) changes[key] = null
    else if (nic[2] === 'mac') changes[key] = facts.mac(Number(nic[1]))
    // An interface of its own cannot be shared.
    else if (nic[2] === 'device' || nic[2] === 'name') changes[key] = null
  }
  // What cloud-init has done once it does not do again: the clone keeps it, and has no seed of its own.
  const seed = facts.vm.disks.find(disk => isSeed(disk, facts.vm))
  if (seed) for (const { key } of conf.entries) if (key.startsWith(`disk${seed.index}_`)) changes[key] = null
  if (confText(conf, 'graphics_port') !== '') changes.graphics_port = String(facts.port)
  let next = 0
  for (const disk of facts.vm.disks) {
    if (disk.dataset === null) continue
    const target = targets[next++] ?? ''
    const leaf = diskName(place, target)
    const key = `disk${disk.index}`
    if (leaf === null)
      Object.assign(changes, { [`${key}_name`]: `/dev/zvol/${target}`, [`${key}_dev`]: 'custom' })
    else
      Object.assign(changes, {
        [`${key}_name`]: leaf,
        [`${key}_dev`]: disk.backing === 'custom' ? 'zvol' : disk.backing,
      })
  }
  return editConf(facts.conf, changes)
}
