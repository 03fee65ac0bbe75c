import type { RefusedKey } from '../errors.ts'
import type { MachineFacts } from '../host/machine.ts'

/** Something the host can or cannot do, with the reason and the command that would mend it. */
export type Capability = {
  id: string
  title: string
  /** `absent`: not of this kind of machine; nothing is wrong and nothing mends it. */
  state: 'ok' | 'warning' | 'missing' | 'absent'
  /** Why, in one sentence. */
  reason: string
  /** Shell command that would mend it. */
  mend: string | null
}

/** Who the machine is. */
export type HostFacts = MachineFacts

/** One sample of the host's load. */
export type HostLoad = {
  at: number
  /** 0 to 1 of all CPUs. */
  cpu: number
  memoryUsedBytes: number
  arcBytes: number
  memoryFreeBytes: number
  /** A second, over the machine's own network cards; null where that is not told. */
  network: { receivedBytes: number; sentBytes: number } | null
  /** A second, of all pools together; null where that is not told. */
  pools: { readBytes: number; writtenBytes: number } | null
}

/** Whether what the screen shows is what the host last said, and when that was. */
export type HostStatus = {
  id: string
  kind: 'local' | 'sandbox' | 'ssh'
  state: 'connecting' | 'online' | 'lost'
  /** Unix ms of the last answer. */
  heardAt: number | null
  /** Why it is lost, one sentence. */
  reason: string | null
  /** Lost because another machine may be answering: Skep does not sign in there. */
  refusedKey: RefusedKey | null
}
