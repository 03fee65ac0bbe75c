import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_SCAN } from '../host/zpool/scan.ts'
import { scriptedHost } from '../testing.ts'
import { readDisks } from './disks.ts'
import type { Vdev } from './model.ts'
import {
  type DeviceFacts,
  planAttach,
  planClear,
  planDetach,
  planDevice,
  planReplace,
} from './plan.device.ts'

const disk = (name: string, more: Partial<Vdev> = {}): Vdev => ({
  name,
  kind: 'disk',
  group: 'data',
  state: 'ONLINE',
  readErrors: 0,
  writeErrors: 0,
  checksumErrors: 0,
  note: null,
  children: [],
  ...more,
})
const group = (kind: string, children: Vdev[]): Vdev => disk(`${kind}-0`, { kind, children })
const pool = (vdevs: Vdev[], more: Partial<DeviceFacts> = {}): DeviceFacts => ({
  name: 'tank',
  health: 'ONLINE',
  readonly: false,
  scan: NO_SCAN,
  vdevs,
  ...more,
})
const gone = disk('18237371215249638221', { state: 'UNAVAIL', note: 'was /dev/da4' })
const commands = (plan: { steps: { argv?: string[] }[] }) => plan.steps.map(step => step.argv?.join(' '))

describe('offline', () => {
  it('names the device, and never touches the last one that works', () => {
    const mirror = pool([group('mirror', [disk('da0'), disk('da1')])])
    expect(commands(planDevice('offline', 'da1', mirror))).toEqual(['zpool offline tank da1'])
    const half = pool([group('mirror', [disk('da0'), disk('da1', { state: 'OFFLINE' })])])
    expect(planDevice('offline', 'da0', half).refused?.message).toContain('has lost da1 already')
    expect(planDevice('offline', 'da1', half).refused?.message).toBe('da1 is offline already.')
    expect(planDevice('offline', 'da0', pool([disk('da0')])).refused?.message).toContain('stands alone')
  })

  it('counts the parity of a raidz', () => {
    const of = (kind: string, away: number) =>
      planDevice(
        'offline',
        'last',
        pool([
          group(kind, [
            ...Array.from({ length: away }, (_, at) => disk(`x${at}`, { state: 'UNAVAIL' })),
            disk('da8'),
            disk('da9'),
            disk('last'),
          ]),
        ]),
      ).refused === undefined
    for (const [kind, parity] of [
      ['raidz1', 1],
      ['raidz2', 2],
      ['raidz3', 3],
    ] as const) {
      for (let away = 0; away <= 3; away++)
        expect([kind, away, of(kind, away)]).toEqual([kind, away, away < parity])
    }
  })
})

describe('online', () => {
  it('calls a missing disk by where it was, and gives ZFS its number', () => {
    const plan = planDevice('online', gone.name, pool([group('raidz1', [disk('da2'), disk('da3'), gone])]))
    expect(plan.title).toBe('Bring da4 of tank back online')
    expect(commands(plan)).toEqual([`zpool online tank ${gone.name}`])
  })

  it('is refused for what is online, gone, or waits for the whole pool', () => {
    const tank = pool([disk('da0')])
    expect(planDevice('online', 'da0', tank).refused?.code).toBe('refused')
    expect(planDevice('online', 'da7', tank).refused?.code).toBe('not_found')
    expect(planDevice('online', 'da0', { ...tank, health: 'SUSPENDED' }).refused?.message).toContain(
      'suspended',
    )
  })
})

describe('clear', () => {
  it('is for what has errors, and for a suspended pool', () => {
    const clean = pool([disk('da0')])
    expect(planClear(null, clean).refused?.message).toBe('There is no error to clear.')
    const marked = pool([disk('da0', { checksumErrors: 3 }), disk('da1')])
    expect(commands(planClear(null, marked))).toEqual(['zpool clear tank'])
    expect(commands(planClear('da0', marked))).toEqual(['zpool clear tank da0'])
    expect(planClear('da1', marked).refused).toBeDefined()
    expect(commands(planClear(null, { ...clean, health: 'SUSPENDED' }))).toEqual(['zpool clear tank'])
  })
})

describe('replace', () => {
  const tank = pool([group('raidz1', [disk('da2'), gone])])
  const disks = [
    { name: 'da2', takenBy: 'pool tank', sizeBytes: null },
    { name: 'da6', takenBy: null, sizeBytes: null },
  ]

  it('takes only a disk that nobody has, never by force, and names it as what dies', () => {
    const plan = planReplace(gone.name, 'da6', tank, disks)
    expect(commands(plan)).toEqual([`zpool replace tank ${gone.name} da6`])
    expect(plan.victims).toEqual([{ kind: 'disk', name: '/dev/da6' }])
    expect(planReplace(gone.name, 'da2', tank, disks).refused).toMatchObject({
      code: 'in_use',
      message: 'da2 belongs to pool tank.',
    })
    expect(planReplace(gone.name, 'da9', tank, disks).refused?.code).toBe('not_found')
  })
})

