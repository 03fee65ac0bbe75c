import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { insertHost } from '../db/hosts.ts'
import { insertTask, taskById } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { ConsoleChange } from '../live/live.ts'
import { withDigest } from '../tasks/digest.ts'
import { failureOf, fakeClock, quietInventory, scriptedHost } from '../testing.ts'
import { createFleet, type FleetHost } from './fleet.ts'
import { createMachine } from './machine.ts'

const MINUTE = 60_000
const FIRST = { id: 'first', name: 'first', address: 'sandbox:/first', signIn: null }

/** A fleet of `first` and `nas2`; each machine counts how often it was opened and closed. */
function fleetOfTwo(open?: (host: FleetHost) => Promise<void>) {
  const clock = fakeClock()
  const db = openDatabase(':memory:')
  const told: ConsoleChange[] = []
  const counts = { opened: [] as string[], closed: [] as string[] }
  const live = { publish: (changes: readonly ConsoleChange[]) => told.push(...changes) }
  const log = pino({ level: 'silent' })
  insertHost(db, {
    id: 'nas2',
    name: 'NAS 2',
    address: 'ssh://root@nas2',
    hostKey: `SHA256:${'a'.repeat(43)}`,
    identity: 'own',
    privilege: 'none',
    addedAt: 0,
    addedBy: 'olga',
  })
  const fleet = createFleet({
    first: FIRST,
    db,
    live,
    log,
    now: clock.now,
    settlers: () => [],
    async open(which, onStatus) {
      counts.opened.push(which.id)
      await open?.(which)
      const close = async () => {
        counts.closed.push(which.id)
      }
      const host = { ...scriptedHost(), id: which.id, close }
      return createMachine({ host, inventory: quietInventory(), db, live, log, now: clock.now, onStatus })
    },
  })
  return { fleet, clock, db, counts, told }
}

describe('opening a host', () => {
  it('is done once for all who ask, and not for hosts nobody asks for', async () => {
    const { fleet, counts } = fleetOfTwo()
    const [one, other] = await Promise.all([fleet.machine('nas2'), fleet.machine('nas2')])
    expect(one).toBe(other)
    expect(counts.opened).toEqual(['nas2'])
    expect(fleet.peek('first')).toBeNull()
    expect(fleet.status('first').state).toBe('connecting')
  })

  it('that fails is told with its reason, makes no other one wait, and is tried again by the next who asks', async () => {
    let isBroken = true
    const { fleet, told } = fleetOfTwo(async ({ id }) => {
      if (id === 'nas2' && isBroken) throw new AppError('invalid', 'The key file /k cannot be read.')
    })
    expect(await failureOf(fleet.machine('nas2'))).toMatchObject({ code: 'invalid' })
    expect(fleet.status('nas2')).toMatchObject({
      kind: 'ssh',
      state: 'lost',
      reason: 'The key file /k cannot be read.',
    })
    expect(told).toEqual([{ topic: 'hosts' }])
    expect((await fleet.machine('first')).host.id).toBe('first')
    isBroken = false
    await fleet.machine('nas2')
    expect(fleet.status('nas2').state).toBe('online')
  })

  it('that fails for a mistake of ours shows nothing of the inside', async () => {
    const { fleet } = fleetOfTwo(async () => {
      throw new TypeError('x is undefined')
    })
    await expect(fleet.machine('nas2')).rejects.toThrow(TypeError)
    expect(fleet.status('nas2').reason).toBe('The host could not be opened.')
  })

  it('is refused for one that is not there, and for all while Skep is being stopped', async () => {
    const { fleet } = fleetOfTwo()
    expect(await failureOf(fleet.machine('nobody'))).toMatchObject({ code: 'not_found' })
    await fleet.machine('first')
    await fleet.rest(0)
    expect(await failureOf(fleet.machine('nas2'))).toMatchObject({ code: 'unreachable' })
    expect((await fleet.machine('first')).host.id).toBe('first')
  })
})

describe('closing', () => {
  it('comes to what nobody used for ten minutes, and not to what somebody looks at', async () => {
    const { fleet, clock, counts } = fleetOfTwo()
    const watched = await fleet.machine('first')
    await fleet.machine('nas2')
    const leaving = new AbortController()
    const looking = watched.changes.batches(null, leaving.signal).next()
    clock.advance(9 * MINUTE)
    await fleet.sweep()
    expect(counts.closed).toEqual([])
    clock.advance(2 * MINUTE)
    await fleet.sweep()
    expect(counts.closed).toEqual(['nas2'])
    leaving.abort()
    await looking
    await fleet.machine('nas2')
    expect(counts.opened).toEqual(['first', 'nas2', 'nas2'])
  })

  it('of one host leaves the others open, and waits for one that is only being opened', async () => {
    const gate = Promise.withResolvers<void>()
    const { fleet, counts } = fleetOfTwo(({ id }) => (id === 'nas2' ? gate.promise : Promise.resolve()))
    await fleet.machine('first')
    void fleet.machine('nas2')
    const shut = fleet.shut('nas2')
    gate.resolve()
    await shut
    expect(counts.closed).toEqual(['nas2'])
    expect(fleet.peek('first')).not.toBeNull()
    await fleet.close()
    expect(counts.closed).toEqual(['nas2', 'first'])
  })
})

describe('the list', () => {
  it('shows the host of SKEP_HOST once, also where it was added before', () => {
    const { fleet, db } = fleetOfTwo()
    const stored = { hostKey: null, identity: null, privilege: 'none', addedAt: 0, addedBy: 'olga' }
    insertHost(db, { ...stored, id: 'again', name: 'again', address: FIRST.address })
    fleet.reload()
    expect(fleet.hosts().map(host => host.id)).toEqual(['first', 'nas2'])
    expect(fleet.hosts().map(host => host.isFirst)).toEqual([true, false])
    expect(fleet.has('again')).toBe(false)
  })
})

describe('after a crash', () => {
  const plan = withDigest({ action: 'a.b', title: 'A', steps: [], victims: [], warnings: [], locks: [] })

  it('a task of a host that is gone, or of none, is told at once: there is nobody to ask', () => {
    const { fleet, db, counts } = fleetOfTwo()
    const left = (hostId: string | null) => insertTask(db, { plan, userName: 'olga', hostId, startedAt: 0 })
    const gone = left('nas9')
    const ofNone = left(null)
    const there = left('nas2')
    fleet.recover()
    expect(taskById(db, gone)?.task).toMatchObject({
      state: 'interrupted',
      outcome: expect.stringContaining('no longer here'),
    })
    expect(taskById(db, ofNone)?.task).toMatchObject({ state: 'interrupted' })
    expect(taskById(db, there)?.task).toMatchObject({ state: 'running' })
    expect(counts.opened).toEqual(['nas2'])
  })
})
