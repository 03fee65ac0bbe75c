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
  /** com1, com2, ... as the conf names them. */
  comPorts: string[]
  /** The conf has changed since this bhyve was started: names of the changed keys. */
  pending: string[]
  lastExit: VmExit | null
  /** Who launched the present run: Skep's run script or vm-bhyve's supervisor. */
  supervisor: 'skep' | 'vm-bhyve' | 'unknown' | null
  /** What is wrong with the conf, so that it cannot be started. */
  problems: string[]
  protection: VmProtection
}

/** Against a person's slip: refused until the protection is taken away. A power cut or a shell asks nobody. */
export type VmProtection = { stop: boolean; destroy: boolean }

/** What a guest used of the machine between two samples, a second. */
export type VmUse = {
  at: number
  /** CPUs that were busy: 1.5 is one and a half. */
  cpus: number
  residentBytes: number
  /** Null without a zvol, or where that is not told. */
  disk: { readBytes: number; writtenBytes: number } | null
  /** As the guest sees it; null without a card. */
  network: { receivedBytes: number; sentBytes: number } | null
}

/** Which guests start with the machine: vm_list and vm_delay of rc.conf. */
export type StartOrder = {
  /** vm_enable: without it vm-bhyve starts none. */
  enabled: boolean
  list: string[]
  /** Between two of them. */
  delaySeconds: number
  /** All guests there are. */
  guests: string[]
  /** The revision a change carries. */
  revision: string
}

/** What the supervisor does when bhyve has ended (on_restart, on_fault of the conf). */
export const AFTER_RUN = ['restart', 'shutdown'] as const
export type VmPolicy = { onRestart: string; onFault: string }

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
  /** The conf that the present run was started with, where it differs in what counts (`pending`); else null. */
  startedConf: string | null
  /** sha256 of `conf`: the revision an edit carries. */
  revision: string
  /** The bhyve command line of the present run, or the one this conf gives now with ports and taps as they would be chosen. */
  argv: string[]
  /** Of which of the two `argv` and `devices` are. */
  argvOf: 'run' | 'conf'
  devices: PciDevice[]
  /** What the next cold start will make of a conf that was changed since; null where nothing is pending. */
  next: { argv: string[]; devices: PciChange[] } | null
  /** The devices that the conf names, as it is now. */
  hardware: Hardware
  policy: VmPolicy
  runs: VmRun[]
}

/** renice(8) and rctl(8) of the guest's process, as the conf has them; empty where it says nothing. */
type VmLimits = {
  /** -20 (first) to 20. */
  priority: string
  /** Percent of one CPU: 150 is one and a half. */
  pcpu: string
  /** Bytes a second, `10M`. */
  rbps: string
  wbps: string
  /** Operations a second. */
  riops: string
  wiops: string
}

/** A guest's conf as devices. Texts are as the conf has them, empty where it says nothing. */
export type Hardware = {
  cpu: { cpus: string; sockets: string; cores: string; threads: string; pins: string[] }
  memory: { size: string; wired: boolean }
  /** It keeps UEFI variables in a file of its own. */
  firmwareVariables: boolean
  localTime: boolean
  disks: (VmDisk & { options: string })[]
  nics: { index: number; emulation: string; switchName: string; mac: string; device: string }[]
  screen: {
    resolution: string
    listen: string
    /** Empty: the first free one from 5900. */
    port: string
    /** `auto`: only while it is installed. */
    wait: 'auto' | 'yes' | 'no'
    vga: string
    hasPassword: boolean
  } | null
  tablet: boolean
  random: boolean
  sound: { play: string; record: string } | null
  /** com1, com2, ... in their order. */
  comPorts: string[]
  /** Names of virtio-console ports. */
  consolePorts: string[]
  /** What it may take of the machine; empty: as much as it wants. */
  limits: VmLimits
  /** PCI devices of the machine: `2/0/0`. */
  passthru: string[]
  /** `passthru,/dev/tpm0` */
  tpm: string | null
  hostBridge: string
  /** Extra options of bhyve, without the pins and the TPM among them. */
  options: string
}

/** What a task says while a guest is given time to shut down; seconds since the first press of the button. */
export function shutdownWait(vm: string, seconds: number, graceSeconds: number): string {
  return `Waiting for ${vm} to shut down (${seconds} of ${graceSeconds} s)`
}

/** Reads `shutdownWait` back; null for any other progress. */
export function shutdownWaitOf(
  progress: string | null,
): { vm: string; seconds: number; graceSeconds: number } | null {
  const match = /^Waiting for (.+) to shut down \((\d+) of (\d+) s\)$/.exec(progress ?? '')
  return match?.[1] ? { vm: match[1], seconds: Number(match[2]), graceSeconds: Number(match[3]) } : null
}

/** `plan.facts` of `vms.create`: what the dialog shows for review. */
export type CreateVmFacts = {
  /** NAME.conf as it will be written. */
  conf: string
  directory: string
  /** The bhyve command it would start with now. */
  argv: string[]
}

/** The facts of a plan to create a guest; null for anything else. */
export function createVmFactsOf(facts: unknown): CreateVmFacts | null {
  return isCreateVmFacts(facts) ? facts : null
}

function isCreateVmFacts(facts: unknown): facts is CreateVmFacts {
  return typeof facts === 'object' && facts !== null && 'conf' in facts && 'argv' in facts
}