describe('attach and detach', () => {
  const free = [{ name: 'da6', takenBy: null, sizeBytes: null }]
  const mirror = pool([group('mirror', [disk('da0'), disk('da1')])])

  it('a copy beside a single disk or in a mirror, of what can be read', () => {
    const plan = planAttach('da0', 'da6', pool([disk('da0')]), free)
    expect(commands(plan)).toEqual(['zpool attach tank da0 da6'])
    expect(plan.victims).toEqual([{ kind: 'disk', name: '/dev/da6' }])
    expect(commands(planAttach('da1', 'da6', mirror, free))).toEqual(['zpool attach tank da1 da6'])
    const raidz = pool([group('raidz1', [disk('da2'), disk('da3')])])
    expect(planAttach('da2', 'da6', raidz, free).refused?.detail?.next).toContain('2.3')
    expect(planAttach('da1', 'da1', mirror, free).refused?.code).toBe('not_found')
    const away = pool([group('mirror', [disk('da0'), gone])])
    expect(planAttach(gone.name, 'da6', away, free).refused?.message).toContain('da4 cannot be read')
  })

  it('a disk leaves only a mirror whose others hold everything', () => {
    const plan = planDetach('da1', mirror)
    expect(commands(plan)).toEqual(['zpool detach tank da1'])
    expect(plan.warnings[0]).toBe('da0 stands alone then: when it fails the pool is lost.')
    expect(planDetach('da0', pool([disk('da0')])).refused?.message).toContain('in no mirror')
    const half = pool([group('mirror', [disk('da0'), disk('da1', { state: 'OFFLINE' })])])
    expect(planDetach('da0', half).refused?.message).toContain('None of the others')
    expect(commands(planDetach('da1', half))).toEqual(['zpool detach tank da1'])
    const busy = { ...mirror, scan: { ...mirror.scan, kind: 'resilver', state: 'running' } as const }
    expect(planDetach('da1', busy).refused?.message).toContain('resilvering')
  })
})

describe('disks of the machine', () => {
  const hostWith = (names: string, nodes: string[]) => {
    const host = scriptedHost(argv => ({
      exit: 0,
      stdout: argv[0] === 'sysctl' ? `kern.disks=${names}\n` : '',
      stderr: '',
    }))
    const list = () =>
      Promise.resolve(nodes.map(name => ({ name, type: 'other' as const, sizeBytes: 0, mtimeMs: 0 })))
    return { ...host, list }
  }

  it('belong to a pool, a guest, or what is on them; da1 is not da10', async () => {
    const host = hostWith('da10 da2 da1 ada0 nda0', [
      'da1',
      'da10',
      'da10p1',
      'ada0',
      'ada0.eli',
      'nda0',
      'da2',
    ])
    const disks = await readDisks(
      host,
      [{ name: 'tank', vdevs: [group('mirror', [disk('da10p1'), disk('gpt/x')])] }],
      [{ guest: 'web1', path: '/dev/nda0' }],
    )
    expect(disks).toEqual([
      { name: 'ada0', takenBy: 'what is on it: ada0.eli', sizeBytes: null },
      { name: 'da1', takenBy: null, sizeBytes: null },
      { name: 'da2', takenBy: null, sizeBytes: null },
      { name: 'da10', takenBy: 'pool tank', sizeBytes: null },
      { name: 'nda0', takenBy: 'guest web1', sizeBytes: null },
    ])
  })

  it('are free only where no node stands on them, whatever they are called', async () => {
    const name = fc.stringMatching(/^[a-z]{2,4}[0-9]{1,2}$/)
    const part = fc.stringMatching(/^(p[0-9]|s[0-9][a-h]?|\.eli|\.nop)$/)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), part, async (names, suffix) => {
        const [first = ''] = names
        const disks = await readDisks(hostWith(names.join(' '), [...names, `${first}${suffix}`]), [], [])
        expect(disks.filter(each => each.takenBy !== null).map(each => each.name)).toEqual([first])
      }),
    )
  })

  it('are not guessed where the system does not tell them', async () => {
    const host = scriptedHost(() => ({ exit: 1, stdout: '', stderr: '' }))
    await expect(readDisks(host, [], [])).rejects.toMatchObject({ code: 'unsupported' })
  })
})
