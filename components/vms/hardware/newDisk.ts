import type { AddDeviceInput } from '../../../server/vms/input.hardware.ts'
import type { VmChoices, VmDetail } from '../../../server/vms/model.ts'
import { parseBytes } from '../../ui/format.ts'

/** What the form for another disk holds, as it is typed. */
export type DiskDraft = {
  from: 'new' | 'zvol' | 'file' | 'iso'
  emulation: 'virtio-blk' | 'nvme' | 'ahci-hd' | 'ahci-cd'
  parent: string
  leaf: string
  size: string
  sparse: boolean
  volblocksize: string
  volume: string
  path: string
  iso: string
  options: string
}

type Guest = Pick<VmDetail, 'dataset' | 'disks' | 'hardware'>
/** What the machine has for a disk. */
type Offer = Pick<VmChoices, 'parents' | 'freeVolumes' | 'isos'>

/** The emulations a disk can have, the one its guest has already first in mind. */
export const DISK_CHOICES = [
  { value: 'virtio-blk', label: 'virtio-blk' },
  { value: 'nvme', label: 'NVMe' },
  { value: 'ahci-hd', label: 'AHCI (SATA)' },
  { value: 'ahci-cd', label: 'CD drive (AHCI)' },
] as const

export function emulationOf(text: string): DiskDraft['emulation'] | null {
  return DISK_CHOICES.find(each => each.value === text)?.value ?? null
}

/** `disk1`, or the next number that nothing below the dataset has. */
function freeLeaf(vm: Guest, parent: string, choices: Offer): string {
  const taken = new Set([
    ...vm.disks.map(disk => disk.dataset),
    ...choices.freeVolumes.map(each => each.name),
    ...choices.parents.map(each => each.name),
  ])
  let number = vm.disks.length
  while (taken.has(`${parent}/disk${number}`)) number += 1
  return `disk${number}`
}

export function diskDraft(vm: Guest, choices: Offer, from: DiskDraft['from']): DiskDraft {
  const own = choices.parents.some(each => each.name === vm.dataset) ? vm.dataset : null
  const parent = own ?? choices.parents[0]?.name ?? ''
  const first = emulationOf(vm.hardware.disks[0]?.emulation ?? '') ?? 'virtio-blk'
  return {
    from,
    emulation: from === 'iso' ? 'ahci-cd' : first === 'ahci-cd' ? 'ahci-hd' : first,
    parent,
    leaf: freeLeaf(vm, parent, choices),
    size: '20 GiB',
    sparse: vm.hardware.disks[0]?.backing === 'sparse-zvol',
    volblocksize: '16384',
    volume: choices.freeVolumes[0]?.name ?? '',
    path: '',
    iso: choices.isos[0]?.name ?? '',
    options: from === 'iso' ? 'ro' : '',
  }
}

/** The device as the action takes it, or the sentence that says what is missing. */
export function diskDevice(draft: DiskDraft): AddDeviceInput['device'] | string {
  const { emulation, options } = draft
  const disk = (source: Extract<AddDeviceInput['device'], { kind: 'disk' }>['source']) =>
    ({ kind: 'disk', emulation, options, source }) as const
  switch (draft.from) {
    case 'new': {
      const sizeBytes = parseBytes(draft.size)
      if (!draft.parent) return 'There is no filesystem for its zvol: create a pool first.'
      if (!draft.leaf) return 'Give the zvol a name.'
      if (!sizeBytes) return 'The disk needs a size such as 40G.'
      return disk({
        from: 'new',
        dataset: `${draft.parent}/${draft.leaf}`,
        sizeBytes,
        sparse: draft.sparse,
        volblocksizeBytes: Number(draft.volblocksize),
      })
    }
    case 'zvol':
      return draft.volume === '' ? 'Choose a zvol.' : disk({ from: 'zvol', dataset: draft.volume })
    case 'file':
      return draft.path.startsWith('/')
        ? disk({ from: 'file', path: draft.path })
        : 'Give the whole path of the image.'
    case 'iso':
      return draft.iso === '' ? 'Choose an ISO.' : disk({ from: 'iso', name: draft.iso })
  }
}
