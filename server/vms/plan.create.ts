/** Creating a guest. Pure: facts in, plan out. */
import type { DatasetRow } from '../datasets/model.ts'
import { inBinary, type NewNameFacts, newNameProblem, newVolumeProblem } from '../datasets/plan.ts'
import { copyImageArgv, needsQemuImg } from '../host/image-copy.ts'
import { createFilesystemArgv, createVolumeArgv } from '../host/zfs/create.ts'
import { diskBytesOf, whyNoDisk } from '../images/disk.ts'
import type { Image } from '../images/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { cloudSteps } from './cloud-init.ts'
import { parseConf } from './conf.ts'
import type { GuestPlace } from './devices.ts'
import type { CreateVmInput } from './input.ts'
import type { CreateVmFacts, Vm } from './model.ts'
import { vmLock } from './plan.ts'
import { newConf } from './presets.ts'
import type { Datastore } from './system-conf.ts'
import { switches } from './system-conf.ts'
import { confProblems, whyBadName } from './validate.ts'

export type CreateFacts = {
  vms: readonly Vm[]
  stores: readonly Datastore[]
  vmDir: string
  /** Text of system.conf. */
  system: string
  datasets: readonly DatasetRow[]
  newName: NewNameFacts
  /** Names in the datastore's directory. */
  taken: readonly string[]
  /** The image asked for; null where there is none, or none is asked for. */
  image: Image | null
  /** qemu-img is installed. */
  hasQemuImg: boolean
  /** Path of the medium asked for, null where there is no such file. */
  isoPath: string | null
  uuid: string
  mac: string
  port: number | null
  keepsVariables: boolean
  memoryOfHostBytes: number | null
  maxCpus: number
  /** The bhyve command that a conf at a place would start with. */
  commandOf: (place: GuestPlace, conf: string) => string[]
}

const ACTION = 'vms.create'

function no(code: Refusal['code'], message: string, field: string, next?: string): Refusal {
  return { code, message, detail: { field, ...(next ? { next } : {}) } }
}

export function planCreate(input: CreateVmInput, facts: CreateFacts): Plan {
  const title = `Create ${input.name}`
  const store = facts.stores.find(one => one.name === input.datastore)
  const refused = inputRefusal(input, facts, store)
  if (refused || !store) {
    return refusedPlan(ACTION, title, refused ?? no('not_found', 'There is no such datastore.', 'datastore'))
  }
  const directory = `${store.path}/${input.name}`
  const place: GuestPlace = {
    name: input.name,
    directory,
    datastorePath: store.path,
    dataset: store.dataset,
    vmDir: facts.vmDir,
  }
  const conf = newConf({
    input,
    uuid: facts.uuid,
    mac: facts.mac,
    port: facts.port ?? 5900,
    disk: diskOf(input, place),
    iso: facts.isoPath,
    keepsVariables: facts.keepsVariables,
  })
  const problem = confProblems(place, parseConf(conf), parseConf(facts.system))[0]
  if (problem) return refusedPlan(ACTION, title, no('refused', problem.message, problem.field))
  return withDigest({
    action: ACTION,
    title,
    steps: [
      directoryStep(input, facts, store),
      ...volumeSteps(input, facts),
      ...(input.cloud === undefined
        ? []
        : cloudSteps(input.cloud, {
            directory,
            name: input.name,
            uuid: facts.uuid,
            mac: input.switchName === null ? null : facts.mac,
          })),
      {
        title: `Write the configuration of ${input.name}`,
        file: { path: `${directory}/${input.name}.conf`, before: null, after: conf },
      },
    ],
    victims: [],
    warnings: input.switchName === null ? ['It has no network card.'] : [],
    locks: [vmLock(input.name), `dataset:${input.disk.dataset}`],
    facts: { conf, directory, argv: facts.commandOf(place, conf) } satisfies CreateVmFacts,
  })
}

/** A dataset of its own where the datastore is one, as vm-bhyve makes it; a plain directory where the name is a zvol. */
function directoryStep(input: CreateVmInput, facts: CreateFacts, store: Datastore): Step {
  const own = `${store.dataset}/${input.name}`
  const isVolume =
    facts.datasets.some(each => each.name === own) ||
    (input.disk.from === 'new' && input.disk.dataset === own)
  return store.dataset !== '' && !isVolume
    ? { title: `Create the dataset of ${input.name}`, argv: createFilesystemArgv({ dataset: own }) }
    : { title: `Create the directory of ${input.name}`, argv: ['mkdir', `${store.path}/${input.name}`] }
}

function volumeSteps(input: CreateVmInput, { image }: CreateFacts): Step[] {
  const { disk } = input
  if (disk.from !== 'new') return []
  return [
    {
      title: `Create the volume ${disk.dataset}`,
      argv: createVolumeArgv({
        dataset: disk.dataset,
        sizeBytes: disk.sizeBytes,
        sparse: disk.sparse,
        ...(disk.volblocksizeBytes === null ? {} : { volblocksizeBytes: disk.volblocksizeBytes }),
        // As vm-bhyve: its partitions are no business of this machine.
        options: [['volmode', 'dev']],
      }),
    },
    ...(image === null || disk.image === undefined
      ? []
      : [
          {
            title: `Copy the image ${image.name} onto it`,
            argv: copyImageArgv(image, `/dev/zvol/${disk.dataset}`),
          },
        ]),
  ]
}

