/** Pool properties, zpoolprops(7). */
import type { PoolState } from '../state.ts'
import { niceBytes, niceNumber } from './figures.ts'

/** Space of a pool, bytes. */
export type PoolFigures = { sizeBytes: number; allocatedBytes: number; freeBytes: number }

type Kind = 'size' | 'count' | 'percent' | 'ratio' | 'text'

type Property = {
  name: string
  heading: string
  kind: Kind
  /** What may be set; null for read-only figures. */
  values: string | null
  help: string
  right: boolean
}

const number = (name: string, heading: string, kind: Kind, help: string): Property => ({
  name,
  heading,
  kind,
  values: null,
  help,
  right: true,
})
const setting = (name: string, heading: string, values: string): Property => ({
  name,
  heading,
  kind: 'text',
  values,
  help: values,
  right: false,
})

/** In the order of `zpool get all`. */
const PROPERTIES: readonly Property[] = [
  number('size', 'SIZE', 'size', '<size>'),
  number('capacity', 'CAP', 'percent', '<size>'),
  setting('altroot', 'ALTROOT', '<path>'),
  { ...number('health', 'HEALTH', 'text', '<state>'), right: true },
  number('guid', 'GUID', 'text', '<guid>'),
  setting('version', 'VERSION', '<version>'),
  setting('bootfs', 'BOOTFS', '<filesystem>'),
  setting('delegation', 'DELEGATION', 'on | off'),
  setting('autoreplace', 'REPLACE', 'on | off'),
  setting('cachefile', 'CACHEFILE', '<file> | none'),
  setting('failmode', 'FAILMODE', 'wait | continue | panic'),
  setting('listsnapshots', 'LISTSNAPS', 'on | off'),
  setting('autoexpand', 'EXPAND', 'on | off'),
  number('dedupratio', 'DEDUP', 'ratio', '<1.00x or higher if deduped>'),
  number('free', 'FREE', 'size', '<size>'),
  number('allocated', 'ALLOC', 'size', '<size>'),
  { ...setting('readonly', 'RDONLY', 'on | off') },
  { ...setting('ashift', 'ASHIFT', '<ashift, 9-16, or 0=default>'), right: true },
  setting('comment', 'COMMENT', '<comment-string>'),
  number('expandsize', 'EXPANDSZ', 'size', '<size>'),
  number('freeing', 'FREEING', 'count', '<size>'),
  number('fragmentation', 'FRAG', 'percent', '<percent>'),
  number('leaked', 'LEAKED', 'count', '<size>'),
  setting('multihost', 'MULTIHOST', 'on | off'),
  number('checkpoint', 'CKPOINT', 'size', '<size>'),
  number('load_guid', 'LOAD_GUID', 'text', '<load_guid>'),
  setting('autotrim', 'AUTOTRIM', 'on | off'),
  setting('compatibility', 'COMPATIBILITY', '<file[,file...]> | off | legacy'),
  number('bcloneused', 'BCLONE_USED', 'count', '<size>'),
  number('bclonesaved', 'BCLONE_SAVED', 'count', '<size>'),
  number('bcloneratio', 'BCLONE_RATIO', 'ratio', '<1.00x or higher if cloned>'),
]

const DEFAULTS: Record<string, string> = {
  altroot: '-',
  version: '-',
  bootfs: '-',
  delegation: 'on',
  autoreplace: 'off',
  cachefile: '-',
  failmode: 'wait',
  listsnapshots: 'off',
  autoexpand: 'off',
  ashift: '0',
  comment: '-',
  multihost: 'off',
  autotrim: 'off',
  compatibility: 'off',
}

/** Features of OpenZFS 2.2 in the order of `zpool get all`. */
const FEATURES: readonly string[] = [
  'async_destroy',
  'empty_bpobj',
  'lz4_compress',
  'multi_vdev_crash_dump',
  'spacemap_histogram',
  'enabled_txg',
  'hole_birth',
  'extensible_dataset',
  'embedded_data',
  'bookmarks',
  'filesystem_limits',
  'large_blocks',
  'large_dnode',
  'sha512',
  'skein',
  'edonr',
  'userobj_accounting',
  'encryption',
  'project_quota',
  'device_removal',
  'obsolete_counts',
  'zpool_checkpoint',
  'spacemap_v2',
  'allocation_classes',
  'resilver_defer',
  'bookmark_v2',
  'redaction_bookmarks',
  'redacted_datasets',
  'bookmark_written',
  'log_spacemap',
  'livelist',
  'device_rebuild',
  'zstd_compress',
  'draid',
  'zilsaxattr',
  'head_errlog',
  'blake3',
  'block_cloning',
  'vdev_zaps_v2',
]

const ACTIVE_FROM_BIRTH = [
  'empty_bpobj',
  'lz4_compress',
  'spacemap_histogram',
  'enabled_txg',
  'hole_birth',
  'extensible_dataset',
  'embedded_data',
  'userobj_accounting',
  'project_quota',
  'spacemap_v2',
  'log_spacemap',
  'zilsaxattr',
  'head_errlog',
  'vdev_zaps_v2',
]

/** The features of a new pool; none of them with `zpool create -d`. */
export function newFeatures({ enabled } = { enabled: true }): PoolState['features'] {
  const state = (name: string) => (ACTIVE_FROM_BIRTH.includes(name) ? 'active' : 'enabled')
  return Object.fromEntries(FEATURES.map(name => [name, enabled ? state(name) : 'disabled'] as const))
}

const SHORT: Record<string, string> = {
  alloc: 'allocated',
  cap: 'capacity',
  dedup: 'dedupratio',
  expandsz: 'expandsize',
  frag: 'fragmentation',
  ckpoint: 'checkpoint',
  rdonly: 'readonly',
  expand: 'autoexpand',
  listsnaps: 'listsnapshots',
  replace: 'autoreplace',
}

