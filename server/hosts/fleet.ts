import type { Database } from '../db/database.ts'
import { listHosts } from '../db/hosts.ts'
import { endTask, unfinishedTasks } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import { parseAddress } from '../host/address.ts'
import type { ConsoleChange, LiveHub } from '../live/live.ts'
import type { Logger } from '../log.ts'
import type { HostStatus } from '../system/model.ts'
import { recoverTasks } from '../tasks/recover.ts'
import type { Settler } from '../tasks/settle.ts'
import { checkIdentity, privilegeOf } from './entry.ts'
import { glanceAt, goRound } from './glance.ts'
import type { Machine } from './machine.ts'
import type { Glance, SignIn } from './model.ts'

/** A host that nobody used this long is closed; the next who asks opens it again. */
const IDLE_MS = 10 * 60_000

/** A host of the console, and how it is reached. */
export type FleetHost = {
  id: string
  name: string
  address: string
  /** Null for hosts that are not reached over SSH. */
  signIn: SignIn | null
  /** Given by SKEP_HOST: it is always there. */
  isFirst: boolean
  addedAt: number | null
  addedBy: string | null
}

/** One host's machine, from the moment it is opened. */
type Opened = {
  coming: Promise<Machine>
  machine: Machine | null
  usedAt: number
  /** Ends the settling of what a dead process left. */
  leaving: AbortController
}

export type Fleet = ReturnType<typeof createFleet>

/**
 * The hosts. Each has a machine of its own, opened by the first who asks for it; what ails one is no business of the
 * others.
 */
