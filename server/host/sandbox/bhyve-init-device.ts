/** What every device of a guest is initialised with, and how it fails. */
import { BhyveExit, type Config, type ConfigNode } from '../bhyve/config.ts'

/** What is at a path of the machine. */
export type PathFacts = { kind: 'file' | 'directory' | 'tty'; sizeBytes: number; writable: boolean }

/** The machine as bhyve sees it while it starts. */
export type HostFacts = {
  /** Rejects with an Error whose `code` is errno's name. */
  stat: (path: string) => Promise<PathFacts>
  /** Opens a tap; false when it cannot be had. */
  openTap: (name: string) => Promise<boolean>
  /** Whether a PCI device is reserved for guests: `ppt0`, or `bus/slot/func`. */
  hasPpt: (device: string) => boolean
  /** hw.vmm.maxcpu. */
  maxCpus: number
  /** Makes /dev/vmm/NAME; it stays when what follows fails. Throws BhyveExit when another process runs that guest. */
  createVm: (name: string, cpus: number, memoryBytes: number) => Promise<void>
  /** Takes over what bhyveload or grub-bhyve has left in /dev/vmm/NAME. Throws BhyveExit where there is nothing to run. */
  takeVm: (name: string, cpus: number, memoryBytes: number) => Promise<void>
}

export type DiskPlan = { path: string; kind: 'disk' | 'cd'; readOnly: boolean; bootindex: number | null }
export type DevicePlan = {
  /** In the order of their slots. */
  disks: DiskPlan[]
  screen: { port: number; wait: boolean; password: string | undefined } | null
  /** Backend of the first serial port: `stdio`, a tty, `tcp=…`. */
  com1: string | null
  net: boolean
}
export type Init = {
  config: Config
  host: HostFacts
  print: (line: string) => void
  plan: DevicePlan
  stdioTaken: boolean
  hasLpc: boolean
  bootindexes: Map<number, string>
}

/** Initialises one device; `place` is bus:slot:function. Throws BhyveExit. */
export type Device = (init: Init, node: ConfigNode, place: string) => Promise<void>

/** errno's words in the closing line of a failure. */
export const ERRNO: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EINVAL: 'Invalid argument',
  ENOTTY: 'Inappropriate ioctl for device',
  ENOTDIR: 'Not a directory',
  none: 'No error: 0',
}

/** A device that cannot be had: its own lines, and bhyve's closing one. Exit 4. */
export function refuse(errno: keyof typeof ERRNO, ...lines: string[]): BhyveExit {
  return new BhyveExit(
    4,
    [...lines, `Device emulation initialization error: ${ERRNO[errno] ?? ERRNO.ENOENT}`].join('\n'),
  )
}
