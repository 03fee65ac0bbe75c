import { randomBytes } from 'node:crypto'
import { createAccounts } from './accounts/accounts.ts'
import type { PasswordCost } from './accounts/password.ts'
import type { Services } from './context.ts'
import type { Database } from './db/database.ts'
import type { OwnKey } from './host/ssh.ts'
import { createFleet, type FleetHost } from './hosts/fleet.ts'
import type { Machine } from './hosts/machine.ts'
import { createRegistry } from './hosts/registry.ts'
import { tryHost } from './hosts/trial.ts'
import { type ConsoleChange, createLiveHub } from './live/live.ts'
import type { Logger } from './log.ts'
import { createAudit } from './tasks/ledger.ts'
import type { Settler } from './tasks/settle.ts'

/** What an opened host is given of the process. */
export type Opening = Pick<Services, 'db' | 'live' | 'log' | 'now'> & { onStatus: () => void }

/** Everything the process owns once, put together; `main.ts` and the tests differ only in what they put in. */
export function createServices(parts: {
  first: Pick<FleetHost, 'id' | 'name' | 'address' | 'signIn'>
  open: (host: FleetHost, opening: Opening) => Promise<Machine>
  db: Database
  log: Logger
  now: () => number
  settlers?: () => Settler[]
  tryOut?: typeof tryHost
  ownKey: () => OwnKey
  passwordCost?: PasswordCost
}): Services {
  const { first, open, db, log, now, passwordCost, settlers = () => [], tryOut = tryHost, ownKey } = parts
  const live = createLiveHub<ConsoleChange>({
    mark: randomBytes(6).toString('base64url'),
    // While anybody has a page open, all hosts are glanced at.
    watch: () => fleet.watch(),
  })
  const own = { db, live, log, now }
  const fleet = createFleet({
    ...own,
    first,
    settlers,
    open: (host, onStatus) => open(host, { ...own, onStatus }),
  })
  return {
    ...own,
    fleet,
    hosts: createRegistry({ db, fleet, now, tryOut, ownKey }),
    audit: createAudit(own),
    accounts: createAccounts({ db, now, ...(passwordCost ? { cost: passwordCost } : {}) }),
  }
}
