/** Adding and changing the disks of a conf: zvols, images, CDs, and what a guest shares with the machine. Pure. */
import { posix } from 'node:path'
import { createVolumeArgv } from '../../host/zfs/create.ts'
import type { Refusal, Step } from '../../tasks/model.ts'
import { type Conf, confValue, parseConf } from '../conf.ts'
import { diskEntries, diskPath } from '../devices.ts'
import { hardwareOf } from '../hardware.ts'
import type { AddDeviceInput, ChangeDeviceInput, DiskSource, ShareInput } from '../input.hardware.ts'
import { diskName } from '../plan.create.ts'
import { type Changes, type Edit, type EditKnowledge, edited, no, valued } from './edit.ts'

/** Options bhyve knows of each kind of disk (bhyve(8)); it keeps others without a word, and `path=` would be another disk. */
const OPTIONS_OF_ALL = ['ro', 'nocache', 'direct', 'sync', 'nodelete', 'sectorsize', 'bootindex', 'ser']
const OPTIONS_OF: Record<string, readonly string[]> = {
  nvme: ['maxq', 'qsz', 'ioslots', 'sectsz', 'eui64', 'dsm'],
  'ahci-hd': ['nmrr', 'rev', 'model'],
  'ahci-cd': ['nmrr', 'rev', 'model'],
  'virtio-scsi': ['iid'],
}

function optionsProblem(emulation: string, before: string, options: string, field: string) {
  const had = new Set(before.split(','))
  const known = [...OPTIONS_OF_ALL, ...(OPTIONS_OF[emulation] ?? [])]
  const strange = options
    .split(',')
    .find(option => option !== '' && !had.has(option) && !known.includes(option.split('=', 1)[0] ?? ''))
  return strange === undefined
    ? null
    : no('invalid', `${JSON.stringify(strange)} is no option of a ${emulation} disk.`, field)
}

/** A disk as the conf names it. */
type Backing = { name: string; dev: string; path: string; dataset: string | null; steps: Step[] }

