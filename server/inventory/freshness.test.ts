/** No reader takes for the host's state what was asked for before a change it could know of. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change, Inventory } from './inventory.ts'
import { createInventory, type InventoryOptions } from './live.ts'
import { ToyMachine } from './testing.ts'

let machine: ToyMachine
let inventory: Inventory
let told: Change[]
let stopped: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  stopped = []
})
afterEach(() => {
  for (const stop of stopped) stop()
  vi.useRealTimers()
})

function begin(more: Partial<InventoryOptions> = {}): void {
  machine = new ToyMachine()
  told = []
  inventory = createInventory({
    host: { id: 'toy', kind: 'sandbox' },
    read: machine.reader(),
    // The clock stands still: nothing becomes old but by being told of.
    now: () => 1_000_000_000,
    vmPollMs: 1_000_000,
    figuresPollMs: 1_000_000,
    ...more,
  })
  stopped.push(() => inventory.close())
}

/** Lets everything run that waits for nothing but its turn; `ms` passes. */
const turn = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** Events up to the newest are delivered, and what they say is told. */
async function hearAll(): Promise<void> {
  while (machine.tellNext()) await turn()
  await turn(30)
}

async function answerAll(): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    await turn()
    for (const question of [...machine.questions]) question.answer()
  }
}

/** A watched machine with `tank/a@one`, known to the inventory. */
async function known(): Promise<void> {
  begin()
  machine.isPrompt = true
  machine.create('tank/a')
  machine.snapshot('tank/a', 'one')
  stopped.push(inventory.watch(changes => told.push(...changes)))
  await turn(30)
  await everything()
  machine.isPrompt = false
  machine.asked.length = 0
  told.length = 0
}

const page = async (): Promise<string[]> =>
  (await inventory.snapshotPage({ offset: 0, limit: 100 })).rows.map(
    ({ name, holds, clones }) => `${name} ${holds} ${[...clones].sort().join()}`,
  )

async function everything(): Promise<unknown> {
  const names = [...machine.datasets.keys()].sort()
  const seen: Record<string, unknown> = { page: await page() }
  seen.datasets = (await inventory.datasets()).value
    .map(each => `${each.name} ${each.origin} ${each.snapshotCount}`)
    .sort()
  for (const name of names) {
    seen[name] = (await inventory.propertiesOf(name)).value[0]?.value
    for (const { tag } of machine.rowsOf(name)) {
      const holds = (await inventory.holdsOf(`${name}@${tag}`)).value
      seen[`${name}@${tag}`] = holds.map(each => each.tag).sort()
    }
  }
  return seen
}

