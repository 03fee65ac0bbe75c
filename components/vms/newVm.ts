import type { CreateVmInput } from '../../server/vms/input.ts'
import type { GuestKind, VmChoices } from '../../server/vms/model.ts'
import { bytes, parseBytes } from '../ui/format.ts'

/** A choice left open: no network card, no screen, no medium. */
export const NONE = ''

/** For cloud-init; keys one a line, name servers between blanks. An empty address is DHCP. */
export type CloudDraft = {
  isWanted: boolean
  sshKeys: string
  user: string
  address: string
  gateway: string
  nameServers: string
}

/** What the form for a new guest holds, as it is typed. */
export type Draft = {
  name: string
  kind: GuestKind
  datastore: string
  cpus: string
  memory: string
  diskFrom: 'new' | 'existing'
  parent: string
  size: string
  sparse: boolean
  volblocksize: string
  /** Path of the image that a new zvol begins with, or NONE. */
  image: string
  cloud: CloudDraft
  volume: string
  emulation: 'virtio-blk' | 'nvme' | 'ahci-hd'
  switchName: string
  resolution: string
  iso: string
}

/** What the form begins with for a kind of guest; `volume`: an existing zvol it is to have. */
export function draftFor(kind: GuestKind, choices: VmChoices, volume: string | null): Draft {
  const preset = choices.presets[kind]
  const datastore = choices.datastores[0]
  return {
    name: '',
    kind,
    datastore: datastore?.name ?? 'default',
    cpus: String(Math.min(preset.cpus, choices.maxCpus)),
    memory: bytes(preset.memoryMiB * 2 ** 20),
    diskFrom: volume ? 'existing' : 'new',
    parent: datastore?.dataset ?? choices.parents[0]?.name ?? '',
    size: bytes(preset.diskBytes),
    sparse: false,
    volblocksize: '16384',
    image: NONE,
    cloud: { isWanted: true, sshKeys: '', user: '', address: '', gateway: '', nameServers: '' },
    volume: volume ?? choices.freeVolumes[0]?.name ?? '',
    emulation: preset.emulation,
    switchName: choices.switches[0] ?? NONE,
    resolution: preset.resolution,
    iso: NONE,
  }
}

/** Full name of the zvol that is made for it. */
export function volumeName(draft: Pick<Draft, 'parent' | 'name'>): string {
  return `${draft.parent}/${draft.name || 'NAME'}/disk0`
}

/** The input of the plan, or the sentence that says what is missing. */
export function inputOf(draft: Draft): CreateVmInput | string {
  if (!draft.name) return 'Give it a name.'
  const memory = parseBytes(draft.memory)
  if (!/^\d+$/.test(draft.cpus)) return 'CPUs are a whole number.'
  if (memory === null || memory < 2 ** 25) return 'Memory is a size such as 4G.'
  const size = parseBytes(draft.size)
  if (draft.diskFrom === 'new' && (size === null || size === 0)) return 'The disk needs a size such as 40G.'
  if (draft.diskFrom === 'new' && !draft.parent)
    return 'There is no filesystem for its disk: create a pool first.'
  if (draft.diskFrom === 'existing' && !draft.volume) return 'Choose a zvol.'
  return {
    name: draft.name,
    kind: draft.kind,
    datastore: draft.datastore,
    cpus: Number(draft.cpus),
    memoryMiB: Math.round(memory / 2 ** 20),
    disk:
      draft.diskFrom === 'new'
        ? {
            from: 'new',
            dataset: volumeName(draft),
            sizeBytes: size ?? 0,
            sparse: draft.sparse,
            volblocksizeBytes: Number(draft.volblocksize),
            emulation: draft.emulation,
            ...(draft.image !== NONE && { image: draft.image }),
          }
        : { from: 'existing', dataset: draft.volume, emulation: draft.emulation },
    switchName: draft.switchName || null,
    resolution: draft.resolution || null,
    iso: draft.iso || null,
    ...(isCloud(draft) && { cloud: cloudInputOf(draft.cloud) }),
  }
}

/** Only an image reads what is prepared for cloud-init. */
function isCloud({ diskFrom, image, cloud }: Draft): boolean {
  return diskFrom === 'new' && image !== NONE && cloud.isWanted
}

function cloudInputOf({ sshKeys, user, address, gateway, nameServers }: CloudDraft): CreateVmInput['cloud'] {
  const words = (text: string, between: RegExp) =>
    text
      .split(between)
      .map(each => each.trim())
      .filter(Boolean)
  return {
    user: user || null,
    sshKeys: words(sshKeys, /\n/),
    network:
      address === ''
        ? null
        : { address, gateway: gateway || null, nameServers: words(nameServers, /[\s,]+/) },
  }
}
