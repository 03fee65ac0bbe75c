import { deleteExceptionsOn } from '../db/accounts.ts'
import { type Database, transaction } from '../db/database.ts'
import { deleteHost, insertHost, updateHostEntry, updateHostName } from '../db/hosts.ts'
import { endTask, unfinishedTasks } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import { type Address, parseAddress } from '../host/address.ts'
import { checkPlace, type Entry } from '../host/create.ts'
import { installKey, type OwnKey, readHostKey } from '../host/ssh.ts'
import { formatSshAddress, type SshAddress } from '../host/ssh-address.ts'
import { checkIdentity, entryOf } from './entry.ts'
import type { Fleet } from './fleet.ts'
import { type Contact, type HostConfig, type HostTrial, hostIdOf, type SignIn } from './model.ts'

/** A way to sign in as a browser sends it. */
type SentSignIn = Omit<SignIn, 'identity'> & { identity: string }

function isSameSignIn(one: SentSignIn | null, other: SentSignIn): boolean {
  return (
    one?.hostKey === other.hostKey && one.identity === other.identity && one.privilege === other.privilege
  )
}

export type Registry = ReturnType<typeof createRegistry>

/** Which hosts there are: added, named, tried and removed. Nothing here changes anything on a host. */
export function createRegistry(options: {
  db: Database
  fleet: Fleet
  now: () => number
  /** Opens the host at an address for itself, looks at it and closes it again. */
  tryOut: (address: string, entry: Entry | null) => Promise<HostTrial>
  /** Skep's own key for SSH, made at the first need. */
  ownKey: () => OwnKey
}) {
  const { db, fleet, now, tryOut, ownKey } = options

  /** The address, read. AppError `invalid`, `exists` or `refused`, all of the field `address`. */
  function checked(text: string): Address {
    const address = parseAddress(text)
    const field = 'address'
    if (address.kind === 'local') {
      throw new AppError('refused', 'This machine itself is managed by a Skep that is started for it.', {
        field,
        next: 'Start Skep with SKEP_HOST=local: on that machine.',
      })
    }
    if (address.kind === 'sandbox' && !text.startsWith('sandbox:/')) {
      throw new AppError('invalid', 'The directory of a practice machine begins with a slash.', { field })
    }
    const same = fleet.hosts().find(each => each.address === address.text)
    if (same) throw new AppError('exists', `${same.name} is at this address already.`, { field })
    checkPlace(address)
    return address
  }

  function checkedSsh(text: string): SshAddress {
    const address = parseAddress(text)
    if (address.kind === 'ssh') return address.ssh
    throw new AppError('invalid', 'This is no address of SSH.', { field: 'address' })
  }

  /** AppError `invalid` where an address of SSH comes without a way to sign in, or a key that cannot be used. */
  function checkedSignIn(address: Address, signIn: SentSignIn | null): SignIn | null {
    if (address.kind !== 'ssh') return null
    if (signIn) return { ...signIn, identity: checkIdentity(signIn.identity) }
    throw new AppError('invalid', 'How to sign in there is missing.', { field: 'address' })
  }

  const entry = (signIn: SignIn | null) => signIn && entryOf(signIn, ownKey)

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

  function checkResting({ id, name }: { id: string; name: string }, verb: string) {
    if (!fleet.peek(id)?.tasks.working()) return
    throw new AppError('refused', `A task is at work on ${name}.`, {
      next: `Wait until it has ended, then ${verb} the host.`,
    })
  }

  return {
    list: (): HostConfig[] => fleet.hosts().map(host => ({ ...host, status: fleet.status(host.id) })),

    /** What is found at an address that is no host yet, or at that of a host. */
    async tryAddress(text: string, signIn: SentSignIn | null): Promise<HostTrial> {
      const address = checked(text)
      if (address.kind === 'sandbox') {
        throw new AppError(
          'refused',
          'A practice machine is made when it is added: before, there is nothing to test.',
          {
            field: 'address',
          },
        )
      }
      return tryOut(address.text, entry(checkedSignIn(address, signIn)))
    },
    /** What is found on a host now; with `sent`, by another way to sign in than its own. */
    async tryHost(id: string, sent: SentSignIn | null): Promise<HostTrial> {
      const { address, signIn } = fleet.host(id)
      return tryOut(address, entry(sent ? checkedSignIn(parseAddress(address), sent) : signIn))
    },

    /** The host key that is shown at an address of SSH now, for a person to compare. AppError `unreachable`. */
    async contact(text: string): Promise<Contact> {
      const seen = await readHostKey(checkedSsh(text))
      return { ...seen, publicKeyLine: ownKey().publicKeyLine }
    },
    /** An address of SSH as it may be written down. AppError `invalid`. */
    sshAddress: (text: string): string => formatSshAddress(checkedSsh(text)),
    /** Lets Skep's own key in, by the account's password, which is used for this and forgotten. */
    installKey: (text: string, hostKey: string, password: string): Promise<void> =>
      installKey(checkedSsh(text), hostKey, password, ownKey().publicKeyLine),

    /** How a host called so would stand in addresses. AppError as for `add`. */
    plan(
      name: string,
      text: string,
      signIn: SentSignIn | null,
    ): { id: string; address: string; signIn: SignIn | null } {
      checkName(name)
      const address = checked(text)
      return {
        address: address.text,
        signIn: checkedSignIn(address, signIn),
        id: hostIdOf(
          name,
          fleet.hosts().map(host => host.id),
        ),
      }
    },

    add(host: { id: string; name: string; address: string; signIn: SignIn | null }, by: string) {
      const { signIn, ...rest } = host
      insertHost(db, {
        ...rest,
        hostKey: signIn?.hostKey ?? null,
        identity: signIn?.identity ?? null,
        privilege: signIn?.privilege ?? 'none',
        addedAt: now(),
        addedBy: by,
      })
      fleet.reload()
    },

    /**
     * Another key, another way to rights, or the host key of a machine that was installed anew. AppError as for `remove`,
     * and `changed` where `was` is no longer its sign-in: somebody else has changed it meanwhile.
     */
    async changeSignIn(id: string, was: SentSignIn, sent: SentSignIn) {
      const host = added(id, 'changed here')
      const signIn = checkedSignIn(parseAddress(host.address), sent)
      if (!signIn) throw new AppError('refused', `${host.name} is not reached over SSH.`)
      if (!isSameSignIn(host.signIn, was)) {
        throw new AppError('changed', `How Skep signs in at ${host.name} was changed meanwhile.`, {
          next: 'Close this and open it again: it then shows what is so now.',
        })
      }
      checkResting(host, 'change')
      updateHostEntry(db, id, signIn)
      fleet.reload()
      await fleet.shut(id)
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
      checkResting(host, 'remove')
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