/** Characters that end or turn a path in the conf, in vm-bhyve's shell or in bhyve. */
const UNFIT = /[,%\s"#$`\\'*?[]/

function backingOf(source: DiskSource, known: EditKnowledge): Backing | { refused: Refusal } {
  if (source.from === 'new' || source.from === 'zvol') return zvolBacking(source, known)
  // Written in one way only, so that the same file is found to be the same.
  const path = posix.normalize(known.found?.path ?? '')
  const field = source.from === 'iso' ? 'iso' : 'path'
  const asked = source.from === 'iso' ? source.name : source.path
  if (known.found?.type !== 'file') return no('not_found', `There is no file ${asked}.`, field)
  if (UNFIT.test(path))
    return no(
      'refused',
      `The name ${path} holds a character that a conf cannot hold.`,
      field,
      'Rename the file.',
    )
  const isBelow = known.stores.some(store => path.startsWith(`${store}/`))
  if (source.from === 'file' && (!isBelow || /\.(conf|lock)$|\/\.skep\//.test(path)))
    return no('refused', 'A disk image lies below a datastore of vm-bhyve.', field, 'Move it there first.')
  const own = path.startsWith(`${known.place.directory}/`) ? path.slice(known.place.directory.length + 1) : ''
  return own !== '' && !own.includes('/')
    ? { name: own, dev: 'file', path, dataset: null, steps: [] }
    : { name: path, dev: 'custom', path, dataset: null, steps: [] }
}

function zvolBacking(
  source: Extract<DiskSource, { from: 'new' | 'zvol' }>,
  known: EditKnowledge,
): Backing | { refused: Refusal } {
  const { dataset } = source
  if (UNFIT.test(dataset))
    return no('refused', `The name ${dataset} holds a character that a conf cannot hold.`, 'dataset')
  const isNew = source.from === 'new'
  if (!isNew && known.datasets.find(each => each.name === dataset)?.type !== 'volume')
    return no('not_found', `There is no volume ${dataset}.`, 'dataset')
  const problem = isNew ? known.newVolumeProblem(source) : null
  if (problem) return { refused: { ...problem, detail: { field: 'dataset', ...problem.detail } } }
  const leaf = diskName(known.place, dataset)
  const dev = leaf === null ? 'custom' : isNew && source.sparse ? 'sparse-zvol' : 'zvol'
  return {
    name: leaf ?? `/dev/zvol/${dataset}`,
    dev,
    path: `/dev/zvol/${dataset}`,
    dataset,
    steps: isNew ? [volumeStep(source)] : [],
  }
}

function volumeStep(source: Extract<DiskSource, { from: 'new' }>): Step {
  const { dataset, sizeBytes, sparse, volblocksizeBytes } = source
  return {
    title: `Create the volume ${dataset}`,
    argv: createVolumeArgv({
      dataset,
      sizeBytes,
      sparse,
      ...(volblocksizeBytes === null ? {} : { volblocksizeBytes }),
      // As vm-bhyve: its partitions are no business of this machine.
      options: [['volmode', 'dev']],
    }),
  }
}

/** Two writers ruin what is on a disk: nobody else may have it, and this guest only once. A CD is read only. */
function inUse(path: string, index: number, emulation: string, text: string, known: EditKnowledge) {
  if (emulation === 'ahci-cd') return null
  const isIt = (other: string | null) => other !== null && posix.normalize(other) === posix.normalize(path)
  const user = known.others.find(vm => vm.disks.some(disk => isIt(disk.path)))
  if (user) return no('in_use', `${path} is a disk of ${user.name}.`, 'dataset')
  const own = diskEntries(parseConf(text)).find(
    disk => disk.index !== index && isIt(diskPath(known.place, disk.name, disk.backing, () => null)),
  )
  return own ? no('in_use', `${path} is its disk ${own.index} already.`, 'dataset') : null
}

/** The keys of a disk; what stands there of an earlier one with that number goes. */
function diskKeys(conf: Conf, index: number, values: Record<string, string>): Changes {
  const prefix = `disk${index}_`
  const old = conf.entries.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => [key, null])
  const now = Object.entries(values).filter(([, value]) => value !== '')
  return {
    ...Object.fromEntries(old),
    ...Object.fromEntries(now.map(([leaf, value]) => [prefix + leaf, value])),
  }
}

export function addDisk(
  text: string,
  device: Extract<AddDeviceInput['device'], { kind: 'disk' }>,
  known: EditKnowledge,
): Edit {
  const conf = parseConf(text)
  const index = diskEntries(conf).length
  const backing = backingOf(device.source, known)
  if ('refused' in backing) return backing
  const problem =
    inUse(backing.path, index, device.emulation, text, known) ??
    optionsProblem(device.emulation, '', device.options, `disk${index}_opts`)
  if (problem) return problem
  const { emulation: type, options: opts } = device
  return edited(text, diskKeys(conf, index, { type, name: backing.name, dev: backing.dev, opts }), {
    steps: backing.steps,
    datasets: backing.dataset === null ? [] : [backing.dataset],
  })
}

export function changeDisk(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'disk' }>,
  known: EditKnowledge,
): Edit {
  const { index, emulation, options } = device
  const disk = diskEntries(parseConf(text))[index]
  if (!disk) return no('not_found', `It has no disk ${index}.`, 'index')
  const isKnown = /^(virtio-blk|nvme|ahci-hd|ahci-cd)$/.test(emulation)
  if (
    emulation !== disk.emulation &&
    !(isKnown && /^(virtio-blk|nvme|ahci-hd|ahci-cd)$/.test(disk.emulation))
  )
    return no('invalid', `A ${disk.emulation} disk cannot become ${emulation}.`, `disk${index}_type`)
  const backing = device.source ? backingOf(device.source, known) : null
  if (backing && 'refused' in backing) return backing
  const path = backing?.path ?? diskPath(known.place, disk.name, disk.backing, () => null) ?? ''
  const problem =
    inUse(path, index, emulation, text, known) ??
    optionsProblem(emulation, disk.options, options, `disk${index}_opts`)
  if (problem) return problem
  return edited(
    text,
    {
      [`disk${index}_type`]: emulation,
      ...valued(`disk${index}_opts`, options),
      ...(backing ? { [`disk${index}_name`]: backing.name, [`disk${index}_dev`]: backing.dev } : {}),
    },
    { datasets: backing?.dataset ? [backing.dataset] : [] },
  )
}

/** A PCI device that ppt(4) keeps for guests: the machine's own driver would be torn off any other. */
function givePci(text: string, address: string, known: EditKnowledge): Edit {
  const { passthru } = hardwareOf(parseConf(text), [])
  const device = known.pci.get(address)
  if (!device) return no('not_found', `The machine has no PCI device ${address}.`, 'address')
  if (!/^ppt\d/.test(device.driver)) {
    const own = /^none\d/.test(device.driver)
      ? 'is not kept for guests'
      : `is ${device.driver} of the machine`
    const next = `Keep it for guests first: pptdevs="${address}" in /boot/loader.conf, or devctl set driver -f pci0:${address.replaceAll('/', ':')} ppt.`
    return no('refused', `${address} ${own}.`, 'address', next)
  }
  if (device.usedBy !== null) return no('in_use', `${address} is given to ${device.usedBy}.`, 'address')
  return edited(
    text,
    { [`passthru${passthru.length}`]: address },
    {
      warnings: [
        'All of its memory is wired: it is taken from the machine at the start and never swapped out.',
      ],
    },
  )
}

export function shareDevice(text: string, device: ShareInput['device'], known: EditKnowledge): Edit {
  if (device.kind === 'pci') return givePci(text, device.address, known)
  const conf = parseConf(text)
  const index = diskEntries(conf).length
  if (UNFIT.test(device.path) || device.path.split('/').includes('..'))
    return no('refused', `The path ${device.path} holds what a conf cannot hold.`, 'path')
  if (device.kind === 'ctl') {
    const problem = inUse(device.path, index, 'virtio-scsi', text, known)
    return (
      problem ??
      edited(text, diskKeys(conf, index, { type: 'virtio-scsi', name: device.path, dev: 'custom' }))
    )
  }
  if (known.found?.type !== 'directory')
    return no('not_found', `There is no directory ${device.path}.`, 'path')
  return edited(
    text,
    diskKeys(conf, index, {
      type: 'virtio-9p',
      name: `${device.tag}=${device.path}`,
      dev: 'custom',
      opts: device.readonly ? 'ro' : '',
    }),
    {
      warnings: device.readonly
        ? []
        : [`The guest can write and delete in ${device.path} as root of this machine would.`],
    },
  )
}

/** Whether a disk of the conf asks for a boot position that the firmware will not hear of. */
export function unheardBootIndex(conf: Conf): boolean {
  const asks = diskEntries(conf).some(disk => /(^|,)bootindex=/.test(disk.options))
  return asks && !/fwcfg=qemu/.test(confValue(conf, 'bhyve_options') ?? '')
}