/** The same, looked up on the machine itself. */
function truth(): unknown {
  const names = [...machine.datasets.keys()].sort()
  const seen: Record<string, unknown> = { page: snapshotsNow() }
  seen.datasets = names.map(
    name => `${name} ${machine.datasets.get(name)?.origin} ${machine.rowsOf(name).length}`,
  )
  for (const name of names) {
    const data = machine.datasets.get(name)
    seen[name] = data?.compression
    for (const [tag, { holds }] of data?.snapshots ?? []) seen[`${name}@${tag}`] = [...holds].sort()
  }
  return seen
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function snapshotsNow(): string[] {
  return [...machine.datasets.keys()].sort().flatMap(name =>
    machine
      .figuresOf(name)
      .sort(([a], [b]) => compareText(a, b))
      .map(([snapshot, { holds, clones }]) => `${snapshot} ${holds} ${[...clones].sort().join()}`),
  )
}

describe('a reading that began before a change', () => {
  it('is not what one who reads after the change is told gets', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const early = page()
    await turn()
    expect(machine.questions.map(each => each.what)).toEqual(['rows tank/a'])
    machine.snapshot('tank/a', 'three')
    await hearAll()
    const late = page()
    await answerAll()
    expect(await late).toEqual(snapshotsNow())
    expect(await early).toHaveLength(3)
  })

  it('is waited for by one who comes while it is under way, not overtaken with the old copy', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    machine.set('tank/a', 'zstd')
    await hearAll()
    expect(told).toContainEqual({ topic: 'snapshots', key: 'tank/a' })
    const reads = [page(), page(), inventory.datasets(), inventory.datasets()]
    await answerAll()
    const [one, other, list, otherList] = await Promise.all(reads)
    expect(one).toEqual(snapshotsNow())
    expect(other).toEqual(one)
    expect(otherList).toEqual(list)
    expect(machine.asked.filter(each => each === 'rows tank/a')).toHaveLength(1)
    expect(machine.asked.filter(each => each === 'datasets')).toHaveLength(1)
  })

  it('counts for no change of one dataset that came during it, however many those are', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const first = page()
    await turn()
    for (const tag of ['three', 'four']) {
      machine.snapshot('tank/a', tag)
      await hearAll()
    }
    const last = page()
    await answerAll()
    await first
    expect(await last).toEqual(snapshotsNow())
    expect(machine.asked.filter(each => each.startsWith('rows'))).toEqual(['rows tank/a', 'rows tank/a'])
  })

  it('does not pass for the newest figures', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const first = page()
    await turn()
    machine.questions[0]?.answer()
    await turn()
    expect(machine.questions.map(each => each.what)).toEqual([expect.stringContaining('figures')])
    machine.hold('tank/a', 'one', 'keep')
    await hearAll()
    await answerAll()
    await first
    const last = page()
    await answerAll()
    expect(await last).toEqual(['tank/a@one 1 ', 'tank/a@two 0 '])
  })

  it.each(['rename', 'promote', 'rollback', 'destroy'])(
    'is nothing that a %s of what it read is missing in',
    async verb => {
      begin()
      machine.isPrompt = true
      machine.create('tank/a')
      machine.create('tank/a/child')
      machine.snapshot('tank/a', 'one')
      machine.snapshot('tank/a/child', 'kid')
      machine.clone('tank/a@one', 'tank/c')
      machine.snapshot('tank/c', 'own')
      stopped.push(inventory.watch(changes => told.push(...changes)))
      await turn(30)
      machine.isPrompt = false
      // The index is being built for the first time.
      const building = page()
      await turn()
      expect(machine.questions.map(each => each.what)).toEqual(['rows all'])
      if (verb === 'rename') machine.rename('tank/a', 'tank/z')
      if (verb === 'promote') machine.promote('tank/c')
      if (verb === 'rollback') machine.rollback('tank/a', 'one')
      if (verb === 'destroy') {
        machine.destroySnapshot('tank/a/child', 'kid')
        machine.destroy('tank/a/child')
      }
      await hearAll()
      const after = page()
      await answerAll()
      await building
      expect(await after).toEqual(snapshotsNow())
    },
  )
})

it('names clones by their new names, also when what is above them was renamed', async () => {
  await known()
  machine.isPrompt = true
  machine.create('tank/b')
  machine.clone('tank/a@one', 'tank/b/x')
  await hearAll()
  expect(await page()).toEqual(['tank/a@one 0 tank/b/x'])
  machine.rename('tank/b', 'tank/c')
  await hearAll()
  expect(await page()).toEqual(['tank/a@one 0 tank/c/x'])
})

describe('without a viewer', () => {
  it('nothing is asked, no stream is open and no timer runs; the next viewer finds everything watched again', async () => {
    begin({ vmPollMs: 500, figuresPollMs: 10_000, graceMs: 30_000 })
    machine.isPrompt = true
    await everything()
    expect(machine.isStreaming).toBe(false)
    expect(vi.getTimerCount()).toBe(0)

    const leave = inventory.watch(() => undefined)
    await turn(60_000)
    expect(machine.isStreaming).toBe(true)
    expect(machine.asked.filter(each => each === 'guests').length).toBeGreaterThan(100)
    leave()
    machine.asked.length = 0
    // Somebody who only loads a page anew finds the stream open; the polls rest at once.
    await turn(29_000)
    expect(machine.isStreaming).toBe(true)
    await turn(2000)
    expect(machine.isStreaming).toBe(false)
    await turn(3_600_000)
    expect(machine.asked).toEqual([])
    expect(vi.getTimerCount()).toBe(0)

    machine.snapshot('tank', 'unseen')
    stopped.push(inventory.watch(changes => told.push(...changes)))
    await turn(1000)
    expect(told).toContainEqual({ topic: 'everything' })
    expect(await page()).toEqual(snapshotsNow())
    // One round each half second: the rounds of before have not come back beside the new ones.
    expect(machine.asked.filter(each => each === 'guests')).toHaveLength(2)
  })
})

