import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../errors.ts'
import { quietInventory, scriptedHost } from '../testing.ts'
import { createCapabilities } from './capabilities.ts'
import { createLoadSampler, SAMPLE_EVERY_MS } from './load.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A machine half of whose time is idle, and how often it was asked. */
function machine() {
  const state = {
    readings: 0,
    lost: false,
    ticks: 0,
    /** Seconds that zpool was asked to measure. */
    measured: [] as (string | undefined)[],
    pools: async () => ({ exit: 0, stdout: 'a\t1\t1\t0\t3\t0\t300\nb\t1\t1\t2\t1\t50\t7\n', stderr: '' }),
  }
  const host = scriptedHost(argv => {
    if (argv[0] === 'uname') return { exit: 0, stdout: 'FreeBSD 14.5-RELEASE\n', stderr: '' }
    if (argv[0] === 'zpool') {
      state.measured.push(argv.at(-2))
      return state.pools()
    }
    state.readings++
    if (state.lost) throw new AppError('unreachable', 'The machine does not answer.')
    state.ticks += 50
    const stdout = [
      `kern.cp_time=${state.ticks} 0 0 0 ${state.ticks}`,
      'vm.stats.vm.v_page_size=4096',
      'vm.stats.vm.v_page_count=1000',
      'vm.stats.vm.v_free_count=100',
      'vm.stats.vm.v_inactive_count=50',
      'vm.stats.vm.v_laundry_count=0',
      'kstat.zfs.misc.arcstats.size=409600',
    ].join('\n')
    return { exit: 0, stdout: `${stdout}\n`, stderr: '' }
  })
  return { state, sampler: createLoadSampler({ host, inventory: quietInventory(), now: Date.now }) }
}

describe('the load', () => {
  it('is sampled while somebody looks, one reading each time, and not otherwise', async () => {
    const { state, sampler } = machine()
    await vi.advanceTimersByTimeAsync(SAMPLE_EVERY_MS)
    expect(state.readings).toBe(0)
    const stops = [sampler.watch(), sampler.watch()]
    await vi.advanceTimersByTimeAsync(1000)
    expect(sampler.samples()).toEqual([
      {
        at: Date.now(),
        cpu: 0.5,
        memoryUsedBytes: 850 * 4096 - 409_600,
        arcBytes: 409_600,
        memoryFreeBytes: 150 * 4096,
        network: null,
        pools: { readBytes: 50, writtenBytes: 307 },
      },
    ])
    await vi.advanceTimersByTimeAsync(3 * SAMPLE_EVERY_MS)
    expect(state.readings).toBe(5)
    for (const stop of stops) stop()
    await vi.advanceTimersByTimeAsync(3 * SAMPLE_EVERY_MS)
    expect(state.readings).toBe(5)
    expect(sampler.samples()).toHaveLength(4)
  })

  it('of a lost machine is a gap, never an average over it', async () => {
    const { state, sampler } = machine()
    sampler.watch()
    await vi.advanceTimersByTimeAsync(1000)
    state.lost = true
    await vi.advanceTimersByTimeAsync(6 * SAMPLE_EVERY_MS)
    expect(sampler.samples()).toHaveLength(1)
    state.lost = false
    await vi.advanceTimersByTimeAsync(SAMPLE_EVERY_MS + 1000)
    expect(sampler.samples()).toHaveLength(2)
  })

  it('of pools is measured from one sample to the next, and not twice at once', async () => {
    const { state, sampler } = machine()
    const stop = sampler.watch()
    await vi.advanceTimersByTimeAsync(1000)
    state.pools = () => new Promise(() => undefined)
    await vi.advanceTimersByTimeAsync(3 * SAMPLE_EVERY_MS)
    expect(state.measured).toEqual(['0.5', '9', '9'])
    expect(sampler.samples().map(sample => sample.pools !== null)).toEqual([true, true, false, false])
    stop()
  })

  it('is kept for an hour', async () => {
    const { sampler } = machine()
    const stop = sampler.watch()
    await vi.advanceTimersByTimeAsync(2 * 3_600_000)
    expect(sampler.samples().length).toBeGreaterThan(355)
    expect(sampler.samples().length).toBeLessThanOrEqual(360)
    stop()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(sampler.samples()).toEqual([])
  })
})

describe('capabilities', () => {
  it('are asked once a minute, however many want to know', async () => {
    let runs = 0
    const host = scriptedHost(() => {
      runs++
      return { exit: 1, stdout: '', stderr: 'no such thing' }
    })
    const capabilities = createCapabilities({ host, now: Date.now })
    const [one, two] = await Promise.all([capabilities(), capabilities()])
    expect(one).toBe(two)
    const once = runs
    await vi.advanceTimersByTimeAsync(59_000)
    await capabilities()
    expect(runs).toBe(once)
    await vi.advanceTimersByTimeAsync(2000)
    await capabilities()
    expect(runs).toBe(2 * once)
    expect(one.every(each => each.reason.length > 0)).toBe(true)
  })
})
