import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../errors.ts'
import type { Pool } from '../pools/model.ts'
import { vmRow } from '../vms/row.testing.ts'
import { glanceAt, goRound } from './glance.ts'

const pool = (name: string, health: Pool['health'], capacityPercent: number): Pool => ({
  name,
  guid: '1',
  health,
  sizeBytes: 100,
  allocatedBytes: capacityPercent,
  freeBytes: 100 - capacityPercent,
  capacityPercent,
  fragmentationPercent: 0,
  dedupRatio: 1,
  readonly: false,
})
const aged = <T>(value: T) => Promise.resolve({ value, heardAt: 0 })
const silent = () => Promise.reject(new AppError('unreachable', 'Nothing listens there.'))

describe('a host at a glance', () => {
  it('names what is not well and what is fullest, and counts the guests by state', async () => {
    const states = ['running', 'running', 'stopped', 'crashed'] as const
    const vms = states.map((state, at) => vmRow(`vm${at}`, { state }))
    const pools = [pool('tank', 'ONLINE', 62), pool('backup', 'DEGRADED', 90)]
    expect(await glanceAt({ pools: () => aged(pools), vms: () => aged(vms) }, () => 7)).toEqual({
      at: 7,
      pools: 2,
      unwell: ['backup'],
      fullest: { name: 'backup', percent: 90 },
      vms: 4,
      running: 2,
      crashed: 1,
    })
  })

  it('leaves out what cannot be read, and is none where nothing can', async () => {
    const glance = await glanceAt({ pools: silent, vms: () => aged([]) }, () => 7)
    expect(glance).toMatchObject({ pools: 0, fullest: null, vms: 0 })
    await expect(glanceAt({ pools: silent, vms: silent }, () => 7)).rejects.toThrow('Nothing listens there.')
  })
})

describe('going round', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  it('comes to every host again and again, also to one that was added meanwhile, until it is stopped', async () => {
    const hosts = ['a', 'b']
    const seen: string[] = []
    const stop = goRound(
      () => hosts,
      async id => {
        seen.push(id)
      },
      { everyMs: 1 },
    )
    await vi.waitFor(() => expect(seen.filter(id => id === 'b').length).toBeGreaterThan(2))
    hosts.push('c')
    await vi.waitFor(() => expect(seen).toContain('c'))
    stop()
    const before = seen.length
    await new Promise(resolve => setImmediate(resolve))
    expect(seen).toHaveLength(before)
  })

  it('does not wait for hosts that do not answer, and does not ask them a second time meanwhile', async () => {
    // More of them than are asked at once.
    const stuck = Array.from({ length: 8 }, (_, at) => `stuck${at}`)
    const asked = new Map<string, number>()
    const gate = Promise.withResolvers<void>()
    stops.push(
      goRound(
        () => [...stuck, 'well'],
        id => {
          asked.set(id, (asked.get(id) ?? 0) + 1)
          return id === 'well' ? Promise.resolve() : gate.promise
        },
        { everyMs: 1, patienceMs: 1 },
      ),
    )
    await vi.waitFor(() => expect(asked.get('well')).toBeGreaterThan(2))
    expect(stuck.map(id => asked.get(id))).toEqual(stuck.map(() => 1))
    gate.resolve()
    await vi.waitFor(() => expect(stuck.every(id => (asked.get(id) ?? 0) > 1)).toBe(true))
  })
})
