import { deleteExceptionsOn } from '../db/accounts.ts'
import { type Database, transaction } from '../db/database.ts'
import { deleteHost, insertHost, updateHostName } from '../db/hosts.ts'
import { endTask, unfinishedTasks } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import { parseAddress } from '../host/address.ts'
import { checkPlace } from '../host/create.ts'
import type { Fleet } from './fleet.ts'
import { type HostConfig, type HostTrial, hostIdOf } from './model.ts'

export type Registry = ReturnType<typeof createRegistry>

/** Which hosts there are: added, named, tried and removed. Nothing here changes anything on a host. */
export function createRegistry(options: {
  db: Database
  fleet: Fleet
  now: () => number
  /** Opens the host at an address for itself, looks at it and closes it again. */
  tryOut: (address: string) => Promise<HostTrial>
}) {
  const { db, fleet, now, tryOut } = options

  /** The address as it is kept. AppError `invalid`, `exists` or `refused`, all of the field `address`. */
  function checked(text: string): string {
    const address = parseAddress(text)
    const field = 'address'
    if (address.kind === 'local') {
      throw new AppError('refused', 'This machine itself is managed by a Skep that is started for it.', {
        field,
        next: 'Start Skep with SKEP_HOST=local: on that machine.',
      })
    }
    if (!text.startsWith('sandbox:/')) {
      throw new AppError('invalid', 'The directory of a practice machine begins with a slash.', { field })
    }
    const same = fleet.hosts().find(each => each.address === address.text)
    if (same) throw new AppError('exists', `${same.name} is at this address already.`, { field })
    checkPlace(address)
    return address.text
  }

  function checkName(name: string, own?: string) {
    const same = fleet.hosts().find(each => each.id !== own && each.name.toLowerCase() === name.toLowerCase())
    if (same) throw new AppError('exists', `There is a host named ${same.name} already.`, { field: 'name' })
  }

  /** AppError `not_found`, or `refused` for the one of SKEP_HOST. */
  function added(id: string, verb: string) {
    const host = fleet.host(id)
    if (!host.isFirst) return host
    throw new AppError(
      'refused',
      `${host.name} is the host that Skep was started with; it cannot be ${verb}.`,
      {
        next: 'It comes from SKEP_HOST.',
      },
    )
  }

  return {
    list: (): HostConfig[] =>
      fleet.hosts().map(({ id, name, address, isFirst, addedAt, addedBy }) => ({
        id,
        name,
        address,
        isFirst,
        addedAt,
        addedBy,
        status: fleet.status(id),
      })),

    /** What is found at an address that is no host yet, or at that of a host. */
    tryAddress: (text: string): Promise<HostTrial> => tryOut(checked(text)),
    tryHost: (id: string): Promise<HostTrial> => tryOut(fleet.host(id).address),

    /** How a host called so would stand in addresses. AppError as for `add`. */
    plan(name: string, text: string): { id: string; address: string } {
      checkName(name)
      return {
        address: checked(text),
        id: hostIdOf(
          name,
          fleet.hosts().map(host => host.id),
        ),
      }
    },

    add(host: { id: string; name: string; address: string }, by: string) {
      insertHost(db, { ...host, addedAt: now(), addedBy: by })
      fleet.reload()
    },

    /** Its address and its pages' addresses stay as they are. */
    rename(id: string, name: string) {
      const { id: own } = added(id, 'renamed')
      checkName(name, own)
      updateHostName(db, own, name)
      fleet.reload()
    },

    /** AppError `refused` for the first one and while a task works on it. */
    async remove(id: string) {
      const host = added(id, 'removed')
      if (fleet.peek(id)?.tasks.working()) {
        throw new AppError('refused', `A task is at work on ${host.name}.`, {
          next: 'Wait until it has ended, then remove the host.',
        })
      }
      transaction(db, () => {
        deleteHost(db, id)
        // Somebody else's machine may be called so one day.
        deleteExceptionsOn(db, id)
      })
      fleet.reload()
      await fleet.shut(id)
      // What a dead process left there can be asked of nobody any more.
      for (const { task } of unfinishedTasks(db)) {
        if (task.hostId !== id) continue
        const outcome =
          'Skep was stopped in the middle of this, and the host was removed before it could be asked.'
        endTask(db, task.id, { state: 'interrupted', outcome, error: null, endedAt: now() })
      }
    },
  }
}
