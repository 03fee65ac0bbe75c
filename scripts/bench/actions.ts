/** What an action costs over the command that it runs. */
import { act } from '../session.ts'
import { type Bench, raw } from './bench.ts'
import { median, type Row, timed } from './table.ts'

const ROUNDS = 25
const DATASET = 'tank/bench-action'

export async function actionRows({ skep, session, host }: Bench): Promise<Row[]> {
  const { api } = session
  await raw(host, 'zfs', 'create', DATASET)
  const input = (round: string) => ({ datasets: [DATASET], tag: round, recursive: false })

  const inKernel = median(
    await timed(ROUNDS, round => raw(host, 'zfs', 'snapshot', `${DATASET}@raw-${round}`)),
  )
  const spawned = median(
    await timed(ROUNDS, round => skep.terminal('zfs', 'snapshot', `${DATASET}@spawned-${round}`)),
  )
  const planned = median(
    await timed(ROUNDS, round => api.snapshots.create.plan.query(input(`plan-${round}`))),
  )
  const runs: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const wanted = input(`run-${round}`)
    const { digest } = await api.snapshots.create.plan.query(wanted)
    const began = performance.now()
    await api.snapshots.create.run.mutate({ input: wanted, seen: digest })
    if (round > 0) runs.push(performance.now() - began)
  }
  const run = median(runs)
  const both = median(await timed(ROUNDS, round => act(api.snapshots.create, input(`both-${round}`))))
  await raw(host, 'zfs', 'destroy', '-r', DATASET)
  return [
    {
      measure: 'snapshot: the plan, over HTTP',
      skep: planned,
      peer: inKernel,
      against: 'zfs snapshot, no process',
      unit: 'ms',
    },
    {
      measure: 'snapshot: the button (plans again, records, runs)',
      skep: run,
      peer: inKernel,
      against: 'zfs snapshot, no process',
      unit: 'ms',
    },
    {
      measure: 'snapshot: the button',
      skep: run,
      peer: spawned,
      against: 'zfs snapshot as a shell runs it',
      unit: 'ms',
    },
    {
      measure: 'snapshot: plan and button',
      skep: both,
      peer: spawned,
      against: 'zfs snapshot as a shell runs it',
      unit: 'ms',
    },
  ]
}
