import { fail, ok, type ProgramIo, type ProgramResult } from '../programs.ts'
import type { PoolState } from '../state.ts'
import type { World } from '../world.ts'
import { pauseScrub, type ScanRefusal, startScrub, stopScrub } from './scan.ts'
import { scanRate } from './scans.ts'
import { poolFigures } from './space.ts'

type Verb = 'start' | 'pause' | 'stop'

/** `zpool scrub [-p | -s] POOL...`: what was done, or zpool's refusal. */
export function scrub(world: World, pools: PoolState[], verb: Verb): ProgramResult {
  let stderr = ''
  for (const pool of pools) {
    const refusal = act(world, pool, verb)
    if (refusal) stderr += `cannot ${refusal.verb} ${pool.name}: ${refusal.reason}\n`
  }
  return stderr === '' ? ok() : fail(1, stderr)
}

function act(world: World, pool: PoolState, verb: Verb): ScanRefusal | null {
  const doing = { start: 'scrub', pause: 'pause scrubbing', stop: 'cancel scrubbing' }[verb]
  if (pool.health === 'SUSPENDED') return { verb: doing, reason: 'pool I/O is currently suspended' }
  if (pool.readonly) return { verb: doing, reason: 'pool is read-only' }
  const now = world.now()
  const text = (value: string) => ({ text: value })
  if (verb === 'pause') {
    const done = pauseScrub(pool, now)
    if (done !== 'paused') return done
    world.emitPool('sysevent.fs.zfs.scrub_paused', pool)
    return null
  }
  if (verb === 'stop') {
    const done = stopScrub(pool, now)
    if (done !== 'stopped') return done
    world.history(pool, 'scan cancelled', text('errors=0'))
    world.emitPool('sysevent.fs.zfs.scrub_abort', pool)
    return null
  }
  const maxtxg = world.commit()
  const done = startScrub(pool, now, poolFigures(world, pool).allocatedBytes, scanRate(world, pool))
  if (done === 'resumed') world.emitPool('sysevent.fs.zfs.scrub_resume', pool)
  else if (done === 'started') {
    world.emitPool('sysevent.fs.zfs.scrub_start', pool)
    world.history(pool, 'scan setup', text(`func=1 mintxg=0 maxtxg=${maxtxg}`))
  } else return done
  return null
}

/** Waits until none of the pools is being scanned, or the caller goes away (`-w`, `zpool wait`). */
export function untilScanned(world: World, pools: PoolState[], io: Pick<ProgramIo, 'signal'>): Promise<void> {
  const busy = () =>
    pools.some(pool => pool.scan?.state === 'scanning' && world.state.pools[pool.name] === pool)
  return new Promise(resolve => {
    const check = () => {
      if (busy() && !io.signal.aborted) return
      stop()
      resolve()
    }
    const stop = world.onChange(check)
    io.signal.addEventListener('abort', check, { once: true })
    check()
  })
}
