import { expect, it } from 'vitest'
import { NO_SCAN } from '../../server/host/zpool/scan.ts'
import type { PoolDetail, Vdev } from '../../server/pools/model.ts'
import { adviceFor } from './advice.ts'

const disk = (name: string, rest: Partial<Vdev> = {}): Vdev => ({
  name,
  kind: 'disk',
  group: 'data',
  state: 'ONLINE',
  readErrors: 0,
  writeErrors: 0,
  checksumErrors: 0,
  note: null,
  children: [],
  ...rest,
})
const pool = (messageId: string | null, disks: Vdev[], statusText: string | null = null) =>
  ({
    name: 'tank',
    messageId,
    statusText,
    vdevs: [disk('mirror-0', { kind: 'mirror', children: disks })],
  }) satisfies Partial<PoolDetail>
const advice = (...given: Parameters<typeof pool>) => adviceFor({ ...EMPTY, ...pool(...given) })

const EMPTY: PoolDetail = {
  name: 'tank',
  guid: '1',
  health: 'ONLINE',
  sizeBytes: 0,
  allocatedBytes: 0,
  freeBytes: 0,
  capacityPercent: 0,
  fragmentationPercent: null,
  dedupRatio: 1,
  readonly: false,
  vdevs: [],
  scan: NO_SCAN,
  statusText: null,
  actionText: null,
  messageId: null,
  errorsText: '',
  features: {},
  properties: [],
}

it('names a missing disk by where it was, and its commands by what ZFS calls it', () => {
  const found = advice('ZFS-8000-2Q', [
    disk('da0'),
    disk('1234567', { state: 'UNAVAIL', note: 'was /dev/da1' }),
  ])
  expect(found?.what).toBe('The disk da1 cannot be opened. The pool works on without its protection.')
  expect(found?.steps.map(step => step.argv)).toEqual([
    ['zpool', 'online', 'tank', '1234567'],
    ['zpool', 'replace', 'tank', '1234567', 'NEW'],
  ])
})

it('offers to bring back what somebody took offline', () => {
  const status = 'One or more devices has been taken offline by the administrator.'
  const found = advice(null, [disk('da0'), disk('da1', { state: 'OFFLINE' })], status)
  expect(found?.what).toBe('Somebody took da1 offline. The pool works on with less protection.')
  expect(found?.steps.map(step => step.argv)).toEqual([['zpool', 'online', 'tank', 'da1']])
  expect(found?.steps.map(step => step.act)).toMatchObject([{ verb: 'online', device: { name: 'da1' } }])
})

it('does not offer to replace a disk where there is nothing to rebuild it from', () => {
  const found = advice('ZFS-8000-3C', [disk('da0', { state: 'UNAVAIL' })])
  expect(found?.steps.some(step => step.argv?.[1] === 'replace')).toBe(false)
})

it('points at the disks with errors', () => {
  const found = advice('ZFS-8000-9P', [disk('da0', { checksumErrors: 3 }), disk('da1')])
  expect(found?.what).toContain('The disk da0')
  expect(found?.steps.at(-1)?.argv).toEqual(['zpool', 'replace', 'tank', 'da0', 'NEW'])
})

it('calls new features no trouble', () => {
  const found = advice(
    null,
    [disk('da0')],
    'Some supported and requested features are not enabled on the pool.',
  )
  expect(found?.what).toContain('Nothing is wrong.')
})

it('leaves what it does not know to zpool', () => {
  expect(advice('ZFS-8000-ZZ', [disk('da0')], 'Something new.')).toBeNull()
  expect(advice(null, [disk('da0')])).toBeNull()
})
