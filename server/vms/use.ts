/** What guests use of the machine: counters of two moments, and the use between. */
import { orNull } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import { readInterfaceCounters } from '../host/netstat.ts'
import { readProcessTimes } from '../host/ps.ts'
import { readObjsetIds, readObjsetIo } from '../host/zfs/objset.ts'
import type { NetworkState } from '../networks/model.ts'
import type { Vm, VmUse } from './model.ts'

/** Bytes since some start; they begin anew when a disk or a tap is made anew. */
type Both = { in: number; out: number }

export type UseReading = Map<
  string,
  {
    at: number
    pid: number
    cpuSeconds: number
    residentBytes: number
    disk: Both | null
    network: Both | null
  }
>

/**
 * One moment of every guest that runs. `in` of a disk is what was read of it, `in` of a network what the guest has
 * received: the host counts that as sent, on the tap. A guest with a disk that is a file has no figures of its disks.
 */
export async function readUse(
  host: Host,
  vms: readonly Vm[],
  networks: NetworkState | null,
  now: () => number,
): Promise<UseReading> {
  const running = vms.flatMap(vm => (vm.pid === null ? [] : [{ ...vm, pid: vm.pid }]))
  if (running.length === 0) return new Map()
  const datasets = running.flatMap(({ disks }) => disks.flatMap(({ dataset }) => dataset ?? []))
  const [times, io, counters] = await Promise.all([
    readProcessTimes(
      host,
      running.map(({ pid }) => pid),
    ),
    orNull(readObjsetIds(host, datasets).then(ids => readObjsetIo(host, ids))),
    networks && orNull(readInterfaceCounters(host)),
  ])
  const at = now()
  const byPid = new Map(times.map(one => [one.pid, one]))
  const byTap = new Map(counters?.map(one => [one.name, one]))
  const reading: UseReading = new Map()
  for (const vm of running) {
    const time = byPid.get(vm.pid)
    if (!time) continue
    const disks = vm.disks.map(({ dataset }) => (dataset === null ? undefined : io?.get(dataset)))
    const taps = networks?.interfaces.filter(one => one.guest?.vm === vm.name) ?? []
    const cards = taps.map(({ name }) => byTap.get(name))
    reading.set(vm.name, {
      at,
      ...time,
      disk: sum(disks.map(disk => disk && { in: disk.readBytes, out: disk.writtenBytes })),
      network: sum(cards.map(card => card && { in: card.sentBytes, out: card.receivedBytes })),
    })
  }
  return reading
}

/** Null where there is none, and where one of them is not known. */
function sum(parts: readonly (Both | undefined)[]): Both | null {
  const known = parts.filter(part => part !== undefined)
  if (known.length === 0 || known.length < parts.length) return null
  return {
    in: known.reduce((all, part) => all + part.in, 0),
    out: known.reduce((all, part) => all + part.out, 0),
  }
}

/** Guests that are in both readings in the same run. */
export function usedBetween(before: UseReading, after: UseReading): Map<string, VmUse> {
  const uses = new Map<string, VmUse>()
  for (const [name, now] of after) {
    const then = before.get(name)
    const seconds = then ? (now.at - then.at) / 1000 : 0
    if (then?.pid !== now.pid || seconds <= 0) continue
    const disk = rates(then.disk, now.disk, seconds)
    const network = rates(then.network, now.network, seconds)
    uses.set(name, {
      at: now.at,
      cpus: Math.max(0, now.cpuSeconds - then.cpuSeconds) / seconds,
      residentBytes: now.residentBytes,
      disk: disk && { readBytes: disk.in, writtenBytes: disk.out },
      network: network && { receivedBytes: network.in, sentBytes: network.out },
    })
  }
  return uses
}

/** Per second; null where a counter has begun anew. */
function rates(before: Both | null, after: Both | null, seconds: number): Both | null {
  if (!before || !after || after.in < before.in || after.out < before.out) return null
  return { in: (after.in - before.in) / seconds, out: (after.out - before.out) / seconds }
}
