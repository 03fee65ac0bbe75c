/** The same on real OpenZFS, over SSH: what the way costs, ten thousand snapshots, and the news of a shell. */
import { MARK } from '../../e2e/world.ts'
import type { Host } from '../../server/host/host.ts'
import { localHost } from '../../server/host/local.ts'
import { startSshd } from '../../server/host/ssh/testing.ts'
import { type Bench, raw } from './bench.ts'
import { LIST, makeSnapshots, readAnew } from './listing.ts'
import { liveRows } from './live.ts'
import { median, type Row, timed } from './table.ts'

/** A spare disk of the laboratory: a pool in its memory would compete with what is measured. */
const DISK = 'vdi'
const ROUNDS = 20
const SLOW_MS = 300_000

export async function labRows(bench: Bench): Promise<Row[]> {
  const { host, pool } = bench
  await raw(host, 'zpool', 'create', '-O', `${MARK}=bench`, pool, DISK)
  try {
    return [
      ...(await wayRows()),
      ...(await commandRows(bench)),
      ...(await newsRows(bench)),
      ...(await tenThousand(bench)),
    ]
  } finally {
    await raw(host, 'zpool', 'destroy', '-f', pool)
  }
}

/** The bare way, without an emulator in it: an sshd of this computer, and the same programs as processes of our own. */
async function wayRows(): Promise<Row[]> {
  const sshd = await startSshd()
  const there = sshd.host()
  const here = localHost()
  const row = async (what: string, argv: readonly string[]): Promise<Row> => ({
    measure: `${what}, over SSH`,
    skep: median(await timed(ROUNDS, () => raw(there, ...argv))),
    peer: median(await timed(ROUNDS, () => raw(here, ...argv))),
    against: 'as a process of our own',
    unit: 'ms',
  })
  try {
    return [
      await row('uname', ['uname', '-s']),
      await row('an answer of 1 MiB', ['head', '-c', String(2 ** 20), '/dev/zero']),
    ]
  } finally {
    await there.close()
    await here.close()
    await sshd.dispose()
  }
}

/** What Skep asks a machine all the time, against the same in a loop of the machine's own shell. */
async function commandRows({ host, pool }: Bench): Promise<Row[]> {
  const asked = ['zpool list -Hp', `zfs list -Hp -r ${pool}`, `zpool status -p ${pool}`]
  const rows: Row[] = []
  for (const command of asked) {
    const loop = `i=0; while [ $i -lt ${ROUNDS} ]; do ${command} > /dev/null; i=$((i + 1)); done`
    const began = performance.now()
    await raw(host, 'sh', '-c', loop)
    const inside = (performance.now() - began) / ROUNDS
    const outside = median(await timed(ROUNDS, () => raw(host, ...command.split(' '))))
    rows.push({
      measure: `real: ${command.split(' ').slice(0, 2).join(' ')}, over SSH`,
      skep: outside,
      peer: inside,
      against: 'in a loop of the machine’s shell',
      unit: 'ms',
    })
  }
  return rows
}

async function newsRows(bench: Bench): Promise<Row[]> {
  return (await liveRows(bench)).map(row => ({ ...row, measure: `real: ${row.measure}` }))
}

/** Once each: an emulated machine lists a few hundred snapshots a second. */
async function tenThousand({ skep, session, host, pool }: Bench): Promise<Row[]> {
  await makeSnapshots(host, `${pool}/bench-list`, 100, 100)
  const page = { offset: 0, limit: 100 }
  const bare = () => once(() => slowly(host, 'sh', '-c', `${LIST.join(' ')} > /dev/null`))
  const before = await bare()
  const carried = await once(() => slowly(host, ...LIST))
  const index = await once(() => readAnew(host))
  await skep.end()
  const cold = await once(async () => {
    await skep.start()
    const { total } = await session.api.snapshots.list.query(page)
    if (total < 10_000) throw new Error(`only ${total} snapshots`)
  })
  const warm = median(await timed(ROUNDS, () => session.api.snapshots.list.query(page)))
  const filtered = median(
    await timed(ROUNDS, round => session.api.snapshots.list.query({ ...page, filter: `d${round}@s4` })),
  )
  const peer = (before + (await bare())) / 2
  const row = (measure: string, skep: number): Row => ({
    measure: `real, 10,000 snapshots: ${measure}`,
    skep,
    peer,
    against: 'zfs list > /dev/null there',
    unit: 'ms',
  })
  return [
    row('zfs list, its answer carried over SSH', carried),
    row('index and first page, read anew', index),
    row('first page of a console from its start on', cold),
    row('the same page again', warm),
    row('filtered', filtered),
  ]
}

async function once(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function slowly(host: Host, ...argv: string[]): Promise<void> {
  const { exit, stderr } = await host.run(argv, { timeoutMs: SLOW_MS })
  if (exit !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
}
