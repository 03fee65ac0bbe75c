import { expect, it } from 'vitest'
import type { RunResult } from '../host/host.ts'
import { listHolds } from '../host/zfs/snapshots.ts'
import { planHold, planRelease } from './plan.hold.ts'

/** What a command with its words may have on FreeBSD (ARG_MAX), the environment not counted. */
const ARG_MAX = 512 * 1024

const NAMES = Array.from(
  { length: 12_000 },
  (_, index) => `tank/projects/of-${index}/with-a-long-name@auto-hourly-2026-11-26_11.00`,
)
const snapshots = NAMES.map((name, index) => ({
  name,
  dataset: name.split('@')[0] ?? '',
  tag: name.split('@')[1] ?? '',
  guid: String(index + 1),
  createtxg: String(index + 1),
  createdAt: 0,
  usedBytes: 0,
  referencedBytes: 0,
  holds: 1,
  clones: [],
}))
const holds = NAMES.map(snapshot => ({ snapshot, tag: 'keep', createdAt: 0 }))
const sizeOf = (argv: readonly string[]) => argv.reduce((sum, word) => sum + word.length + 1, 0)

it.each([
  ['hold', planHold({ snapshots: NAMES, tag: 'keep' }, { snapshots, holds: [] })],
  ['release', planRelease({ snapshots: NAMES, tag: 'keep' }, { snapshots, holds })],
])('%s: no command is longer than the system takes, and every snapshot is in one', (_, plan) => {
  const argvs = plan.steps.map(step => step.argv ?? [])
  expect(argvs.length).toBeGreaterThan(1)
  for (const argv of argvs) expect(sizeOf(argv)).toBeLessThan(ARG_MAX / 2)
  expect(argvs.flatMap(argv => argv.slice(argv.indexOf('keep') + 1))).toEqual(NAMES)
})

it('the holds of many snapshots are asked for in commands that the system takes', async () => {
  const asked: string[][] = []
  const run = async (argv: readonly string[]): Promise<RunResult> => {
    asked.push([...argv])
    const stdout = argv.slice(3).map(name => `${name}\tkeep\t1700000000\n`)
    return { exit: 0, stdout: stdout.join(''), stderr: '' }
  }
  const found = await listHolds({ run }, NAMES)
  expect(found.map(each => each.snapshot)).toEqual(NAMES)
  for (const argv of asked) expect(sizeOf(argv)).toBeLessThan(ARG_MAX / 2)
})
