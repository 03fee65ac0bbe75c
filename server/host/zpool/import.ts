/** zpool-import(8), zpool-export(8), zpool-destroy(8): pools that come and go as a whole. */
import { commandError, unreadable, wholeLines } from '../answer.ts'
import type { Host } from '../host.ts'
import { zpoolRecognisers } from './errors.ts'
import { isPoolName, POOL_STATES, type PoolState } from './list.ts'

/** One line of the config of a pool that could be imported. */
type ImportableVdev = {
  /** 0: a vdev of the pool itself. */
  depth: number
  name: string
  /** Null for caches and spares, of which zpool tells none. */
  state: PoolState | null
  /** "cannot open", "insufficient replicas" */
  note: string | null
}

/** A pool whose devices are here and that is not imported. */
export type ImportablePool = {
  name: string
  /** Decimal: passes 2^53. */
  guid: string
  state: PoolState
  /** It was destroyed and nothing has taken its devices since. */
  isDestroyed: boolean
  /** zpool's own paragraphs, each as one line. */
  statusText: string | null
  actionText: string | null
  /** `ZFS-8000-EY`, from the `see:` line. */
  messageId: string | null
  vdevs: ImportableVdev[]
}

function importableArgv(of: 'exported' | 'destroyed'): string[] {
  return ['zpool', 'import', ...(of === 'destroyed' ? ['-D'] : [])]
}

export type Import = {
  guid: string
  /** Null: the name it has. */
  newName: string | null
  readonly: boolean
  /** It was last in use on another system, or is destroyed. */
  force: boolean
  isDestroyed: boolean
  /** Mounts nothing. */
  unmounted: boolean
}

/** By its guid: two pools may have one name. */
export function importArgv(spec: Import): string[] {
  return [
    'zpool',
    'import',
    ...(spec.force ? ['-f'] : []),
    ...(spec.isDestroyed ? ['-D'] : []),
    ...(spec.unmounted ? ['-N'] : []),
    ...(spec.readonly ? ['-o', 'readonly=on'] : []),
    spec.guid,
    ...(spec.newName === null ? [] : [spec.newName]),
  ]
}

/** Never with -f: what is in use stays. */
export function exportArgv(pool: string): string[] {
  return ['zpool', 'export', pool]
}

/** Never with -f: what is in use stays. */
export function destroyPoolArgv(pool: string): string[] {
  return ['zpool', 'destroy', pool]
}

const HEADING = /^ {0,5}(pool|id|state|status|action|comment|see|config): ?(.*)$/
const SINGLE: readonly string[] = ['pool', 'id', 'state', 'config']
const GROUPS: readonly string[] = ['logs', 'cache', 'spares', 'special', 'dedup']
const PROGRAM = 'zpool import'

/** `zpool import [-D] [-d DIR]`. AppError `unreadable`. */
export function parseImportable(text: string): ImportablePool[] {
  const blocks: string[][] = []
  for (const line of wholeLines(PROGRAM, text)) {
    if (/^ {2,3}pool: /.test(line)) blocks.push([line])
    else if (blocks.length > 0) blocks.at(-1)?.push(line)
    else if (line !== '') throw unreadable(PROGRAM, text, `it begins with “${line.slice(0, 80)}”`)
  }
  return blocks.map(lines => parseBlock(lines, text))
}

function parseBlock(lines: readonly string[], text: string): ImportablePool {
  const found = new Map<string, string[]>()
  let current: string[] | undefined
  for (const line of lines) {
    const match = HEADING.exec(line)
    if (!match) {
      if (line !== '' && !line.startsWith('\t'))
        throw unreadable(PROGRAM, text, `“${line.slice(0, 80)}” belongs nowhere`)
      current?.push(line)
      continue
    }
    const heading = match[1] ?? ''
    if (found.has(heading) && SINGLE.includes(heading))
      throw unreadable(PROGRAM, text, `“${heading}:” comes twice`)
    current = [...(found.get(heading) ?? []), match[2] ?? '']
    found.set(heading, current)
  }
  const [name = ''] = found.get('pool') ?? []
  const [guid = ''] = found.get('id') ?? []
  if (!isPoolName(name)) throw unreadable(PROGRAM, text, `“${name}” is no pool`)
  if (!/^[1-9]\d{0,19}$/.test(guid)) throw unreadable(PROGRAM, text, `“${guid}” is no id of a pool`)
  const words = /^([A-Z]+)( \(DESTROYED\))?$/.exec(found.get('state')?.[0]?.trim() ?? '')
  const state = POOL_STATES.find(known => known === words?.[1])
  if (!state) throw unreadable(PROGRAM, text, `the state of “${name}” is unknown`)
  const config = found.get('config')
  if (!config) throw unreadable(PROGRAM, text, `it shows no config of “${name}”`)
  return {
    name,
    guid,
    state,
    isDestroyed: words?.[2] !== undefined,
    statusText: paragraph(found.get('status')),
    actionText: paragraph(found.get('action')),
    messageId: /\/msg\/(ZFS-[0-9A-Z-]+)\/?$/.exec(found.get('see')?.[0]?.trim() ?? '')?.[1] ?? null,
    vdevs: parseVdevs(name, config, text),
  }
}

function paragraph(lines: readonly string[] | undefined): string | null {
  const words = (lines ?? []).map(line => line.trim()).filter(line => line !== '')
  return words.length === 0 ? null : words.join(' ')
}

function parseVdevs(pool: string, lines: readonly string[], text: string): ImportableVdev[] {
  const rows = lines.filter(line => line.trim() !== '')
  const end = rows.findIndex(line => line.startsWith('\tAdditional devices are known'))
  const vdevs: ImportableVdev[] = []
  let isAboveSeen = false
  for (const line of end < 0 ? rows : rows.slice(0, end)) {
    if (GROUPS.includes(line.slice(1)) && isAboveSeen) continue
    const match = /^\t((?: {2})*)(\S(?:.*?\S)??)(?: +([A-Z]+)(?: {2}(\S.*))?)?$/.exec(line.trimEnd())
    const depth = (match?.[1]?.length ?? 0) / 2
    const state = POOL_STATES.find(known => known === match?.[3])
    if (!match || (match[3] !== undefined && !state))
      throw unreadable(PROGRAM, text, `“${line.trim().slice(0, 80)}” is no vdev`)
    const name = match[2] ?? ''
    if (!isAboveSeen) {
      if (name !== pool || depth !== 0) throw unreadable(PROGRAM, text, `“${name}” is not the pool`)
      isAboveSeen = true
    } else if (depth === 0) throw unreadable(PROGRAM, text, `“${name}” stands beside the pool`)
    else vdevs.push({ depth: depth - 1, name, state: state ?? null, note: match[4] ?? null })
  }
  if (!isAboveSeen) throw unreadable(PROGRAM, text, `the config of “${pool}” is empty`)
  return vdevs
}

/**
 * Pools that could be imported, looked for on all disks: it takes as long as the slowest of them. Where there is none,
 * zpool says so on standard error.
 */
export async function listImportable(
  host: Pick<Host, 'run'>,
  of: 'exported' | 'destroyed',
): Promise<ImportablePool[]> {
  const argv = importableArgv(of)
  const result = await host.run(argv, { timeoutMs: 60_000 })
  if (/^no pools available to import\n$/.test(result.stderr) && result.stdout === '') return []
  if (result.exit !== 0) throw commandError(argv, result, zpoolRecognisers(null))
  return parseImportable(result.stdout)
}
