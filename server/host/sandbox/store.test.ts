/** The small ZFS of the sandbox beside a naive one that keeps whole copies: same bytes, same figures. */
import { mkdtempSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { reclaimOf, snapshotUsed, snapshotWritten, spaceOf } from './space.ts'
import type { DatasetState } from './state.ts'
import { CHUNK_BYTES, closeVolume, openVolume, volumeBytes, writeVolume } from './store-volume.ts'
import { World } from './world.ts'
import { createRoot } from './zfs/create.ts'
import { barePool } from './zpool/testing.ts'

const CHUNKS = 4
const SIZE = CHUNKS * CHUNK_BYTES
const kernels: Kernel[] = []
afterAll(() => {
  for (const kernel of kernels) kernel.remove()
})

function machine(usableBytes = 10 ** 12): Kernel {
  const kernel = new Kernel(mkdtempSync(path.join(os.tmpdir(), 'skep-store-')))
  kernels.push(kernel)
  kernel.world.state.pools.t = barePool('t', '1', usableBytes)
  createRoot(kernel.world, 't', {})
  return kernel
}

async function zfs(kernel: Kernel, ...words: string[]): Promise<number | null> {
  return (await kernel.collect(['zfs', ...words])).exit
}

function write(world: World, name: string, at: number, bytes: Uint8Array): void {
  const handle = openVolume(world, `/dev/zvol/${name}`, 'write')
  try {
    writeVolume(world, handle, at, bytes)
  } finally {
    closeVolume(world, handle)
  }
}

/** A dataset of the naive model: which block stands in each chunk, and the same for each snapshot. */
type Line = {
  live: (Block | null)[]
  bytes: Buffer
  snapshots: { tag: string; live: (Block | null)[]; bytes: Buffer; txg: number }[]
  base: Block
  origin: string | null
}
/** A block is an object: who still points to it owns it. */
type Block = { size: number; birth: number }

class Naive {
  lines = new Map<string, Line>()
  txg = 1

  /** Every block a dataset's own history holds, born after its origin. */
  own(line: Line): Set<Block> {
    const origin = this.origin(line)
    const after = origin?.txg ?? 0
    const blocks = new Set<Block>()
    for (const state of [line.live, ...line.snapshots.map(each => each.live)])
      for (const block of [...state, line.base]) if (block && block.birth > after) blocks.add(block)
    return blocks
  }

  origin(line: Line) {
    const [name, tag] = (line.origin ?? '').split('@')
    return this.lines.get(name ?? '')?.snapshots.find(each => each.tag === tag) ?? null
  }

  /** What dies with these snapshots: blocks nothing else of the line (nor its origin) points to. */
  reclaim(line: Line, tags: ReadonlySet<string>): number {
    const after = this.origin(line)?.txg ?? 0
    const kept = new Set<Block>(live(line.live))
    for (const each of line.snapshots)
      if (!tags.has(each.tag)) for (const block of live(each.live)) kept.add(block)
    const gone = new Set<Block>()
    for (const each of line.snapshots)
      if (tags.has(each.tag))
        for (const block of live(each.live)) if (!kept.has(block) && block.birth > after) gone.add(block)
    return total(gone)
  }
}

function live(blocks: (Block | null)[]): Block[] {
  return blocks.filter(each => each !== null)
}

function total(blocks: Iterable<Block>): number {
  let sum = 0
  for (const block of blocks) sum += block.size
  return sum
}

type Act =
  | { act: 'write'; line: number; chunk: number; blocks: number; value: number }
  | { act: 'snapshot' | 'rollback' | 'promote' | 'destroy'; line: number }
  | { act: 'destroySnapshot' | 'clone'; line: number; pick: number }

const line = fc.nat(5)
const acts = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        act: fc.constant('write' as const),
        line,
        chunk: fc.nat(CHUNKS - 1),
        blocks: fc.integer({ min: 0, max: 8 }),
        value: fc.integer({ min: 1, max: 255 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ act: fc.constant('snapshot' as const), line }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('rollback' as const), line }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('promote' as const), line }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('destroy' as const), line }) },
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant('destroySnapshot' as const), line, pick: fc.nat(20) }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('clone' as const), line, pick: fc.nat(20) }) },
  ),
  { maxLength: 40 },
)

