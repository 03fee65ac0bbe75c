import { setTimeout as delay } from 'node:timers/promises'
import type { Inventory } from '../inventory/inventory.ts'
import type { Glance } from './model.ts'

/** Time between two looks at a host that nobody has open. */
const EVERY_MS = 10_000
/** Hosts that are asked at the same time. */
const AT_ONCE = 6
/** A host that has not answered by then no longer keeps the others waiting. */
const PATIENCE_MS = 2000

/** A host as its lists have it now; what cannot be read counts as none. Rejects where neither can be read. */
export async function glanceAt(
  inventory: Pick<Inventory, 'pools' | 'vms'>,
  now: () => number,
): Promise<Glance> {
  const [pools, vms] = await Promise.allSettled([inventory.pools(), inventory.vms()])
  if (pools.status === 'rejected' && vms.status === 'rejected') throw pools.reason
  const storage = pools.status === 'fulfilled' ? pools.value.value : []
  const guests = vms.status === 'fulfilled' ? vms.value.value : []
  const fullest = storage.toSorted((a, b) => b.capacityPercent - a.capacityPercent)[0]
  return {
    at: now(),
    pools: storage.length,
    unwell: storage.filter(pool => pool.health !== 'ONLINE').map(pool => pool.name),
    fullest: fullest ? { name: fullest.name, percent: fullest.capacityPercent } : null,
    vms: guests.length,
    running: guests.filter(vm => vm.state === 'running').length,
    crashed: guests.filter(vm => vm.state === 'crashed').length,
  }
}

/**
 * Calls `look`, which never rejects, for every host now and then until it is stopped, never twice at a time for one host.
 * Only tests change the times.
 */
export function goRound(
  hosts: () => readonly string[],
  look: (id: string) => Promise<void>,
  { everyMs = EVERY_MS, patienceMs = PATIENCE_MS } = {},
): () => void {
  const stopped = new AbortController()
  const busy = new Map<string, Promise<void>>()
  const lookAt = (id: string): Promise<void> => {
    const looking = busy.get(id) ?? look(id).finally(() => busy.delete(id))
    busy.set(id, looking)
    return looking
  }
  async function round() {
    const queue = [...hosts()]
    const worker = async () => {
      for (let id = queue.shift(); id !== undefined && !stopped.signal.aborted; id = queue.shift()) {
        const patience = new AbortController()
        const late = delay(patienceMs, undefined, { signal: patience.signal, ref: false }).catch(
          () => undefined,
        )
        await Promise.race([lookAt(id), late])
        patience.abort()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }
  async function rounds() {
    while (!stopped.signal.aborted) {
      await round()
      await delay(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined)
    }
  }
  void rounds()
  return () => stopped.abort()
}
