/** How long a console takes to come up, and what it weighs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Console } from '../../e2e/console.ts'
import type { Bench } from './bench.ts'
import { rssMiB } from './listing.ts'
import { median, type Row, timed } from './table.ts'

const ROUNDS = 5
const node = process.env.SKEP_NODE ?? process.execPath
/** Answers HTTP and does nothing else. */
const BARE =
  "const s = require('node:http').createServer((q, a) => a.end('x')); s.listen(0, '127.0.0.1', () => console.log('up'))"

export async function processRows({ skep, session }: Bench): Promise<Row[]> {
  const warm: number[] = []
  const idle: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await skep.end()
    const began = performance.now()
    await skep.start()
    warm.push(performance.now() - began)
    await session.own.accounts.me.query()
    idle.push(rssMiB(skep.pid))
  }
  const cold = median(
    await timed(2, async () => {
      const fresh = new Console()
      await fresh.start()
      await fresh.dispose()
    }),
  )
  const bare = { ms: [] as number[], mib: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    const child = spawn(node, ['-e', BARE], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    bare.ms.push(performance.now() - began)
    bare.mib.push(rssMiB(child.pid ?? 0))
    child.kill()
    await once(child, 'exit')
  }
  const against = 'an HTTP server of Node that does nothing'
  return [
    { measure: 'start to the first answer', skep: median(warm), peer: median(bare.ms), against, unit: 'ms' },
    {
      measure: 'first start: database and practice machine made',
      skep: cold,
      peer: median(warm),
      against: 'later starts',
      unit: 'ms',
    },
    {
      measure: 'memory of an idle console (RSS)',
      skep: median(idle),
      peer: median(bare.mib),
      against,
      unit: 'MiB',
    },
  ]
}
