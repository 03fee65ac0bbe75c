/**
 * What a guest is doing, told from the process, /dev/vmm, run.lock and Skep's run record together.
 * `waiting`: bhyve waits for a first viewer (fbuf wait). `firmware`: runs, but the guest has not taken ACPI yet is not
 * knowable from outside; it is used for the loader stage (bhyveload, grub-bhyve). `leftover`: no bhyve, but /dev/vmm/NAME,
 * run.lock or taps of a dead one are still there. `locked`: run.lock names another host.
 */
export type VmState =
  | 'running'
  | 'stopped'
  | 'starting'
  | 'stopping'
  | 'waiting'
  | 'firmware'
  | 'crashed'
  | 'leftover'
  | 'locked'
  | 'suspended'

export type Vm = {
  name: string
  datastore: string
  /** Directory with NAME.conf. */
  directory: string
  /** Dataset whose mount point is the directory's parent or the directory itself, null when not on ZFS. */
  dataset: string | null
  loader: string
  cpus: number | null
  memoryBytes: number | null
  /** `127.0.0.1:5900` while it runs with a framebuffer. */
  vnc: string | null
  graphics: boolean
  /** Place in vm_list from 1, null when it does not start by itself. */
  autostart: number | null
  state: VmState
  /** One sentence for states that need one: what is left over, which host holds the lock, how it crashed. */
  stateReason: string | null
  pid: number | null
  /** Unix ms of the bhyve process's start. */
  startedAt: number | null
  residentBytes: number | null
  cpuPercent: number | null
  /** zvols and files, in disk order. */
  disks: VmDisk[]
  nics: VmNic[]
  /** The conf has changed since this bhyve was started: names of the changed keys. */
  pending: string[]
  lastExit: VmExit | null
  /** Who launched the present run: Skep's run script or vm-bhyve's supervisor. */
  supervisor: 'skep' | 'vm-bhyve' | 'unknown' | null
  /** What is wrong with the conf, so that it cannot be started. */
  problems: string[]
}

export type VmDisk = {
  index: number
  emulation: string
  /** zvol, sparse-zvol, file, custom, iscsi */
  backing: string
  path: string
  /** Dataset of the zvol, null for files. */
  dataset: string | null
}

export type VmNic = { index: number; emulation: string; switchName: string | null; mac: string | null }

export type VmExit = {
  /** Exit status, or null when a signal ended bhyve. */
  status: number | null
  signal: string | null
  at: number
  /** "The guest powered off", "bhyve could not open its disk: ...". */
  words: string
  /** What a person can do about it, null when nothing needs doing. */
  next: string | null
}

/** One run of bhyve, newest first in lists. */
export type VmRun = {
  startedAt: number
  endedAt: number | null
  argv: string[]
  exit: VmExit | null
  stderr: string
}

export type VmDetail = Vm & {
  /** NAME.conf as it is on the host, byte for byte. */
  conf: string
  /** sha256 of `conf`: the revision an edit carries. */
  revision: string
  /** The bhyve command line this conf gives now (ports and taps as they would be chosen, or are). */
  argv: string[]
  devices: PciDevice[]
  runs: VmRun[]
}

export type PciDevice = { bus: number; slot: number; func: number; emulation: string; backing: string }
