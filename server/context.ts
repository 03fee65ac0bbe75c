import type { AccountService } from './accounts/accounts.ts'
import type { Account } from './accounts/model.ts'
import type { Database } from './db/database.ts'
import type { Fleet } from './hosts/fleet.ts'
import type { Registry } from './hosts/registry.ts'
import type { ConsoleChange, LiveHub } from './live/live.ts'
import type { Logger } from './log.ts'
import type { Audit } from './tasks/ledger.ts'

/** What the process owns once; what there is for each host is in the fleet. A test builds its own. */
export type Services = {
  db: Database
  accounts: AccountService
  fleet: Fleet
  /** Which hosts there are. */
  hosts: Registry
  /** Tells the browsers what changes in Skep itself. */
  live: LiveHub<ConsoleChange>
  audit: Audit
  log: Logger
  /** Unix ms; a test sets it. */
  now: () => number
}

/** Who asks. `sessionId` is the public handle of the session (the hash), never the cookie. */
export type Caller = { account: Account; sessionId: string }

/** What a procedure sees as `ctx`; the procedures of a host see its machine too. */
export type Context = Services & {
  caller: Caller | null
  /** The host that the request's address names, null where it names none. */
  hostId: string | null
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