const USER_PROPERTY = /^[a-z0-9:_.-]*:[a-z0-9:_.-]*$/

/** The whole name of a property as a person may shorten it; null for what is none. */
export function propertyName(word: string): string | null {
  const name = SHORT[word] ?? word
  if (name === 'name' || PROPERTIES.some(property => property.name === name)) return name
  if (USER_PROPERTY.test(name)) return name
  return name.startsWith('feature@') ? name : null
}

export function allNames(pool: PoolState): string[] {
  const user = Object.keys(pool.props).filter(name => USER_PROPERTY.test(name))
  return [...PROPERTIES.map(property => property.name), ...user, ...FEATURES.map(name => `feature@${name}`)]
}

export function headingOf(name: string): string {
  if (name === 'name') return 'NAME'
  return PROPERTIES.find(property => property.name === name)?.heading ?? name.toUpperCase()
}

export function isRight(name: string): boolean {
  return PROPERTIES.find(property => property.name === name)?.right ?? false
}

/** Fixed width of a column of `zpool list`; null for columns as wide as their widest value. */
export function fixedWidth(name: string): number | null {
  const property = PROPERTIES.find(each => each.name === name)
  if (!property) return null
  if (name === 'health') return 8
  if (property.kind === 'text' && property.values?.includes('<') && name !== 'ashift') return null
  return Math.max(
    property.heading.length,
    property.kind === 'text' && name !== 'guid' && name !== 'ashift' ? 0 : 5,
  )
}

/** `-` as in `zpool get`: where a value comes from. */
export function sourceOf(pool: PoolState, name: string): 'local' | 'default' | '-' {
  if (name.startsWith('feature@') || USER_PROPERTY.test(name)) return 'local'
  const property = PROPERTIES.find(each => each.name === name)
  if (!property || property.values === null || name === 'readonly') return '-'
  return pool.props[name] === undefined ? 'default' : 'local'
}

/** A property's value, exact with `-p`. */
export function propertyValue(pool: PoolState, figures: PoolFigures, name: string, exact: boolean): string {
  if (name === 'name') return pool.name
  if (name.startsWith('feature@')) return pool.features[name.slice('feature@'.length)] ?? '-'
  const bytes = (value: number) => (exact ? String(value) : niceBytes(value))
  switch (name) {
    case 'size':
      return bytes(figures.sizeBytes)
    case 'allocated':
      return bytes(figures.allocatedBytes)
    case 'free':
      return bytes(figures.freeBytes)
    case 'capacity':
      return percent(
        figures.sizeBytes === 0 ? 0 : Math.floor((figures.allocatedBytes * 100) / figures.sizeBytes),
        exact,
      )
    case 'fragmentation':
      return percent(pool.fragmentation, exact)
    case 'health':
      return pool.health
    case 'guid':
      return pool.guid
    case 'load_guid':
      return loadGuid(pool.guid)
    case 'dedupratio':
    case 'bcloneratio':
      return exact ? '1.00' : '1.00x'
    case 'expandsize':
    case 'checkpoint':
      return '-'
    case 'freeing':
    case 'leaked':
    case 'bcloneused':
    case 'bclonesaved':
      return niceNumber(0)
    case 'readonly':
      return pool.readonly ? 'on' : 'off'
  }
  return pool.props[name] ?? DEFAULTS[name] ?? '-'
}

function percent(value: number, exact: boolean): string {
  return exact ? String(value) : `${value}%`
}

/** A second number derived from the first, as each import gives the pool a new one. */
function loadGuid(guid: string): string {
  return ((BigInt(guid) * 6364136223846793005n + 1442695040888963407n) & ((1n << 63n) - 1n)).toString()
}

/** Why a value may not be set, in zpool's words; null where it may. */
export function isSettable(name: string): boolean {
  return PROPERTIES.some(each => each.name === name) || USER_PROPERTY.test(name)
}

export function setRefusal(name: string, value: string): string | null {
  const property = PROPERTIES.find(each => each.name === name)
  if (!property) return USER_PROPERTY.test(name) ? null : `invalid property '${name}'`
  if (property.values === null) return `'${name}' is readonly`
  if (name === 'readonly') return `property '${name}' can only be set at import time`
  if (name === 'altroot') return `property '${name}' can only be set during pool creation or import`
  if (name === 'ashift') {
    const shift = Number(value)
    if (value !== '0' && !(shift >= 9 && shift <= 16))
      return `invalid '${name}=${value}' property: only values between 9 and 16 are allowed.`
    return null
  }
  if (name === 'comment') {
    if ([...value].some(character => character < ' ' || character > '~'))
      return 'comment may only have printable characters'
    return value.length > 32 ? 'comment must not exceed 32 characters' : null
  }
  if (!property.values.includes('<')) {
    const words = property.values.split(' | ')
    if (!words.includes(value)) return `'${name}' must be one of '${property.values}'`
  }
  return null
}

/** The table of properties behind the usage of `list`, `get` and `set`. */
export function propertyHelp(): string {
  const sorted = [...PROPERTIES].sort((a, b) => (a.name < b.name ? -1 : 1))
  const row = (property: Property) =>
    `\t${property.name.padEnd(20)}${(property.values === null ? 'NO' : 'YES').padStart(5)}   ${property.help}`
  return [
    '',
    'the following properties are supported:',
    '',
    '\tPROPERTY             EDIT   VALUES',
    '',
    ...sorted.filter(property => property.values === null).map(row),
    ...sorted.filter(property => property.values !== null).map(row),
    '\tfeature@...           YES   disabled | enabled | active',
    '',
    'The feature@ properties must be appended with a feature name.',
    'See zpool-features(7).',
    '',
  ].join('\n')
}
