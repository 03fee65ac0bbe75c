import { orNull } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import { cpuLoad, type LoadReading, readLoad } from '../host/machine.ts'
import { type InterfaceCounters, readInterfaceCounters } from '../host/netstat.ts'
import { type PoolIo, readPoolIo } from '../host/zpool/iostat.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { NetworkState } from '../networks/model.ts'
import type { VmUse } from '../vms/model.ts'
import { readUse, type UseReading, usedBetween } from '../vms/use.ts'
import type { HostLoad } from './model.ts'

/** Time between two samples. */
export const SAMPLE_EVERY_MS = 10_000
/** The first load is known this soon after somebody begins to look. */
const FIRST_AFTER_MS = 1000
const KEPT_MS = 3_600_000

export type LoadSampler = {
  /** Samples of the last hour, oldest first; gaps where nobody looked. */
  samples(): HostLoad[]
  /** The same of a guest; empty for one that did not run. */
  guest(name: string): VmUse[]
  /** Samples while at least one watcher is there. Returns how to stop. */
  watch(): () => void
}

type Reading = {
  at: number
  load: LoadReading
  /** Of the machine's own network cards together, since they came up. */
  network: { received: number; sent: number } | null
  guests: UseReading
}

/** Reads the machine's counters now and then, one reading at a time, and only while somebody looks. */
export function createLoadSampler(options: {
  host: Host
  inventory: Pick<Inventory, 'vms' | 'networks'>
  now: () => number
}): LoadSampler {
  const { host, inventory, now } = options
  let kept: HostLoad[] = []
  let guests = new Map<string, VmUse[]>()
  let watchers = 0
  let before: Reading | null = null
  let timer: NodeJS.Timeout | undefined
  /** Changes with every start and stop: a reading that comes back after that is nobody's. */
  let turn = 0
  const io = poolMeter(host)

  async function sample(mine: number) {
    // A machine that does not answer has no load; that it is lost is told by its status.
    const reading = await read().catch(() => null)
    if (mine !== turn) return
    const first = before === null
    const wait = first && reading ? FIRST_AFTER_MS : SAMPLE_EVERY_MS
    const pools = io.taken()
    if (reading) io.measure(wait)
    if (reading && before) keep(before, reading, pools)
    before = reading
    timer = setTimeout(() => void sample(mine), wait)
  }

  async function read(): Promise<Reading> {
    const load = await readLoad(host)
    const [networks, vms] = await Promise.all([orNull(inventory.networks()), orNull(inventory.vms())])
    const [counters, use] = await Promise.all([
      networks && orNull(readInterfaceCounters(host)),
      vms && orNull(readUse(host, vms.value, networks?.value ?? null, now)),
    ])
    return {
      at: now(),
      load,
      network: networks && counters && ownTraffic(networks.value, counters),
      guests: use ?? new Map(),
    }
  }

  function keep(then: Reading, is: Reading, pools: readonly PoolIo[] | null) {
    const { memoryUsedBytes, arcBytes, memoryFreeBytes } = is.load
    const since = is.at - KEPT_MS
    kept = kept.filter(one => one.at > since)
    kept.push({
      at: is.at,
      cpu: cpuLoad(then.load, is.load),
      memoryUsedBytes,
      arcBytes,
      memoryFreeBytes,
      network: trafficBetween(then, is),
      pools: pools && {
        readBytes: pools.reduce((sum, pool) => sum + pool.readBytes, 0),
        writtenBytes: pools.reduce((sum, pool) => sum + pool.writtenBytes, 0),
      },
    })
    for (const [name, use] of usedBetween(then.guests, is.guests))
      guests.set(name, [...(guests.get(name) ?? []), use])
    guests = new Map(
      [...guests].flatMap(([name, uses]): [string, VmUse[]][] => {
        const recent = uses.filter(one => one.at > since)
        return recent.length > 0 ? [[name, recent]] : []
      }),
    )
  }

  return {
    samples: () => kept.filter(one => one.at > now() - KEPT_MS),
    guest: name => guests.get(name)?.filter(one => one.at > now() - KEPT_MS) ?? [],
    watch() {
      if (++watchers === 1) void sample(++turn)
      return () => {
        if (--watchers > 0) return
        clearTimeout(timer)
        io.stop()
        turn++
        before = null
      }
    },
  }
}

/** Bridges, taps and VLANs carry again what went over a card. */
function ownTraffic(networks: NetworkState, counters: readonly InterfaceCounters[]): Reading['network'] {
  const cards = new Set(networks.interfaces.flatMap(one => (one.kind === 'physical' ? one.name : [])))
  const own = counters.filter(({ name }) => cards.has(name))
  return {
    received: own.reduce((sum, one) => sum + one.receivedBytes, 0),
    sent: own.reduce((sum, one) => sum + one.sentBytes, 0),
  }
}

/** Null where a counter has begun anew. */
function trafficBetween(then: Reading, is: Reading): HostLoad['network'] {
  const seconds = (is.at - then.at) / 1000
  if (!then.network || !is.network || seconds <= 0) return null
  const received = is.network.received - then.network.received
  const sent = is.network.sent - then.network.sent
  return received < 0 || sent < 0 ? null : { receivedBytes: received / seconds, sentBytes: sent / seconds }
}

/** Measures the pools from one sample to the next: zpool keeps no counters, it works the means out itself. */
function poolMeter(host: Host) {
  let figures: PoolIo[] | null = null
  let under: AbortController | null = null
  return {
    /** What was measured since the last time, null where that is not done. */
    taken(): PoolIo[] | null {
      const taken = figures
      figures = null
      return taken
    },
    /** Ends shortly before the next sample. One that hangs on a suspended pool is not joined by another. */
    measure(milliseconds: number) {
      if (under) return
      const mine = new AbortController()
      under = mine
      // What cannot be measured is not shown; a pool's trouble is told by its own page.
      const reading = readPoolIo(host, Math.max(0.5, milliseconds / 1000 - 1), mine.signal).catch(() => null)
      void reading.then(found => {
        if (under !== mine) return
        under = null
        figures = found
      })
    },
    stop() {
      under?.abort()
      under = null
      figures = null
    },
  }
}
