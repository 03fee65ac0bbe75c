/** What the form starts with for each kind of guest, and the conf it makes. Pure. */
import { SEED } from './cloud-init.ts'
import { editConf } from './conf.ts'
import type { CreateVmInput } from './input.ts'
import type { GuestKind, VmChoices } from './model.ts'

const GIB = 1024 ** 3

export const PRESETS: VmChoices['presets'] = {
  freebsd: { cpus: 2, memoryMiB: 2048, diskBytes: 20 * GIB, emulation: 'nvme', resolution: '1024x768' },
  linux: { cpus: 2, memoryMiB: 2048, diskBytes: 20 * GIB, emulation: 'virtio-blk', resolution: '1024x768' },
  windows: { cpus: 4, memoryMiB: 8192, diskBytes: 64 * GIB, emulation: 'nvme', resolution: '1600x900' },
  openbsd: { cpus: 1, memoryMiB: 1024, diskBytes: 20 * GIB, emulation: 'virtio-blk', resolution: '1024x768' },
  netbsd: { cpus: 1, memoryMiB: 1024, diskBytes: 20 * GIB, emulation: 'virtio-blk', resolution: '1024x768' },
  other: { cpus: 1, memoryMiB: 1024, diskBytes: 20 * GIB, emulation: 'ahci-hd', resolution: '1024x768' },
}

/** Network card each kind knows without a driver from elsewhere. */
function nicOf(kind: GuestKind): string {
  return kind === 'windows' || kind === 'other' ? 'e1000' : 'virtio-net'
}

export type NewConf = {
  input: CreateVmInput
  uuid: string
  mac: string
  /** Port of its screen, of its own for as long as it lives. */
  port: number
  /** The zvol as the conf names it. */
  disk: { name: string; backing: 'zvol' | 'sparse-zvol' | 'custom' }
  /** Full path of the install medium. */
  iso: string | null
  /** The package with firmware variables is installed. */
  keepsVariables: boolean
}

/** Topology keys: one socket, which every system and every licence accepts. */
export function cpuKeys(cpus: number): Record<string, string> {
  return { cpu: String(cpus), cpu_sockets: '1', cpu_cores: String(cpus), cpu_threads: '1' }
}

/** Text of a new NAME.conf. The screen listens on 127.0.0.1 only: vm-bhyve's default would be every address. */
export function newConf(facts: NewConf): string {
  const { input } = facts
  const keys: Record<string, string> = {
    loader: 'uefi',
    ...cpuKeys(input.cpus),
    memory: `${input.memoryMiB}M`,
    disk0_type: input.disk.emulation,
    disk0_name: facts.disk.name,
    disk0_dev: facts.disk.backing,
  }
  if (facts.iso !== null) {
    Object.assign(keys, {
      disk1_type: 'ahci-cd',
      disk1_name: facts.iso,
      disk1_dev: 'custom',
      disk1_opts: 'ro',
    })
  }
  if (input.cloud !== undefined) {
    const index = facts.iso === null ? 1 : 2
    Object.assign(keys, {
      [`disk${index}_type`]: 'ahci-cd',
      [`disk${index}_name`]: SEED,
      [`disk${index}_dev`]: 'file',
    })
  }
  if (input.switchName !== null) {
    Object.assign(keys, {
      network0_type: nicOf(input.kind),
      network0_switch: input.switchName,
      network0_mac: facts.mac,
    })
  }
  if (input.resolution !== null) {
    Object.assign(keys, {
      graphics: 'yes',
      graphics_listen: '127.0.0.1',
      graphics_port: String(facts.port),
      graphics_res: input.resolution,
      graphics_wait: 'no',
      xhci_mouse: 'yes',
    })
  }
  if (facts.keepsVariables) keys.uefi_vars = 'yes'
  // Windows keeps its clock in local time.
  if (input.kind === 'windows') keys.utctime = 'no'
  Object.assign(keys, { uuid: facts.uuid, guest_kind: input.kind })
  return editConf('', keys).replace(/^\n/, '')
}
