import { describe, expect, it } from 'vitest'
import { vmRow } from '../vms/row.testing.ts'
import { planMount, planUnmount } from './plan.mount.ts'
import { filesystem, volume } from './testing.ts'

const off = { mounted: false }
const property = (name: string, value: string) => ({
  name,
  value,
  source: 'local' as const,
  received: null,
  inheritedFrom: null,
})

describe('mount', () => {
  const refusedWith = (row: ReturnType<typeof filesystem>, ...properties: ReturnType<typeof property>[]) =>
    planMount(row.name, { datasets: [filesystem('tank'), row], properties }).refused

  it('shows the exact command and where', () => {
    const plan = planMount('tank/a', { datasets: [filesystem('tank/a', off)], properties: [] })
    expect(plan.steps).toEqual([{ title: 'Mount it at /tank/a', argv: ['zfs', 'mount', 'tank/a'] }])
    expect(plan.warnings).toEqual([])
  })

  it('says whose files it hides', () => {
    const datasets = [
      filesystem('tank/a', { ...off, mountpoint: '/srv' }),
      filesystem('tank/b', { mountpoint: '/srv' }),
    ]
    expect(planMount('tank/a', { datasets, properties: [] }).warnings).toEqual([
      'tank/b is mounted there already: its files are hidden by this one’s.',
    ])
  })

  it('is refused where it cannot be, with the way out', () => {
    expect(planMount('tank/no', { datasets: [], properties: [] }).refused?.code).toBe('not_found')
    expect(refusedWith(volume('tank/v'))?.message).toContain('is a zvol')
    expect(refusedWith(filesystem('tank/a'))?.message).toContain('mounted already')
    expect(refusedWith(filesystem('tank/a', { ...off, mountpoint: 'none' }))?.detail?.next).toContain(
      'mountpoint',
    )
    expect(refusedWith(filesystem('tank/a', { ...off, mountpoint: 'legacy' }))?.message).toContain('fstab')
    expect(refusedWith(filesystem('tank/a', off), property('canmount', 'off'))?.detail?.next).toBe(
      'Set it to on.',
    )
    const locked = [property('keystatus', 'unavailable'), property('encryptionroot', 'tank')]
    expect(refusedWith(filesystem('tank/a', off), ...locked)?.detail?.next).toContain('zfs load-key tank')
  })
})

describe('unmount', () => {
  const datasets = [
    filesystem('zroot', { mountpoint: '/' }),
    filesystem('tank'),
    filesystem('tank/vms', { mountpoint: '/vm' }),
    filesystem('tank/vms/web1', { mountpoint: '/vm/web1' }),
    volume('tank/vms/web1/disk0'),
    filesystem('tank/off', off),
  ]
  const web1 = (state: 'running' | 'stopped') => vmRow('web1', { state, directory: '/vm/web1' })

  it('names what goes with it', () => {
    const plan = planUnmount('tank', { datasets, vms: [] })
    expect(plan.steps[0]?.argv).toEqual(['zfs', 'unmount', 'tank'])
    expect(plan.warnings[0]).toBe('2 filesystems below it: tank/vms and tank/vms/web1.')
  })

  it('is refused while a guest that runs has its files there, and told of one that does not', () => {
    const running = planUnmount('tank/vms', { datasets, vms: [web1('running')] })
    expect(running.refused).toMatchObject({ code: 'in_use', message: expect.stringContaining('web1') })
    const stopped = planUnmount('tank/vms', { datasets, vms: [web1('stopped')] })
    expect(stopped.refused).toBeUndefined()
    expect(stopped.warnings).toContain(
      'web1 has its files there: not to be started until it is mounted again.',
    )
    expect(planUnmount('tank/off', { datasets, vms: [] }).refused?.message).toContain('is not mounted')
  })

  it('leaves the system its root', () => {
    expect(planUnmount('zroot', { datasets, vms: [] }).refused?.code).toBe('in_use')
    expect(planUnmount('tank/vms/web1/disk0', { datasets, vms: [] }).refused?.code).toBe('invalid')
  })
})