let names = 0

/** Does one act on both; refused acts must change nothing. */
async function step(kernel: Kernel, model: Naive, act: Act): Promise<void> {
  const all = [...model.lines.keys()].sort()
  const name = all[act.line % Math.max(1, all.length)]
  const own = name === undefined ? undefined : model.lines.get(name)
  if (name === undefined || own === undefined) return
  const hasClones = (tag: string) => [...model.lines.values()].some(each => each.origin === `${name}@${tag}`)
  switch (act.act) {
    case 'write': {
      const bytes = Buffer.alloc(CHUNK_BYTES)
      bytes.fill(act.value, 0, act.blocks * 16384)
      write(kernel.world, name, act.chunk * CHUNK_BYTES, bytes)
      bytes.copy(own.bytes, act.chunk * CHUNK_BYTES)
      model.txg++
      own.live[act.chunk] = act.blocks === 0 ? null : { size: act.blocks * 16384, birth: model.txg }
      return
    }
    case 'snapshot': {
      const tag = `s${names++}`
      expect(await zfs(kernel, 'snapshot', `${name}@${tag}`)).toBe(0)
      model.txg++
      own.snapshots.push({ tag, live: [...own.live], bytes: Buffer.from(own.bytes), txg: model.txg })
      return
    }
    case 'rollback': {
      const last = own.snapshots.at(-1)
      if (!last) return
      expect(await zfs(kernel, 'rollback', `${name}@${last.tag}`)).toBe(0)
      own.live = [...last.live]
      own.bytes = Buffer.from(last.bytes)
      return
    }
    case 'promote': {
      const exit = await zfs(kernel, 'promote', name)
      expect(exit).toBe(own.origin === null ? 1 : 0)
      const [parentName = '', tag] = (own.origin ?? '').split('@')
      const parent = model.lines.get(parentName)
      if (!parent) return
      const at = parent.snapshots.findIndex(each => each.tag === tag)
      const moved = parent.snapshots.splice(0, at + 1)
      own.snapshots.unshift(...moved)
      for (const each of model.lines.values()) {
        for (const { tag: old } of moved)
          if (each.origin === `${parentName}@${old}`) each.origin = `${name}@${old}`
      }
      const above = parent.origin
      parent.origin = `${name}@${tag}`
      own.origin = above
      return
    }
    case 'destroy': {
      const exit = await zfs(kernel, 'destroy', name)
      expect(exit).toBe(own.snapshots.length > 0 ? 1 : 0)
      if (exit === 0) model.lines.delete(name)
      return
    }
    case 'destroySnapshot': {
      const chosen = own.snapshots[act.pick % Math.max(1, own.snapshots.length)]
      if (!chosen) return
      const exit = await zfs(kernel, 'destroy', `${name}@${chosen.tag}`)
      expect(exit).toBe(hasClones(chosen.tag) ? 1 : 0)
      if (exit === 0) own.snapshots.splice(own.snapshots.indexOf(chosen), 1)
      return
    }
    case 'clone': {
      const chosen = own.snapshots[act.pick % Math.max(1, own.snapshots.length)]
      if (!chosen) return
      const to = `t/c${names++}`
      expect(await zfs(kernel, 'clone', `${name}@${chosen.tag}`, to)).toBe(0)
      model.txg++
      model.lines.set(to, {
        live: [...chosen.live],
        bytes: Buffer.from(chosen.bytes),
        snapshots: [],
        base: own.base,
        origin: `${name}@${chosen.tag}`,
      })
    }
  }
}

function compare(world: World, model: Naive): void {
  for (const [name, own] of model.lines) {
    const dataset = world.state.datasets[name]
    if (!dataset) throw new Error(`${name} is gone`)
    expect(volumeBytes(world, name).equals(own.bytes), `${name}: bytes`).toBe(true)
    const space = spaceOf(world, name)
    const base = own.base.size
    const after = model.origin(own)?.txg ?? 0
    const last = own.snapshots.at(-1)?.txg ?? after
    expect(space.referenced, `${name}: referenced`).toBe(total(live(own.live)) + base)
    expect(space.written, `${name}: written`).toBe(
      total(live(own.live).filter(each => each.birth > last)) + (last === 0 ? base : 0),
    )
    const lives = new Set(live(own.live))
    const snapshotsOnly = [...model.own(own)].filter(each => !lives.has(each) && each !== own.base)
    expect(space.usedBySnapshots, `${name}: usedbysnapshots`).toBe(total(snapshotsOnly))
    compareSnapshots(world, model, dataset, own)
  }
}

