/** Ten thousand snapshots: the first listing of a console that has just started, and every one after it. */
import { execFileSync } from 'node:child_process'
import type { Host } from '../../server/host/host.ts'
import { readMachineFacts } from '../../server/host/machine.ts'
import { createInventory } from '../../server/inventory/live.ts'
import { createReader } from '../../server/inventory/reader.ts'
import { readVms, watchFacts } from '../../server/vms/read.ts'
import { type Bench, raw } from './bench.ts'
import { median, type Row, timed } from './table.ts'

const DATASETS = 20
const SNAPSHOTS_EACH = 500
const COLD_ROUNDS = 5
const WARM_ROUNDS = 40
export const LIST = ['zfs', 'list', '-Hp', '-o', 'name,guid,createtxg', '-s', 'name', '-t', 'snapshot']

export async function listingRows(bench: Bench): Promise<Row[]> {
  const { skep, session, host } = bench
  await make(bench)
  const { api, own } = session
  const page = { offset: 0, limit: 100 }
  const rawMs = median(await timed(COLD_ROUNDS, () => raw(host, ...LIST)))
  const spawnedMs = median(await timed(COLD_ROUNDS, () => skep.terminal(...LIST)))
  const index = median(await timed(COLD_ROUNDS, () => readAnew(host)))

  const cold: number[] = []
  const idle: number[] = []
  const full: number[] = []
  for (let round = 0; round < COLD_ROUNDS; round++) {
    await skep.end()
    await skep.start()
    await own.accounts.me.query()
    idle.push(rssMiB(skep.pid))
    const began = performance.now()
    const { total } = await api.snapshots.list.query(page)
    cold.push(performance.now() - began)
    if (total < DATASETS * SNAPSHOTS_EACH) throw new Error(`only ${total} snapshots`)
    full.push(rssMiB(skep.pid))
  }
  const warm = median(await timed(WARM_ROUNDS, () => api.snapshots.list.query(page)))
  const turned = median(
    await timed(WARM_ROUNDS, round => api.snapshots.list.query({ offset: 100 * round, limit: 100 })),
  )
  const filtered = median(
    await timed(WARM_ROUNDS, round =>
      api.snapshots.list.query({
        ...page,
        filter: `d${round % DATASETS}@s4`,
        sort: 'name',
        descending: false,
      }),
    ),
  )
  const raws = { peer: rawMs, against: 'zfs list, no process', unit: 'ms' as const }
  return [
    { measure: '10,000 snapshots: index and first page, read anew', skep: index, ...raws },
    {
      measure: '10,000 snapshots: first page of a console that has just started',
      skep: median(cold),
      peer: spawnedMs,
      against: 'zfs list as a shell runs it',
      unit: 'ms',
    },
    { measure: '10,000 snapshots: the same page again', skep: warm, ...raws },
    { measure: '10,000 snapshots: another page', skep: turned, ...raws },
    { measure: '10,000 snapshots: filtered and sorted', skep: filtered, ...raws },
    {
      measure: 'memory with 10,000 snapshots read (RSS)',
      skep: median(full),
      peer: median(idle),
      against: 'before the first listing',
      unit: 'MiB',
    },
  ]
}

/** What a console does for its first page, in a process that has done it before. */
export async function readAnew(host: Bench['host']): Promise<void> {
  const facts = {
    vms: () => readVms(host),
    vmMarks: () => watchFacts(host),
    facts: () => readMachineFacts(host),
  }
  const inventory = createInventory({ host, read: createReader(host, facts) })
  await inventory.snapshotPage({ offset: 0, limit: 100 })
  inventory.close()
}

async function make({ host, pool }: Bench): Promise<void> {
  await makeSnapshots(host, `${pool}/bench-list`, DATASETS, SNAPSHOTS_EACH)
}

export async function makeSnapshots(
  host: Host,
  parent: string,
  datasets: number,
  each: number,
): Promise<void> {
  await raw(host, 'zfs', 'create', parent)
  for (let at = 0; at < datasets; at++) await raw(host, 'zfs', 'create', `${parent}/d${at}`)
  // One command snapshots all of them, as `zfs snapshot -r` would.
  for (let count = 0; count < each; count++) {
    const names = Array.from({ length: datasets }, (_, at) => `${parent}/d${at}@s${count}`)
    await raw(host, 'zfs', 'snapshot', ...names)
  }
}

/** Resident memory of a process. */
export function rssMiB(pid: number): number {
  const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  return kib / 1024
}
