/** zpool-status(8): the tree of vdevs, what goes on in the pool and what zpool advises. */
import { commandError, unreadable, wholeLines } from '../answer.ts'
import type { Host } from '../host.ts'
import { zpoolRecognisers } from './errors.ts'
import { isPoolName, POOL_STATES, type PoolState } from './list.ts'
import { parseScan, type ZpoolScan } from './scan.ts'
import { parseConfig, type ZpoolRoot, type ZpoolVdev } from './vdevs.ts'

export type ZpoolStatus = {
  name: string
  state: PoolState
  /** Zpool's own paragraphs, each as one line; null when it has nothing to say. */
  statusText: string | null
  actionText: string | null
  /** `ZFS-8000-9P`, from the `see:` line. */
  messageId: string | null
  scan: ZpoolScan
  /** Removal of a vdev, expansion of a raidz, checkpoint: as zpool prints them. */
  removeText: string | null
  expandText: string | null
  checkpointText: string | null
  /** Counters of the pool itself. */
  root: ZpoolRoot | null
  /** Top-level vdevs of all groups. */
  vdevs: ZpoolVdev[]
  /** "No known data errors", or the whole paragraph with the files it names. */
  errorsText: string
}

/** `-p`: exact counters. `-v`: the names of damaged files. */
export function poolStatusArgv(pool: string): string[] {
  return ['zpool', 'status', '-pv', pool]
}

/** Paragraphs of which a pool has one. */
const SINGLE = ['pool', 'state', 'config', 'errors']

const HEADING = /^ *(pool|state|status|action|see|scan|remove|checkpoint|expand|config|errors|dedup): ?(.*)$/

/** `zpool status [-pPvLgtis] [POOL…]`, every pool it tells about. AppError `unreadable`. */
export function parsePoolStatus(text: string): ZpoolStatus[] {
  // File names in the list of errors are printed raw and may hold anything; what they hide is for one pool only.
  const pools: string[][] = []
  for (const line of wholeLines('zpool status', text)) {
    if (/^ {2}pool: /.test(line)) pools.push([line])
    else if (pools.length > 0) pools.at(-1)?.push(line)
    else if (
      line !== '' &&
      !/^(?:no pools available|all pools are healthy|pool '.+' is healthy)$/.test(line)
    ) {
      throw unreadable('zpool status', text, `it begins with “${line.slice(0, 80)}”`)
    }
  }
  return pools.map(lines => parsePool(lines, text))
}

function sections(lines: readonly string[], text: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let current: string[] | null = null
  let sealed = false
  for (const line of lines) {
    const match: RegExpExecArray | null = sealed ? null : HEADING.exec(line)
    if (match) {
      const heading: string = match[1] ?? ''
      // A pool that rebuilds several vdevs has several scan paragraphs.
      if (found.has(heading) && SINGLE.includes(heading))
        throw unreadable('zpool status', text, `“${heading}:” comes twice`)
      current = found.get(heading) ?? []
      current.push(match[2] ?? '')
      found.set(heading, current)
      sealed = heading === 'errors'
    } else current?.push(line)
  }
  return found
}

function paragraph(lines: readonly string[] | undefined): string | null {
  const text = (lines ?? [])
    .map(line => line.trim())
    .filter(line => line !== '')
    .join(' ')
  return text === '' ? null : text
}

function parsePool(lines: readonly string[], text: string): ZpoolStatus {
  const found = sections(lines, text)
  const name = found.get('pool')?.[0] ?? ''
  if (!isPoolName(name)) throw unreadable('zpool status', text, `“${name}” is no pool`)
  const stateWord = found.get('state')?.[0]?.trim()
  const state = POOL_STATES.find(known => known === stateWord)
  if (!state) throw unreadable('zpool status', text, `“${stateWord ?? ''}” is no state of a pool`)
  const config = found.get('config')
  if (!config) throw unreadable('zpool status', text, `it shows no config of “${name}”`)
  // The list of errors is the end of every pool's answer, but for one that cannot be asked: then zpool says so on stderr.
  if (!found.has('errors') && state !== 'SUSPENDED' && state !== 'UNAVAIL' && state !== 'FAULTED')
    throw unreadable('zpool status', text, `it breaks off before the errors of “${name}”`)
  const tree = parseConfig(name, config, text)
  return {
    name,
    state,
    statusText: paragraph(found.get('status')),
    actionText: paragraph(found.get('action')),
    messageId: /\/msg\/(ZFS-[0-9A-Z-]+)\/?$/.exec(found.get('see')?.[0]?.trim() ?? '')?.[1] ?? null,
    scan: parseScan(found.get('scan') ?? [], text),
    removeText: paragraph(found.get('remove')),
    expandText: paragraph(found.get('expand')),
    checkpointText: paragraph(found.get('checkpoint')),
    root: tree.root,
    vdevs: tree.vdevs,
    errorsText: (found.get('errors') ?? []).join('\n').trimEnd(),
  }
}

/** One pool. AppError `not_found`. A suspended pool answers, but cannot tell which files are damaged. */
export async function getPoolStatus(host: Host, pool: string): Promise<ZpoolStatus> {
  const argv = poolStatusArgv(pool)
  const result = await host.run(argv)
  if (result.exit !== 0) throw commandError(argv, result, zpoolRecognisers(pool))
  const [only, ...others] = parsePoolStatus(result.stdout)
  if (only?.name !== pool || others.length > 0) {
    throw unreadable('zpool status', result.stdout, `it does not tell about “${pool}” alone`, { argv })
  }
  const unavailable = /^errors: (List of errors unavailable.*)$/m.exec(result.stderr)
  return only.errorsText === '' && unavailable ? { ...only, errorsText: unavailable[1] ?? '' } : only
}
