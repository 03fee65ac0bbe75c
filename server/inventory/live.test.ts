import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../errors.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import type { Vm } from '../vms/model.ts'
import type { Change, Inventory } from './inventory.ts'
import { createInventory } from './live.ts'
import { createReader } from './reader.ts'

let host: TestHost
let inventory: Inventory
/** Commands the inventory asked of the host, as lines. */
let asked: string[]
let guests: Partial<Vm>[]
let broken: AppError | null
/** Commands are answered when this is. */
let slow: PromiseWithResolvers<void> | null

async function sh(line: string): Promise<void> {
  const result = await host.run(line.split(' '))
  if (result.exit !== 0) throw new Error(`${line}: ${result.stderr}`)
}

beforeEach(async () => {
  host = await sandboxForTest({ seed: 'empty' })
  asked = []
  guests = []
  broken = null
  slow = null
  const watched = new Proxy(host, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key)
      if (typeof own !== 'function') return own
      return (...args: unknown[]) => {
        if (key === 'run' || key === 'stream') {
          if (broken) return Promise.reject(broken)
          if (Array.isArray(args[0])) asked.push(args[0].join(' '))
          if (slow && key === 'run') return slow.promise.then(() => Reflect.apply(own, target, args))
        }
        return Reflect.apply(own, target, args)
      }
    },
  })
  inventory = createInventory({
    host,
    read: createReader(watched, {
      vms: async () => {
        asked.push('guests')
        if (broken) throw broken
        return guests as Vm[]
      },
      facts: () => Promise.reject(new AppError('not_found', 'No facts.')),
    }),
    graceMs: 30,
    vmPollMs: 20,
    figuresPollMs: 50,
    patienceMs: 300,
  })
  return async () => {
    inventory.close()
    await host.close()
  }
})

/** Watches, waits until the stream is open, and collects what is told from then on. */
async function watching(): Promise<{ told: Change[]; stop: () => void }> {
  const told: Change[] = []
  const stop = inventory.watch(changes => told.push(...changes))
  await vi.waitFor(() => expect(told).toContainEqual({ topic: 'everything' }))
  told.length = 0
  return { told, stop }
}

const names = async (): Promise<string[]> =>
  (await inventory.snapshotPage({ offset: 0, limit: 1000 })).rows.map(each => each.name)

describe('a change typed in a shell', () => {
  it('is told within a second, and only the dataset concerned is read again', async () => {
    await sh('zfs create tank/a')
    await sh('zfs create tank/b')
    await sh('zfs snapshot tank/a@one tank/b@one')
    const { told } = await watching()
    expect(await names()).toEqual(['tank/a@one', 'tank/b@one'])
    asked.length = 0
    const before = performance.now()
    await sh('zfs snapshot tank/a@two')
    await vi.waitFor(() => expect(told).toContainEqual({ topic: 'snapshots', key: 'tank/a' }), {
      interval: 5,
    })
    expect(performance.now() - before).toBeLessThan(1000)
    expect(told).not.toContainEqual({ topic: 'snapshots', key: 'tank/b' })
    expect(await names()).toEqual(['tank/a@one', 'tank/a@two', 'tank/b@one'])
    const lists = asked.filter(line => line.startsWith('zfs list') && line.includes('creation -d'))
    expect(lists).toEqual([expect.stringMatching(/ tank\/a$/)])
  })

  it.each([
    ['zfs destroy tank/a@one', ['tank/b@one']],
    ['zfs rename tank/a@one tank/a@other', ['tank/a@other', 'tank/b@one']],
    ['zfs rename tank/a tank/c', ['tank/b@one', 'tank/c@one']],
    ['zfs destroy -r tank/a', ['tank/b@one']],
    ['zfs snapshot -r tank@all', ['tank/a@all', 'tank/a@one', 'tank/b@all', 'tank/b@one', 'tank@all']],
  ])('%s', async (line, expected) => {
    await sh('zfs create tank/a')
    await sh('zfs create tank/b')
    await sh('zfs snapshot tank/a@one tank/b@one')
    await watching()
    await names()
    await sh(line)
    await vi.waitFor(async () => expect((await names()).sort()).toEqual(expected))
  })

  it('follows holds, clones and promotes in the figures', async () => {
    await sh('zfs create tank/a')
    await sh('zfs snapshot tank/a@one')
    await watching()
    const one = async (name = 'tank/a@one') =>
      (await inventory.snapshotPage({ filter: name, offset: 0, limit: 10 })).rows[0]
    expect(await one()).toMatchObject({ holds: 0, clones: [] })
    await sh('zfs hold keep tank/a@one')
    await vi.waitFor(async () => expect(await one()).toMatchObject({ holds: 1 }))
    expect((await inventory.holdsOf('tank/a@one')).value.map(each => each.tag)).toEqual(['keep'])
    await sh('zfs clone tank/a@one tank/b')
    await vi.waitFor(async () => expect(await one()).toMatchObject({ clones: ['tank/b'] }))
    await sh('zfs promote tank/b')
    await vi.waitFor(async () => expect(await names()).toEqual(['tank/b@one']))
    await vi.waitFor(async () =>
      expect(await one('tank/b@one')).toMatchObject({ clones: ['tank/a'], holds: 1 }),
    )
  })

  it('follows properties, pools and the list of datasets', async () => {
    const { told } = await watching()
    await inventory.datasets()
    await sh('zfs create -V 8M tank/vol')
    await vi.waitFor(() => expect(told).toContainEqual({ topic: 'datasets' }))
    await vi.waitFor(async () =>
      expect((await inventory.datasets()).value.map(each => each.name)).toContain('tank/vol'),
    )
    const compression = async () =>
      (await inventory.propertiesOf('tank/vol')).value.find(each => each.name === 'compression')
    expect(await compression()).toMatchObject({ source: 'inherited' })
    await sh('zfs set compression=zstd tank/vol')
    await vi.waitFor(async () =>
      expect(await compression()).toMatchObject({ value: 'zstd', source: 'local' }),
    )
    told.length = 0
    await sh('zpool scrub tank')
    await vi.waitFor(() => expect(told).toContainEqual({ topic: 'pool', key: 'tank' }))
  })
})

