import { randomBytes } from 'node:crypto'
import { screenPassword } from '../console/password.ts'
import { createVncHubs } from '../console/vnc.ts'
import type { Database } from '../db/database.ts'
import type { Host } from '../host/host.ts'
import type { Change, Inventory } from '../inventory/inventory.ts'
import { type ConsoleChange, createLiveHub, type LiveHub } from '../live/live.ts'
import type { Logger } from '../log.ts'
import { createSerialHubs } from '../serial/hubs.ts'
import { createCapabilities } from '../system/capabilities.ts'
import { createLoadSampler } from '../system/load.ts'
import { createTasks } from '../tasks/task.ts'

/** Everything that there is once for each host: nothing of it is shared, so that no host can make another one wait. */
export type Machine = ReturnType<typeof createMachine>

export function createMachine(parts: {
  host: Host
  inventory: Inventory
  db: Database
  /** Where the tasks of all hosts are told. */
  live: Pick<LiveHub<ConsoleChange>, 'publish'>
  log: Logger
  now: () => number
  /** Called when the host may have begun or ceased to answer. */
  onStatus: () => void
  /** Where what guests say on their serial ports is kept over a restart; nowhere when left out. */
  serialDirectory?: string
}) {
  const { host, inventory, db, log, now, live, onStatus, serialDirectory = null } = parts
  const serials = createSerialHubs({ host, inventory, log, now, directory: serialDirectory })
  const load = createLoadSampler({ host, inventory, now })
  const changes = createLiveHub<Change>({
    mark: randomBytes(6).toString('base64url'),
    // The host is watched, and its load measured, only while somebody looks at it.
    watch(publish) {
      const heard = (told: readonly Change[]) => {
        publish(told)
        if (told.some(({ topic }) => topic === 'vm' || topic === 'vms' || topic === 'everything'))
          void serials.follow()
        if (told.some(change => change.topic === 'system' || change.topic === 'everything')) onStatus()
      }
      const stops = [inventory.watch(heard), load.watch()]
      void serials.follow()
      return () => {
        for (const stop of stops) stop()
      }
    },
  })
  const tasks = createTasks({ host, inventory, db, live, log, now })
  const screens = createVncHubs({ host, inventory, log, now, passwordOf: vm => screenPassword(host, vm) })
  return {
    host,
    inventory,
    load,
    changes,
    tasks,
    screens,
    serials,
    capabilities: createCapabilities({ host, now }),
    /** Nobody looks at it, nothing works on it, and no guest is listened to. */
    idle: () => changes.listeners === 0 && screens.size === 0 && serials.size === 0 && tasks.idle(),
    async close() {
      await tasks.close(0)
      await screens.close()
      await serials.close()
      changes.close()
      inventory.close()
      await host.close()
    },
  }
}
