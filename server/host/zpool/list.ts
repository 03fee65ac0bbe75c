/** zpool-list(8), zpool-get(8), zpool-version(8). */
import { unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { Fields, parseRows } from '../zfs/rows.ts'
import { runZpool } from './errors.ts'

/** OpenZFS zpoolconcepts(7). */
export const POOL_STATES = [
  'ONLINE',
  'DEGRADED',
  'FAULTED',
  'OFFLINE',
  'UNAVAIL',
  'REMOVED',
  'SUSPENDED',
  'AVAIL',
  'INUSE',
] as const
export type PoolState = (typeof POOL_STATES)[number]

/** Sizes are bytes. */
export type ZpoolRow = {
  name: string
  guid: string
  health: PoolState
  sizeBytes: number
  allocatedBytes: number
  freeBytes: number
  capacityPercent: number
  /** Null where zpool cannot tell (a suspended pool, an old pool). */
  fragmentationPercent: number | null
  dedupRatio: number
  readonly: boolean
}

const COLUMNS = [
  'name',
  'guid',
  'health',
  'size',
  'allocated',
  'free',
  'capacity',
  'fragmentation',
  'dedupratio',
  'readonly',
] as const

/** Every pool, or one. */
export function listPoolsArgv(pool?: string): string[] {
  const argv = ['zpool', 'list', '-Hp', '-o', COLUMNS.join(',')]
  return pool === undefined ? argv : [...argv, pool]
}

/** zfs_namecheck.c, pool_namecheck: begins with a letter, then letters, digits and "-_.: ". */
export function isPoolName(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z][A-Za-z0-9_.: -]*$/.test(text)
}

/** `zpool list -Hp -o <columns of listPoolsArgv>`. AppError `unreadable`. */
export function parsePools(text: string): ZpoolRow[] {
  return parseRows('zpool list', COLUMNS, text, ['name']).map(row => {
    const field = new Fields('zpool list', row)
    return {
      name: field.check('name', isPoolName),
      guid: field.id('guid'),
      health: field.word('health', POOL_STATES),
      sizeBytes: field.number('size'),
      allocatedBytes: field.number('allocated'),
      freeBytes: field.number('free'),
      capacityPercent: field.number('capacity'),
      fragmentationPercent: field.numberOrNull('fragmentation'),
      dedupRatio: field.ratio('dedupratio'),
      readonly: field.word('readonly', ['on', 'off']) === 'on',
    }
  })
}

/** Every pool of the host; empty where there is none. */
export async function listPools(host: Host): Promise<ZpoolRow[]> {
  return parsePools(await runZpool(host, listPoolsArgv(), null))
}

/** One pool. AppError `not_found`. */
export async function getPool(host: Host, pool: string): Promise<ZpoolRow> {
  const argv = listPoolsArgv(pool)
  const text = await runZpool(host, argv, pool)
  const [only, ...others] = parsePools(text)
  if (only?.name !== pool || others.length > 0) {
    throw unreadable('zpool list', text, `it does not tell about “${pool}” alone`, { argv })
  }
  return only
}

export type ZpoolProperty = { name: string; value: string; source: 'local' | 'default' | 'none' }

/** All properties of a pool, features (`feature@…`) too. */
function getPoolPropertiesArgv(pool: string): string[] {
  return ['zpool', 'get', '-Hp', '-o', 'property,value,source', 'all', pool]
}

/** `zpool get -Hp -o property,value,source all POOL`; a value may hold tabs. AppError `unreadable`. */
export function parsePoolProperties(text: string): ZpoolProperty[] {
  if (text !== '' && !text.endsWith('\n')) throw unreadable('zpool get', text, 'it breaks off within a row')
  const properties = text
    .split('\n')
    .slice(0, -1)
    .map((line): ZpoolProperty => {
      const [name = '', ...rest] = line.split('\t')
      const source = rest.at(-1)
      if (!/^[A-Za-z0-9_:.@-]+$/.test(name) || rest.length < 2) {
        throw unreadable('zpool get', text, `“${line.slice(0, 80)}” is no property, value and source`)
      }
      if (source !== 'local' && source !== 'default' && source !== '-') {
        throw unreadable('zpool get', text, `“${source ?? ''}” is no source`)
      }
      return { name, value: rest.slice(0, -1).join('\t'), source: source === '-' ? 'none' : source }
    })
  if (new Set(properties.map(property => property.name)).size !== properties.length) {
    throw unreadable('zpool get', text, 'a property comes twice')
  }
  return properties
}

/** AppError `not_found`. */
export async function getPoolProperties(host: Host, pool: string): Promise<ZpoolProperty[]> {
  return parsePoolProperties(await runZpool(host, getPoolPropertiesArgv(pool), pool))
}

/** Scrub: `start` also resumes a paused one (zpool-scrub(8)). */
export type ScrubVerb = 'start' | 'pause' | 'resume' | 'stop'

export function scrubArgv(pool: string, verb: ScrubVerb): string[] {
  const flag = verb === 'pause' ? ['-p'] : verb === 'stop' ? ['-s'] : []
  return ['zpool', 'scrub', ...flag, pool]
}

/** AppError `refused` (already, or nothing to pause or stop, resilvering, suspended), `not_found`, `denied`. */
export async function scrub(host: Host, pool: string, verb: ScrubVerb): Promise<void> {
  await runZpool(host, scrubArgv(pool, verb), pool)
}