describe('a host that never rests', () => {
  it('keeps nobody waiting for ever', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    let isAnswered = false
    const read = page().then(() => {
      isAnswered = true
    })
    for (let change = 0; change < 20 && !isAnswered; change += 1) {
      await turn()
      machine.snapshot('tank/a', `x${change}`)
      await hearAll()
      for (const question of [...machine.questions]) question.answer()
      await turn()
    }
    expect(isAnswered).toBe(true)
    await read
  })
})

const NAMES = ['tank/a', 'tank/b', 'tank/a/x', 'tank/c', 'tank/c/x']
const name = fc.constantFrom(...NAMES)
const tag = fc.constantFrom('1', '2', '3')

type Act = () => unknown

const change: fc.Arbitrary<Act> = fc.oneof(
  name.map(at => () => machine.create(at)),
  name.map(at => () => machine.destroy(at)),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.snapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.snapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.destroySnapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.hold(at, s, 'keep'),
  ),
  fc.tuple(name, fc.constantFrom('lz4', 'zstd')).map(
    ([at, value]) =>
      () =>
        machine.set(at, value),
  ),
  fc.tuple(name, name).map(
    ([from, to]) =>
      () =>
        machine.rename(from, to),
  ),
  fc.tuple(name, tag, name).map(
    ([from, s, to]) =>
      () =>
        machine.clone(`${from}@${s}`, to),
  ),
  name.map(at => () => machine.promote(at)),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.rollback(at, s),
  ),
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: change },
  { weight: 2, arbitrary: fc.constant<Act>(() => machine.tellNext()) },
  {
    weight: 2,
    arbitrary: fc.nat(5).map(at => () => machine.questions[at % machine.questions.length]?.answer()),
  },
  { weight: 2, arbitrary: fc.constant<Act>(() => void page().catch(() => undefined)) },
  { weight: 1, arbitrary: fc.constant<Act>(() => void inventory.datasets().catch(() => undefined)) },
  { weight: 1, arbitrary: name.map(at => () => void inventory.propertiesOf(at)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 25, 1500).map(ms => () => turn(ms)) },
  { weight: 1, arbitrary: fc.constant<Act>(() => machine.endStream()) },
  {
    weight: 1,
    arbitrary: fc.constant<Act>(() => inventory.refresh([{ topic: 'snapshots', key: 'tank/a' }])),
  },
)

it('agrees with the host once it is quiet, whatever happened in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async acts => {
      begin()
      for (const at of NAMES.slice(0, 3)) machine.create(at)
      const stop = inventory.watch(() => undefined)
      await turn(30)
      for (const each of acts) {
        await each()
        await turn()
      }
      // A stream that had ended is opened again; then all is told, and all questions are answered.
      await turn(60_000)
      await hearAll()
      await answerAll()
      const seen = everything()
      await answerAll()
      machine.isPrompt = true
      for (const question of [...machine.questions]) question.answer()
      expect(await seen).toEqual(truth())
      stop()
      inventory.close()
    }),
    { numRuns: 300 },
  )
})

it('never tells of a change whose state a reader would not get then', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async acts => {
      begin()
      for (const at of NAMES.slice(0, 3)) machine.create(at)
      /** Snapshots of each dataset after each command. */
      const states: { eid: number; of: Map<string, string> }[] = []
      const note = (): void => {
        const of = new Map(
          NAMES.map(at => [
            at,
            JSON.stringify(
              machine
                .rowsOf(at)
                .map(row => row.guid)
                .sort(),
            ),
          ]),
        )
        states.push({ eid: machine.newestEid, of })
      }
      note()
      const reads: Promise<void>[] = []
      const check = async (): Promise<void> => {
        const floor = machine.heardEid
        const { rows } = await inventory.snapshotPage({ offset: 0, limit: 100 })
        for (const at of NAMES) {
          const guids = rows.filter(row => row.dataset === at).map(row => row.guid)
          const possible = states.filter(each => each.eid >= floor).map(each => each.of.get(at))
          expect(possible, `${at} after event ${floor}`).toContain(JSON.stringify(guids.sort()))
        }
      }
      const stop = inventory.watch(() => reads.push(check()))
      await turn(30)
      for (const each of acts) {
        await each()
        note()
        await turn()
      }
      await turn(60_000)
      await hearAll()
      await answerAll()
      await Promise.all(reads)
      stop()
      inventory.close()
    }),
    { numRuns: 300 },
  )
})
