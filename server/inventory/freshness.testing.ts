/** A machine that answers late, watched by an inventory, with timers that pass when the test says so. */
import { afterEach, beforeEach, vi } from 'vitest'
import type { Change, Inventory } from './inventory.ts'
import { createInventory, type InventoryOptions } from './live.ts'
import { ToyMachine } from './testing.ts'

export let machine: ToyMachine
export let inventory: Inventory
export let told: Change[]
export let stopped: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  stopped = []
})
afterEach(() => {
  for (const stop of stopped) stop()
  vi.useRealTimers()
})

export function begin(more: Partial<InventoryOptions> = {}): void {
  machine = new ToyMachine()
  told = []
  inventory = createInventory({
    host: { id: 'toy', kind: 'sandbox' },
    read: machine.reader(),
    // The clock stands still: nothing becomes old but by being told of.
    now: () => 1_000_000_000,
    patienceMs: 1_000_000,
    vmPollMs: 1_000_000,
    figuresPollMs: 1_000_000,
    ...more,
  })
  stopped.push(() => inventory.close())
}

/** Lets everything run that waits for nothing but its turn; `ms` passes. */
export const turn = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** Events up to the newest are delivered, and what they say is told. */
export async function hearAll(): Promise<void> {
  while (machine.tellNext()) await turn()
  await turn(30)
}

export async function answerAll(): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    await turn()
    for (const question of [...machine.questions]) question.answer()
  }
}

/** A watched machine with `tank/a@one`, known to the inventory. */
export async function known(): Promise<void> {
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

export const page = async (): Promise<string[]> =>
  (await inventory.snapshotPage({ offset: 0, limit: 100 })).rows.map(
    ({ name, holds, clones }) => `${name} ${holds} ${[...clones].sort().join()}`,
  )

export async function everything(): Promise<unknown> {
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
export function truth(): unknown {
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

export function snapshotsNow(): string[] {
  return [...machine.datasets.keys()].sort().flatMap(name =>
    machine
      .figuresOf(name)
      .sort(([a], [b]) => compareText(a, b))
      .map(([snapshot, { holds, clones }]) => `${snapshot} ${holds} ${[...clones].sort().join()}`),
  )
}
