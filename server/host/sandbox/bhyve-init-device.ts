/** What every device of a guest is initialised with, and how it fails. */
import { BhyveExit, type Config, type ConfigNode } from './bhyve-config.ts'
import type { HostFacts } from './bhyve-init.ts'

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
