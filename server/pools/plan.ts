/** Starting, pausing and stopping a scrub. Pure: facts in, plan out. zpool-scrub(8). */
import { scrubArgv } from '../host/zpool/list.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { PoolDetail, ScrubVerb } from './model.ts'

const TITLES: Record<ScrubVerb, string> = {
  start: 'Start a scrub of',
  pause: 'Pause the scrub of',
  stop: 'Stop the scrub of',
}

export type ScrubFacts = Pick<PoolDetail, 'name' | 'health' | 'readonly' | 'scan'>

export function planScrub(verb: ScrubVerb, pool: ScrubFacts): Plan {
  const isPaused = pool.scan.kind === 'scrub' && pool.scan.state === 'paused'
  const resumes = verb === 'start' && isPaused
  const title = resumes ? `Go on with the scrub of ${pool.name}` : `${TITLES[verb]} ${pool.name}`
  const refused = scrubProblem(verb, pool)
  if (refused) return refusedPlan('pools.scrub', title, refused)
  return withDigest({
    action: 'pools.scrub',
    title,
    steps: [{ title, argv: scrubArgv(pool.name, verb) }],
    victims: [],
    warnings:
      verb === 'stop' ? ['What it has read so far counts for nothing: the next scrub begins anew.'] : [],
    locks: [`pool:${pool.name}`],
    facts: { before: { endedAt: pool.scan.endedAt } },
  })
}

/** Why the verb makes no sense now; also what keeps the browser's button grey. */
function scrubProblem(verb: ScrubVerb, { name, health, readonly, scan }: ScrubFacts): Refusal | null {
  const no = (message: string, next?: string): Refusal => ({
    code: 'refused',
    message,
    detail: next ? { next } : {},
  })
  // zpool scrub on a suspended or read-only pool never came back and could not be killed (OpenZFS 2.3.9).
  if (health === 'SUSPENDED')
    return no(`Pool ${name} is suspended.`, 'Bring the missing disks back, then clear it.')
  if (readonly) return no(`Pool ${name} is imported read-only, so it cannot be scrubbed.`)
  if (scan.kind === 'resilver' && scan.state === 'running') {
    return no(`Pool ${name} is resilvering: a scrub has to wait.`, 'Start it when the resilver has ended.')
  }
  const running = scan.kind === 'scrub' && scan.state === 'running'
  const paused = scan.kind === 'scrub' && scan.state === 'paused'
  if (verb === 'start') return running ? no(`A scrub of ${name} is running already.`) : null
  if (verb === 'pause' && paused) return no(`The scrub of ${name} is paused already.`)
  return running || paused ? null : no(`No scrub of ${name} is running.`)
}
