import { describe, expect, it } from 'vitest'
import { NO_SCAN } from '../host/zpool/scan.ts'
import type { Scan } from './model.ts'
import { planScrub, type ScrubFacts } from './plan.ts'

const scan = (kind: Scan['kind'], state: Scan['state']): Scan => ({ ...NO_SCAN, kind, state })
const pool = (more: Partial<ScrubFacts> = {}): ScrubFacts => ({
  name: 'tank',
  health: 'ONLINE',
  readonly: false,
  scan: scan('none', 'none'),
  ...more,
})

describe('scrub', () => {
  it.each([
    ['start', 'none', 'none', 'zpool scrub tank'],
    ['start', 'scrub', 'finished', 'zpool scrub tank'],
    ['start', 'scrub', 'paused', 'zpool scrub tank'],
    ['start', 'scrub', 'running', null],
    ['start', 'resilver', 'running', null],
    ['pause', 'scrub', 'running', 'zpool scrub -p tank'],
    ['pause', 'scrub', 'paused', null],
    ['pause', 'none', 'none', null],
    ['stop', 'scrub', 'running', 'zpool scrub -s tank'],
    ['stop', 'scrub', 'paused', 'zpool scrub -s tank'],
    ['stop', 'scrub', 'finished', null],
  ] as const)('%s while %s is %s: %s', (verb, kind, state, command) => {
    const plan = planScrub(verb, pool({ scan: scan(kind, state) }))
    expect(plan.steps[0]?.argv?.join(' ') ?? null).toBe(command)
    expect(plan.refused === undefined).toBe(command !== null)
  })

  it('never starts where the command would hang for good', () => {
    expect(planScrub('start', pool({ health: 'SUSPENDED' })).refused?.code).toBe('refused')
    expect(planScrub('start', pool({ readonly: true })).refused?.code).toBe('refused')
  })
})
