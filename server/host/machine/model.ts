/** What a machine tells of itself, whatever system it runs. */

export type MachineFacts = {
  /** `FreeBSD`, or `Linux` for a machine whose storage alone is managed. */
  system: 'FreeBSD' | 'Linux'
  /** Why no guest can be on this machine, in words for its pages; null where guests are at home. */
  whyNoGuests: string | null
  hostname: string
  /** Of the running kernel: `14.5-RELEASE-p2`. */
  kernelVersion: string
  userlandVersion: string
  architecture: string
  cpuModel: string
  cpus: number
  memoryBytes: number
  /** Unix ms. */
  bootedAt: number
  zfsVersion: string
}

/** Counters of one moment. Two of them give the load between. */
export type LoadReading = {
  /** Ticks of user, nice, system, interrupt and idle since the start, as kern.cp_time has them. */
  ticks: number[]
  /** What programs and the kernel hold, the ARC told apart. */
  memoryUsedBytes: number
  arcBytes: number
  /** Free, or given back as soon as it is asked for. */
  memoryFreeBytes: number
}
