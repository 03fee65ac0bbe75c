/** The states of pools that were captured from real OpenZFS, rebuilt (for golden.test.ts). */
import type { PoolState, Scan, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { newFeatures } from './properties.ts'

export type Leaf = { name: string; path?: string | undefined } & Partial<
  Omit<Vdev, 'name' | 'path' | 'role' | 'children'>
>

function vdev(role: Vdev['role'], leaf: Leaf): Vdev {
  const file = leaf.path ?? (leaf.name.startsWith('/') ? leaf.name : `/dev/${leaf.name}`)
  return {
    type: file.startsWith('/dev/') ? 'disk' : 'file',
    guid: '1',
    health: role === 'spare' ? 'AVAIL' : 'ONLINE',
    readErrors: 0,
    writeErrors: 0,
    checksumErrors: 0,
    slowIos: 0,
    sizeBytes: file.startsWith('/dev/') ? 1063256064 : 104857600,
    note: null,
    ...leaf,
    path: file,
    role,
    children: [],
  }
}

/** A whole Linux disk: its name hides the partition. */
export const disk = (name: string, more: Partial<Leaf> = {}): Leaf => ({
  name,
  path: `/dev/${name}1`,
  ...more,
})

export function group(
  role: Vdev['role'],
  name: string,
  children: (Leaf | Vdev)[],
  space?: Vdev['space'],
): Vdev {
  return {
    ...vdev(role, { name }),
    type: name.replace(/-\d+$/, ''),
    path: null,
    sizeBytes: 0,
    ...(space ? { space } : {}),
    children: children.map(child => ('children' in child ? child : vdev(role, child))),
  }
}

export function pool(name: string, vdevs: Vdev[], more: Partial<PoolState> = {}): PoolState {
  return {
    name,
    guid: '5122371641335310887',
    createdAt: 0,
    health: 'ONLINE',
    sizeBytes: 1006632960,
    usableBytes: 1006632960,
    fragmentation: 0,
    vdevs,
    scan: null,
    props: {},
    features: newFeatures(),
    errors: [],
    readonly: false,
    commands: [],
    ...more,
  }
}

export const at = (clock: string) => Date.parse(`2026-11-22T${clock}Z`)

const REST = [
  vdev('log', {
    name: 'vdg1',
    sizeBytes: 230686720,
    space: { sizeBytes: 218103808, allocatedBytes: 0, fragmentation: 1 },
  }),
  vdev('cache', {
    name: 'vdg2',
    sizeBytes: 230686720,
    space: { sizeBytes: 225964032, allocatedBytes: 163672064, fragmentation: 0 },
  }),
  vdev('spare', { name: 'vdi', path: '/dev/vdi1', sizeBytes: 2136997888 }),
]

export function tank(children: (Leaf | Vdev)[], more: Partial<PoolState> = {}, rest = REST): PoolState {
  return pool('tank', structuredClone([group('data', 'mirror-0', children), ...rest]), more)
}

export function rz(children: Leaf[], more: Partial<PoolState> = {}): PoolState {
  return pool('rz', [group('data', 'raidz1-0', children)], {
    sizeBytes: 2952790016,
    usableBytes: 2952790016,
    ...more,
  })
}

export const MIRROR = [disk('vdb'), disk('vdc')]
export const RAIDZ = [disk('vdd'), disk('vde'), disk('vdf')]

export function scan(more: Partial<Scan>): Scan {
  return {
    kind: 'scrub',
    state: 'finished',
    startedAt: at('09:52:37'),
    endedAt: at('09:52:44'),
    pausedAt: null,
    issuedBefore: 0,
    passStartedAt: at('09:52:37'),
    totalBytes: 192102400,
    bytesPerSecond: 1,
    repairedBytes: 0,
    errors: 0,
    ...more,
  }
}

export const resilvered = (bytes: number, from: string, to: string) =>
  scan({ kind: 'resilver', startedAt: at(from), endedAt: at(to), repairedBytes: bytes })

export const numbered = (first: number, count: number): Leaf[] =>
  Array.from({ length: count }, (_, index) => ({ name: `/vd/l${first + index}` }))

export const HEALTHY = () => tank(MIRROR)
export const OFFLINE = () => tank([disk('vdb'), disk('vdc', { health: 'OFFLINE' })], { scan: scan({}) })
export const DEGRADED = () =>
  tank([disk('vdb'), disk('vdc', { health: 'DEGRADED', note: 'too many errors' })], {
    scan: resilvered(108 * 1024, '09:53:33', '09:53:34'),
  })
export const INUSE = [
  ...REST.slice(0, 2),
  vdev('spare', { name: 'vdi', path: '/dev/vdi1', health: 'INUSE', sizeBytes: 2136997888 }),
]
const spareInUse = (resilvering: boolean) => [
  disk('vdb'),
  group('data', 'spare-1', [
    disk('vdc', { health: 'FAULTED', note: 'too many errors' }),
    disk('vdi', { resilvering }),
  ]),
]
export const FAULTED_SPARE = () =>
  tank(spareInUse(false), { scan: resilvered(190 * 1024 ** 2, '09:53:42', '09:53:46') }, INUSE)
export const HEALED = () =>
  tank(
    [disk('vdb'), disk('vdh', { checksumErrors: 2403 })],
    {
      scan: scan({ startedAt: at('09:55:02'), endedAt: at('09:55:09'), repairedBytes: 181 * 1024 ** 2 }),
    },
    [],
  )
export const IO_ERRORS = () =>
  rz([disk('vdd', { writeErrors: 298 }), disk('vde'), disk('vdf')], {
    scan: resilvered(96 * 1024, '09:55:41', '09:55:41'),
  })
export const RZ_FAULTED = () =>
  rz([disk('vdd', { health: 'FAULTED', note: 'external device fault' }), disk('vde'), disk('vdf')], {
    scan: resilvered(48 * 1024, '09:53:40', '09:53:41'),
  })
export const LABEL_LOST = () =>
  rz(
    [
      {
        name: '4118888357912112648',
        guid: '4118888357912112648',
        path: '/dev/vdd1',
        health: 'UNAVAIL',
        labelLost: true,
        note: 'was /dev/vdd1',
      },
      disk('vde'),
      disk('vdf'),
    ],
    { scan: resilvered(96 * 1024, '09:55:41', '09:55:41') },
  )
export const IMPORTED_DEGRADED = () =>
  pool('ma', [
    group('data', 'mirror-0', [
      { name: '/vd/a0' },
      {
        name: '1266167811548944238',
        guid: '1266167811548944238',
        path: '/vd/a1',
        health: 'UNAVAIL',
        note: 'was /vd/a1',
        sizeBytes: 0,
      },
    ]),
  ])
export const CANCELED = () => tank(MIRROR, { scan: scan({ state: 'canceled', endedAt: at('09:52:33') }) })
export const PAUSED = () =>
  tank(MIRROR, { scan: scan({ state: 'scanning', startedAt: at('09:52:22'), pausedAt: at('09:52:28') }) })
export const SCRUBBED = () => tank(MIRROR, { scan: scan({}) })
export const RESILVERED = () =>
  tank([disk('vdb'), disk('vdh')], { scan: resilvered(190 * 1024 ** 2, '09:54:02', '09:54:12') })
export const running = (kind: Scan['kind'], clock: string, total: number, issued = 0, repaired = 0) =>
  scan({
    kind,
    state: 'scanning',
    startedAt: at(clock),
    passStartedAt: at(clock),
    totalBytes: total,
    bytesPerSecond: issued,
    repairedBytes: repaired,
    endedAt: null,
  })
export const SUSPENDED = () =>
  pool('sus', [vdev('data', { name: '/sv/s0', writeErrors: 27, sizeBytes: 209715200 })], {
    health: 'SUSPENDED',
    sizeBytes: 201326592,
  })
export const DAMAGED_FILES = [
  '/bad/dir/tab\there',
  '/bad/one',
  '/bad/two words',
  '/bad/ünï',
  '/bad/dir/new\nline',
  '/bad/sub/insub',
  '/bad/sub/deleted',
  'bad@snap:/dir/tab\there',
  'bad@snap:/one',
  'bad@snap:/two words',
  'bad@snap:/ünï',
  'bad@snap:/dir/new\nline',
  'bad/sub@snap:/insub',
  'bad/sub@snap:/insnap',
  'bad/sub@snap:/deleted',
]
export const bad = (more: Partial<PoolState>, checksumErrors = 28) =>
  pool('bad', [vdev('data', { name: '/ve/bad0', checksumErrors })], more)
export const badScrub = (errors: number, from: string, to: string) =>
  scan({ startedAt: at(from), endedAt: at(to), errors })
export const WIDE = () =>
  pool('wide', [
    group('data', 'mirror-0', numbered(0, 2)),
    group('data', 'mirror-1', numbered(2, 2)),
    group('dedup', 'mirror-3', numbered(6, 2)),
    group('special', 'mirror-2', numbered(4, 2)),
    group('log', 'mirror-4', numbered(8, 2)),
    vdev('log', { name: '/vd/l36' }),
    vdev('cache', { name: '/vd/l10' }),
    vdev('cache', { name: '/vd/l11' }),
    vdev('spare', { name: '/vd/l12' }),
    vdev('spare', { name: '/vd/l13' }),
  ])
export const RZ3 = () =>
  pool('rz3', [group('data', 'raidz3-0', numbered(18, 5)), group('data', 'raidz3-1', numbered(23, 5))])
export const DRAID = () =>
  pool('dr', [
    group('data', 'draid1:2d:5c:1s-0', numbered(28, 5)),
    vdev('spare', { name: 'draid1-0-0', path: 'draid1-0-0' }),
  ])
export const STRIPE = () =>
  pool(
    'str',
    numbered(33, 3).map(each => vdev('data', each)),
  )
const REST_GUIDS = ['14749178974378975412', '15652078090545162218', '5170471255558513357']

export function withGuids(): PoolState {
  const leaves = [disk('vdb', { guid: '13229374717369582679' }), disk('vdc', { guid: '9351458219196662254' })]
  const made = tank(
    leaves,
    {},
    REST.map((vdev, index) => ({ ...vdev, guid: REST_GUIDS[index] ?? '' })),
  )
  const [mirror] = made.vdevs
  if (mirror) mirror.guid = '1458493066719294830'
  return made
}

/** Root filesystems that take that much of their pools. */
export function fill(world: World, allocated: Record<string, number>): void {
  for (const [name, bytes] of Object.entries(allocated)) {
    world.state.datasets[name] = {
      name,
      type: 'filesystem',
      guid: '7',
      objsetId: 54,
      createtxg: 1,
      creation: 0,
      props: {},
      volsize: null,
      volblocksize: null,
      origin: null,
      live: [{ at: '', chunk: 0, birth: 1, bytes, logical: bytes }],
      dead: [],
      snapshots: [],
      bookmarks: [],
      mounted: false,
    }
  }
}

/** The disks of the machine the captures come from. */
export function disks(world: World): void {
  for (const name of ['vdb', 'vdc', 'vdd', 'vde', 'vdf', 'vdh'])
    world.state.disks[name] = {
      name,
      sizeBytes: (name === 'vdh' ? 2 : 1) * 1024 ** 3,
      description: '',
      ident: '',
    }
}