function compareSnapshots(world: World, model: Naive, dataset: DatasetState, own: Line): void {
  for (const [index, each] of own.snapshots.entries()) {
    expect(dataset.snapshots[index]?.tag).toBe(each.tag)
    expect(snapshotUsed(world, dataset, index), `${each.tag}: used`).toBe(
      model.reclaim(own, new Set([each.tag])),
    )
    const before = own.snapshots[index - 1]?.txg ?? model.origin(own)?.txg ?? 0
    const written =
      total(live(each.live).filter(block => block.birth > before)) + (before === 0 ? own.base.size : 0)
    expect(snapshotWritten(world, dataset, index), `${each.tag}: written`).toBe(written)
  }
  const every = dataset.snapshots.filter((_, index) => index % 2 === 0)
  const tags = new Set(every.map(each => each.tag))
  expect(reclaimOf(world, dataset, new Set(every.map(each => each.guid)))).toBe(model.reclaim(own, tags))
}

test('bytes and figures are those of whole copies, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async steps => {
      const kernel = machine()
      const model = new Naive()
      expect(await zfs(kernel, 'create', '-s', '-V', String(SIZE), 't/v')).toBe(0)
      model.lines.set('t/v', {
        live: new Array(CHUNKS).fill(null),
        bytes: Buffer.alloc(SIZE),
        snapshots: [],
        base: { size: 57344, birth: 1 },
        origin: null,
      })
      for (const act of steps) {
        await step(kernel, model, act)
        compare(kernel.world, model)
      }
      // Nothing leaks: after everything is destroyed no chunk is left.
      await zfs(kernel, 'destroy', '-R', 't')
      kernel.world.save()
      expect(readdirSync(path.join(kernel.world.dir, 'chunks'))).toEqual([])
      kernel.remove()
    }),
    { numRuns: 80, seed: 20261122 },
  )
}, 120_000)

test('what was written is there after the machine was killed', async () => {
  const kernel = machine()
  await zfs(kernel, 'create', '-s', '-V', '1M', 't/v')
  const bytes = Buffer.alloc(3 * 4096, 7)
  write(kernel.world, 't/v', 100_000, bytes)
  await zfs(kernel, 'snapshot', 't/v@a')
  write(kernel.world, 't/v', 100_000, Buffer.alloc(4096, 9))
  kernel.world.save()
  const again = new World(kernel.world.dir)
  expect(volumeBytes(again, 't/v').subarray(100_000, 100_001)[0]).toBe(9)
  expect(again.state).toEqual(JSON.parse(JSON.stringify(kernel.world.state)))
  await zfs(kernel, 'rollback', 't/v@a')
  expect(
    volumeBytes(kernel.world, 't/v')
      .subarray(100_000, 100_000 + bytes.length)
      .equals(bytes),
  ).toBe(true)
})

test('a full pool refuses the write and keeps what is there; a reservation is room of its own', async () => {
  const kernel = machine(12 * 1024 ** 2)
  expect(await zfs(kernel, 'create', '-V', '4M', 't/kept')).toBe(0)
  expect(await zfs(kernel, 'create', '-s', '-V', '64M', 't/v')).toBe(0)
  const free = spaceOf(kernel.world, 't').available
  write(kernel.world, 't/v', 0, Buffer.alloc(Math.floor(free / CHUNK_BYTES) * CHUNK_BYTES, 1))
  expect(() => write(kernel.world, 't/v', 32 * 1024 ** 2, Buffer.alloc(1024 ** 2, 1))).toThrow(
    /No space left/,
  )
  expect(
    volumeBytes(kernel.world, 't/v')
      .subarray(32 * 1024 ** 2)
      .every(byte => byte === 0),
  ).toBe(true)
  write(kernel.world, 't/kept', 0, Buffer.alloc(4 * 1024 ** 2, 1))
  expect(await zfs(kernel, 'snapshot', 't/kept@a')).toBe(1)
})
