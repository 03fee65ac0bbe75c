import type { AccountService } from './accounts/accounts.ts'
import type { Account } from './accounts/model.ts'
import type { Database } from './db/database.ts'
import type { Host } from './host/host.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { LiveHub } from './live/live.ts'
import type { Logger } from './log.ts'
import type { LoadSampler } from './system/load.ts'
import type { Capability } from './system/model.ts'
import type { TaskEngine } from './tasks/task.ts'

/** What the process owns once, handed to every procedure. A test builds its own. */
export type Services = {
  host: Host
  inventory: Inventory
  db: Database
  tasks: TaskEngine
  accounts: AccountService
  live: LiveHub
  load: LoadSampler
  capabilities: () => Promise<Capability[]>
  log: Logger
  /** Unix ms; a test sets it. */
  now: () => number
}

/** Who asks. `sessionId` is the public handle of the session (the hash), never the cookie. */
export type Caller = { account: Account; sessionId: string }

/** What a procedure sees as `ctx`. */
export type Context = Services & {
  caller: Caller | null
  /** Address of the browser, for the rate limit and the list of sessions. */
  address: string
  userAgent: string
  /** Whether the browser reached us by https (behind a proxy): then cookies are Secure. */
  secure: boolean
  /** Name of the session's cookie. */
  cookieName: string
  /** Adds a Set-Cookie to the answer; does nothing on a socket. */
  setCookie: (cookie: string) => void
}