describe('asking the host', () => {
  it('asks once for many who ask at once, and not again before something changes', async () => {
    await watching()
    asked.length = 0
    await Promise.all([inventory.pools(), inventory.pools(), inventory.pools()])
    await inventory.pools()
    expect(asked.filter(line => line.startsWith('zpool list'))).toHaveLength(1)
  })

  it('is silent without a viewer, and closes the stream some time after the last one left', async () => {
    await inventory.vms()
    const first = await watching()
    const second = inventory.watch(() => undefined)
    first.stop()
    await vi.waitFor(() => expect(asked.filter(line => line === 'guests').length).toBeGreaterThan(2))
    second()
    const streams = () => asked.filter(line => line === 'zpool events -vHf').length
    expect(streams()).toBe(1)
    // After the grace time the stream is closed: a new viewer opens another one.
    await vi.waitFor(() => {
      inventory.watch(() => undefined)()
      expect(streams()).toBeGreaterThan(1)
    })
  })

  it('tells which guest changed', async () => {
    guests = [{ name: 'web1', state: 'stopped', disks: [] }]
    const { told } = await watching()
    await inventory.vms()
    guests = [{ name: 'web1', state: 'running', disks: [] }]
    await vi.waitFor(() => expect(told).toEqual([{ topic: 'vm', key: 'web1' }]))
    guests = []
    await vi.waitFor(() => expect(told).toContainEqual({ topic: 'vms' }))
  })
})

describe('a host that does not answer', () => {
  it('shows what it said last with its age, says why, and recovers by itself', async () => {
    const { told } = await watching()
    const { heardAt } = await inventory.pools()
    broken = new AppError('unreachable', 'The machine does not answer.')
    await inventory.refresh([{ topic: 'pool', key: 'tank' }])
    expect(await inventory.pools()).toMatchObject({ heardAt, value: [{ name: 'tank' }] })
    expect(inventory.status()).toMatchObject({ state: 'lost', reason: 'The machine does not answer.' })
    told.length = 0
    broken = null
    await vi.waitFor(() => expect(inventory.status().state).toBe('online'))
    await vi.waitFor(() => expect(told).toContainEqual({ topic: 'everything' }))
  })

  it('has nothing to show where it never answered', async () => {
    broken = new AppError('unreachable', 'The machine does not answer.')
    await expect(inventory.pools()).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('reads everything else while one reading fails, and shows the age of what does not answer', async () => {
    await watching()
    await inventory.pools()
    const { heardAt } = await inventory.vms()
    await sh('fault add zpool list -- exit 1 internal error')
    guests = [{ name: 'late' }]
    // Nothing tells of a guest: only who goes on asking can find it.
    await vi.waitFor(async () => expect((await inventory.vms()).value).toEqual([{ name: 'late' }]))
    broken = new AppError('timeout', 'guests did not answer.')
    await inventory.refresh([{ topic: 'vms' }])
    const old = await inventory.vms()
    expect(inventory.status()).toMatchObject({ state: 'lost', reason: 'guests did not answer.' })
    expect(inventory.status().heardAt).toBeLessThanOrEqual(old.heardAt)
    expect(old.heardAt).toBeGreaterThan(heardAt)
  })

  it('that takes long shows what it said', async () => {
    await sh('zfs snapshot tank@one')
    await watching()
    expect(await names()).toEqual(['tank@one'])
    slow = Promise.withResolvers()
    await inventory.refresh([{ topic: 'snapshots', key: 'tank' }])
    expect(await names()).toEqual(['tank@one'])
    expect(inventory.status()).toMatchObject({
      state: 'lost',
      reason: expect.stringMatching(/takes long.*snapshots/),
    })
    slow.resolve()
    slow = null
    await vi.waitFor(() => expect(inventory.status().state).toBe('online'))
  })

  it('is no longer lost once snapshots are told again, also when nobody asks for them', async () => {
    await watching()
    await sh('zfs snapshot tank@one')
    await names()
    broken = new AppError('timeout', 'zfs did not answer.')
    await inventory.refresh([{ topic: 'snapshots', key: 'tank' }])
    expect((await inventory.snapshotDays({ utcOffsetMinutes: 0 })).value).toHaveLength(1)
    expect(inventory.status().state).toBe('lost')
    broken = null
    await vi.waitFor(() => expect(inventory.status().state).toBe('online'))
  })
})