/** How the conf names a zvol: by its leaf when it is below the guest's own dataset, by its device otherwise. */
export function diskName(place: GuestPlace, dataset: string): string | null {
  const own = `${place.dataset}/${place.name}/`
  const leaf = dataset.startsWith(own) ? dataset.slice(own.length) : ''
  return place.dataset !== '' && leaf !== '' && !leaf.includes('/') ? leaf : null
}

function diskOf(
  input: CreateVmInput,
  place: GuestPlace,
): { name: string; backing: 'zvol' | 'sparse-zvol' | 'custom' } {
  const { disk } = input
  const leaf = diskName(place, disk.dataset)
  if (leaf === null) return { name: `/dev/zvol/${disk.dataset}`, backing: 'custom' }
  return { name: leaf, backing: disk.from === 'new' && disk.sparse ? 'sparse-zvol' : 'zvol' }
}

function inputRefusal(
  input: CreateVmInput,
  facts: CreateFacts,
  store: Datastore | undefined,
): Refusal | null {
  const { name } = input
  const bad = whyBadName(name)
  if (bad) return no('invalid', bad, 'name')
  if (!store) return no('not_found', `There is no datastore ${input.datastore}.`, 'datastore')
  if (facts.vms.some(vm => vm.name === name)) return no('exists', `There is a guest ${name} already.`, 'name')
  if (facts.taken.includes(name)) {
    return no('exists', `${store.path}/${name} exists already.`, 'name', 'Choose another name.')
  }
  if (input.cpus > facts.maxCpus) {
    return no('invalid', `This machine gives a guest at most ${facts.maxCpus} CPUs.`, 'cpus')
  }
  const memory = facts.memoryOfHostBytes
  if (memory !== null && input.memoryMiB * 1024 ** 2 > memory) {
    return no('invalid', 'That is more memory than this machine has.', 'memoryMiB')
  }
  if (
    input.switchName !== null &&
    !switches(parseConf(facts.system)).some(one => one.name === input.switchName)
  ) {
    return no('not_found', `There is no switch ${input.switchName}.`, 'switchName')
  }
  if (input.iso !== null && facts.isoPath === null)
    return no('not_found', `There is no medium ${input.iso}.`, 'iso')
  if (facts.isoPath !== null && /[,%\s]/.test(facts.isoPath)) {
    return no(
      'refused',
      'The name of the medium holds a blank, a comma or a percent sign.',
      'iso',
      'Rename the file.',
    )
  }
  if (input.resolution !== null && facts.port === null) {
    return no('refused', 'No port from 5900 to 6099 is free for its screen.', 'resolution')
  }
  return diskRefusal(input, facts, store)
}

const SECTOR_BYTES = 512

/** Whether the volume can begin with that image. */
function imageRefusal(
  { sizeBytes }: Extract<CreateVmInput['disk'], { from: 'new' }>,
  { image, hasQemuImg }: CreateFacts,
): Refusal | null {
  if (!image) return no('not_found', 'There is no such image.', 'image')
  const why = whyNoDisk(image)
  if (why) return no('refused', why, 'image')
  if (needsQemuImg(image.format) && !hasQemuImg)
    return no(
      'unsupported',
      `qemu-img reads ${image.format}, and is not installed on this machine.`,
      'image',
      'Install it there: pkg install qemu-tools.',
    )
  // A volume is written in whole sectors (geom(4)).
  if (!needsQemuImg(image.format) && image.sizeBytes % SECTOR_BYTES !== 0)
    return no('refused', `${image.name} is no disk: it has no whole number of sectors.`, 'image')
  const needed = diskBytesOf(image)
  return needed !== null && sizeBytes < needed
    ? no(
        'invalid',
        `The disk in ${image.name} has ${inBinary(needed)}: the volume must be as large.`,
        'sizeBytes',
      )
    : null
}

function diskRefusal(input: CreateVmInput, facts: CreateFacts, store: Datastore): Refusal | null {
  const { disk } = input
  const own = `${store.dataset}/${input.name}`
  const existing = facts.datasets.find(each => each.name === own)
  if (store.dataset !== '' && existing?.type === 'filesystem') {
    return no('exists', `There is a dataset ${own} already.`, 'name', 'Choose another name.')
  }
  if (/[,%\s]/.test(disk.dataset)) {
    return no(
      'refused',
      'A volume whose name holds a blank, a comma or a percent sign cannot be a disk.',
      'disk',
    )
  }
  if (disk.from === 'new') {
    // Its parent may be the very dataset this creates.
    const known = facts.newName.datasets
    const parent = facts.datasets.find(each => each.name === store.dataset)
    const made =
      parent && !existing ? [...known, { ...parent, name: own, type: 'filesystem' as const }] : known
    const isOwn = disk.dataset === own
    const datasets = isOwn ? known : made
    const problem = newNameProblem(disk.dataset, { ...facts.newName, datasets })
    if (problem) return { ...problem, detail: { ...problem.detail, field: 'disk' } }
    // The room is that of the parent there is.
    const inOwn = disk.dataset.startsWith(`${own}/`)
    const size = newVolumeProblem(inOwn && !existing ? { ...disk, dataset: own } : disk, known)
    if (size) return { ...size, detail: { field: 'sizeBytes', ...size.detail } }
    return disk.image === undefined ? null : imageRefusal(disk, facts)
  }
  const volume = facts.datasets.find(each => each.name === disk.dataset)
  if (volume?.type !== 'volume') return no('not_found', `There is no volume ${disk.dataset}.`, 'disk')
  const user = facts.vms.find(vm => vm.disks.some(one => one.dataset === disk.dataset))
  return user ? no('in_use', `${disk.dataset} is a disk of ${user.name}.`, 'disk') : null
}