export function createFleet(options: {
  first: Pick<FleetHost, 'id' | 'name' | 'address' | 'signIn'>
  db: Database
  live: Pick<LiveHub<ConsoleChange>, 'publish'>
  log: Logger
  now: () => number
  settlers: () => Settler[]
  open: (host: FleetHost, onStatus: () => void) => Promise<Machine>
}) {
  const { first, db, live, log, now, settlers, open } = options
  const opened = new Map<string, Opened>()
  const failures = new Map<string, string>()
  const glances = new Map<string, Glance>()
  /** How the hosts stood when the browsers were told last. */
  const told = new Map<string, string>()
  let hosts = read()
  let closing = false

  function read(): FleetHost[] {
    const fixed = { ...first, isFirst: true, addedAt: null, addedBy: null }
    const added = listHosts(db).filter(({ id, address }) => id !== first.id && address !== first.address)
    return [
      fixed,
      ...added.map(({ hostKey, identity, privilege, ...host }) => ({
        ...host,
        isFirst: false,
        signIn:
          hostKey !== null && identity !== null
            ? { hostKey, identity: checkIdentity(identity), privilege: privilegeOf(privilege) }
            : null,
      })),
    ]
  }

  function host(id: string): FleetHost {
    const found = hosts.find(each => each.id === id)
    if (!found) throw new AppError('not_found', `There is no host “${id}” here.`)
    return found
  }

  function begin(which: FleetHost): Opened {
    const leaving = new AbortController()
    const own: Opened = { coming: open(which, () => tell(which.id)), machine: null, usedAt: now(), leaving }
    opened.set(which.id, own)
    own.coming = own.coming.then(
      machine => {
        own.machine = machine
        failures.delete(which.id)
        recover(machine, leaving.signal)
        return machine
      },
      (error: unknown) => {
        if (opened.get(which.id) === own) opened.delete(which.id)
        failures.set(which.id, error instanceof AppError ? error.message : 'The host could not be opened.')
        if (!(error instanceof AppError))
          log.error({ host: which.id, err: error }, 'a host could not be opened')
        tell(which.id)
        throw error
      },
    )
    return own
  }

  /** What a process before this one left on the host is settled as soon as the host answers. */
  function recover(machine: Machine, signal: AbortSignal) {
    const context = { host: machine.host, inventory: machine.inventory, now }
    recoverTasks({ db, tasks: machine.tasks, settlers: settlers(), context, log, signal }).catch(
      (error: unknown) =>
        log.error({ host: machine.host.id, err: error }, 'tasks of the process before could not be settled'),
    )
  }

  async function machine(id: string): Promise<Machine> {
    const which = host(id)
    if (closing && !opened.has(id)) throw new AppError('unreachable', 'Skep is being stopped.')
    const own = opened.get(id) ?? begin(which)
    own.usedAt = now()
    return own.coming
  }

  function status(id: string): HostStatus {
    const known = opened.get(id)?.machine?.inventory.status()
    if (known) return known
    const reason = failures.get(id) ?? null
    return {
      id,
      kind: parseAddress(host(id).address).kind,
      state: reason === null ? 'connecting' : 'lost',
      heardAt: glances.get(id)?.at ?? null,
      reason,
      refusedKey: null,
    }
  }

  /** Tells the browsers when a host stands otherwise than they were told. */
  function tell(id: string) {
    if (!hosts.some(each => each.id === id)) return
    const { state, reason } = status(id)
    const { at: _, ...glance } = glances.get(id) ?? { at: 0 }
    const present = JSON.stringify([state, reason, glance])
    if (told.get(id) === present) return
    told.set(id, present)
    live.publish([{ topic: 'hosts' }])
  }

  async function look(id: string): Promise<void> {
    try {
      const { inventory, serials } = await machine(id)
      // Guests speak also while nobody looks.
      void serials.follow()
      const glance = await glanceAt(inventory, now)
      if (hosts.some(each => each.id === id)) glances.set(id, glance)
    } catch {
      // That it does not answer is its status.
    }
    tell(id)
  }

  async function shut(id: string): Promise<void> {
    const own = opened.get(id)
    opened.delete(id)
    own?.leaving.abort()
    await own?.coming.then(
      each => each.close(),
      () => undefined,
    )
  }

  return {
    machine,
    status,
    host,
    hosts: (): readonly FleetHost[] => hosts,
    has: (id: string): boolean => hosts.some(each => each.id === id),
    glance: (id: string): Glance | null => glances.get(id) ?? null,
    /** The machine of a host that is open already. */
    peek: (id: string): Machine | null => opened.get(id)?.machine ?? null,

    /** Looks at every host now and then; returns how to stop. */
    watch: (): (() => void) => goRound(() => hosts.map(each => each.id), look),

    /** The list was changed in the database. */
    reload() {
      hosts = read()
      live.publish([{ topic: 'hosts' }])
    },

    /** Closes a host's machine; the next who asks gets a new one. */
    async shut(id: string) {
      await shut(id)
      for (const kept of [failures, glances, told]) kept.delete(id)
    },

    /** At start: opens what a dead process left work on. Work on what is gone is settled at once. */
    recover() {
      for (const { task } of unfinishedTasks(db)) {
        if (task.hostId !== null && hosts.some(each => each.id === task.hostId)) {
          machine(task.hostId).catch(() => undefined)
          continue
        }
        const outcome =
          task.hostId === null
            ? 'Skep was stopped in the middle of this: please look how far it came.'
            : 'Skep was stopped in the middle of this, and its host is no longer here to be asked how it ended.'
        endTask(db, task.id, { state: 'interrupted', outcome, error: null, endedAt: now() })
      }
    },

    /** Closes what nobody has used for a while; called once a minute. */
    async sweep() {
      const over = [...opened].filter(([, own]) => own.machine?.idle() && now() - own.usedAt >= IDLE_MS)
      await Promise.all(over.map(([id]) => shut(id)))
    },

    /** Begins nothing new; running tasks have `patienceMs` to end. */
    async rest(patienceMs: number) {
      closing = true
      const own = [...opened.values()]
      for (const { leaving } of own) leaving.abort()
      await Promise.all(own.map(each => each.machine?.tasks.close(patienceMs)))
    },

    async close() {
      await Promise.all([...opened.keys()].map(shut))
    },
  }
}
