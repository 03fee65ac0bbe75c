import { randomBytes } from 'node:crypto'
import { createAccounts } from './accounts/accounts.ts'
import type { PasswordCost } from './accounts/password.ts'
import type { Services } from './context.ts'
import type { Database } from './db/database.ts'
import type { Host } from './host/host.ts'
import type { Inventory } from './inventory/inventory.ts'
import { createLiveHub } from './live/live.ts'
import type { Logger } from './log.ts'
import { createCapabilities } from './system/capabilities.ts'
import { createLoadSampler } from './system/load.ts'
import { createTasks } from './tasks/task.ts'

/** Everything the process owns once, put together; `main.ts` and the tests differ only in what they put in. */
export function createServices(parts: {
  host: Host
  inventory: Inventory
  db: Database
  log: Logger
  now: () => number
  passwordCost?: PasswordCost
}): Services {
  const { host, inventory, db, log, now, passwordCost } = parts
  const load = createLoadSampler({ host, now })
  const live = createLiveHub({ inventory, load, mark: randomBytes(6).toString('base64url') })
  return {
    host,
    inventory,
    db,
    log,
    now,
    live,
    load,
    capabilities: createCapabilities({ host, now }),
    tasks: createTasks({ host, inventory, db, live, log, now }),
    accounts: createAccounts({ db, now, ...(passwordCost ? { cost: passwordCost } : {}) }),
  }
}