/** `plan.facts` of every change of devices: the conf and bhyve's command line before and after, without passwords. */
export type HardwarePlanFacts = { before: string; after: string; argvBefore: string[]; argvAfter: string[] }

/** The facts of a plan that changes devices; null for anything else. */
export function hardwarePlanFactsOf(facts: unknown): HardwarePlanFacts | null {
  return isHardwarePlanFacts(facts) ? facts : null
}

function isHardwarePlanFacts(facts: unknown): facts is HardwarePlanFacts {
  return typeof facts === 'object' && facts !== null && 'argvBefore' in facts && 'argvAfter' in facts
}

export type PciDevice = { bus: number; slot: number; func: number; emulation: string; backing: string }

/** What becomes of a device at the next cold start; `moved` is the same device in another place. */
export type PciChange =
  | { change: 'same' | 'changed' | 'moved'; now: PciDevice; next: PciDevice }
  | { change: 'gone'; now: PciDevice; next: null }
  | { change: 'new'; now: null; next: PciDevice }

/** What a guest is going to be: fills in devices and sizes, and stays a hint for people only. */
export const GUEST_KINDS = ['freebsd', 'linux', 'windows', 'openbsd', 'netbsd', 'other'] as const
export type GuestKind = (typeof GUEST_KINDS)[number]
/** What vm-bhyve calls the loader: UEFI firmware of several builds, or a program that loads the guest's kernel. */
export const LOADERS = ['uefi', 'uefi-csm', 'uefi-devel', 'uefi-custom', 'bhyveload', 'grub'] as const
export const DISK_EMULATIONS = ['virtio-blk', 'nvme', 'ahci-hd'] as const

/** A PCI device of the machine that a guest can be given; `usedBy`: the guest that has it in its conf. */
export type ReservedPci = { address: string; name: string; words: string; usedBy: string | null }

/** What the create form can offer on this host. */
export type VmChoices = {
  datastores: { name: string; path: string; dataset: string | null }[]
  switches: string[]
  isos: { name: string; datastore: string; sizeBytes: number }[]
  /** Disk images a new zvol can begin with; `diskBytes`: how large the disk in it is, null where that is not told. */
  images: { path: string; name: string; diskBytes: number | null }[]
  /** PCI devices that ppt(4) keeps for guests. */
  reserved: ReservedPci[]
  /** Zvols that no guest uses. */
  freeVolumes: { name: string; sizeBytes: number }[]
  /** Filesystems under which a zvol can be made, with what is available there. */
  parents: { name: string; availableBytes: number }[]
  maxCpus: number
  memoryBytes: number
  /** Defaults for each kind of guest. */
  presets: Record<
    GuestKind,
    {
      cpus: number
      memoryMiB: number
      diskBytes: number
      emulation: (typeof DISK_EMULATIONS)[number]
      resolution: string
    }
  >
}

/** What a person may want of a guest, as the menus name it. */
export type VmVerb =
  | 'start'
  | 'shutdown'
  | 'forceOff'
  | 'reset'
  | 'nmi'
  | 'destroy'
  | 'edit'
  | 'cleanUp'
  | 'clone'

const AWAY = 'It is not running.'

/** Why a guest may not be stopped or destroyed whatever its state: somebody has protected it. Null when it may. */
export function whyProtected(vm: Pick<Vm, 'protection'>, from: keyof VmProtection): string | null {
  if (!vm.protection[from]) return null
  return `It is protected against being ${from === 'stop' ? 'stopped' : 'destroyed'}: take the protection away in its options first.`
}

/** Why a verb is not possible for a guest as it is now, in one sentence; null when it is. */
export function whyNot(
  vm: Pick<Vm, 'state' | 'stateReason' | 'problems' | 'supervisor' | 'protection'>,
  verb: VmVerb,
): string | null {
  const { state } = vm
  const alive = state === 'running' || state === 'waiting' || state === 'firmware' || state === 'stopping'
  switch (verb) {
    case 'start':
      if (alive || state === 'starting') return 'It is running.'
      if (state === 'leftover') return 'Clean up what the last run left first.'
      if (state === 'locked') return vm.stateReason ?? 'Another host holds its lock.'
      if (state === 'suspended') return 'It is suspended; resume it with vm(8).'
      return vm.problems[0] ?? null
    case 'shutdown':
      if (state === 'stopping') return 'It is shutting down.'
      return alive ? whyProtected(vm, 'stop') : AWAY
    case 'reset':
      if (state === 'firmware') return 'It is still in its boot loader: there is nothing to reset yet.'
      return state === 'running' || state === 'waiting' ? whyProtected(vm, 'stop') : AWAY
    case 'nmi':
      return state === 'running' ? whyProtected(vm, 'stop') : AWAY
    case 'forceOff':
      return alive || state === 'starting' ? whyProtected(vm, 'stop') : AWAY
    case 'destroy':
      if (alive || state === 'starting') return 'Shut it down first.'
      if (state === 'leftover') return 'Clean up what the last run left first.'
      if (state === 'locked') return vm.stateReason ?? 'Another host holds its lock.'
      return whyProtected(vm, 'destroy')
    case 'cleanUp':
      return state === 'leftover' ? null : 'Nothing is left over.'
    case 'edit':
    case 'clone':
      return null
  }
}
