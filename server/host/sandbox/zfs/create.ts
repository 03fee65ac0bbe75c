/** `zfs create` (zfs-create(8)). */
import { getopt, type Options } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import { spaceOf, volumeReservation } from '../space.ts'
import type { DatasetState } from '../state.ts'
import type { World } from '../world.ts'
import { mountFamily } from './mounts.ts'
import { nameFault } from './names.ts'
import { parseSize } from './numbers.ts'
import { misuse, refused } from './output.ts'
import { propertyNamed } from './properties.ts'
import { checkSetting } from './settings.ts'
import { datasetNamed, poolOf } from './targets.ts'

/** Metadata every new dataset has. */
const FILESYSTEM_BASE = { bytes: 98304, logical: 43008 }
const VOLUME_BASE = { bytes: 57344, logical: 28672 }

/** `-o name=value …` as a map, or a result that ends the program. */
export function givenProperties(verb: string, words: readonly string[]): Map<string, string> | ProgramResult {
  const given = new Map<string, string>()
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 0) return misuse(verb, "missing '=' for property=value argument")
    const name = word.slice(0, at)
    if (given.has(name)) return refused(`property '${name}' specified multiple times`)
    given.set(name, word.slice(at + 1))
  }
  return given
}

/** Why there can be no new dataset of that name, in zfs's words. */
export function placeFault(world: World, name: string): string | null {
  const fault = nameFault(name, 'dataset')
  if (fault !== null) return fault
  const slash = name.lastIndexOf('/')
  if (slash < 0) return poolOf(world, name) ? 'dataset already exists' : 'missing dataset name'
  const pool = name.slice(0, name.indexOf('/'))
  if (!poolOf(world, name)) return `no such pool '${pool}'`
  const parent = datasetNamed(world, name.slice(0, slash))
  if (!parent) return 'parent does not exist'
  if (parent.type === 'volume') return 'parent is not a filesystem'
  if (datasetNamed(world, name)) return 'dataset already exists'
  if (poolOf(world, name)?.readonly) return 'pool is read-only'
  if (poolOf(world, name)?.health === 'SUSPENDED') return 'pool I/O is currently suspended'
  return null
}

export function create(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, ':b:no:PpsuvV:')
  if ('bad' in options) {
    if (options.missingArgument && options.bad === 'V') return misuse('create', 'missing size argument')
    return misuse(
      'create',
      options.missingArgument
        ? `missing argument for '${options.bad}' option`
        : `invalid option '${options.bad}'`,
    )
  }
  const given = givenProperties('create', options.values('o'))
  if (!(given instanceof Map)) return given
  const volume = options.has('V')
  if (options.has('s') && !volume)
    return misuse('create', "'-s' and '-b' can only be used when creating a volume")
  const [name, extra] = options.operands
  if (name === undefined) return misuse('create', `missing ${volume ? 'volume' : 'filesystem'} argument`)
  if (extra !== undefined) return misuse('create', 'too many arguments')
  if (options.has('p')) {
    const fault = nameFault(name, 'dataset')
    if (fault !== null) return refused(`cannot create '${name}': ${fault}`)
    if (datasetNamed(world, name)) return ok()
    const above = options.has('n') ? null : createAncestors(world, name)
    if (above !== null) return above
  }
  const spec = volume ? volumeSpec(options, given) : { props: given, volsize: null, volblocksize: null }
  if ('exit' in spec) return spec
  const missingParentIsFine = options.has('n') && options.has('p')
  const fault = placeFault(world, name)
  if (fault !== null && !(missingParentIsFine && fault === 'parent does not exist')) {
    return refused(`cannot create '${name}': ${fault}`)
  }
  const made = make(world, name, volume ? 'volume' : 'filesystem', spec, {
    sparse: options.has('s'),
    dryRun: options.has('n'),
    mount: !options.has('u'),
  })
  if (typeof made === 'string') return refused(`cannot create '${name}': ${made}`)
  return { exit: 0, stdout: report(name, options, made), stderr: smallBlocksWarning(spec.volblocksize) }
}

const DEFAULT_BLOCK = 16384

/** Blocks below the default one take more room than they hold (zfs_main.c, default_volblocksize). */
function smallBlocksWarning(bytes: number | null): string {
  if (bytes === null || bytes >= DEFAULT_BLOCK) return ''
  return `Warning: volblocksize (${bytes}) is less than the default minimum block size (${DEFAULT_BLOCK}).\nTo reduce wasted space a volblocksize of ${DEFAULT_BLOCK} is recommended.\n`
}

type Spec = { props: Map<string, string>; volsize: number | null; volblocksize: number | null }

/** Sizes of `-V` and `-b`; the size is rounded up to whole blocks. */
function volumeSpec(options: Options, given: Map<string, string>): Spec | ProgramResult {
  const sizeText = options.value('V') ?? ''
  const size = parseSize(sizeText)
  if (size === null) return refused(`bad volume size '${sizeText}': bad numeric value '${sizeText}'`)
  const blockText = options.value('b') ?? given.get('volblocksize') ?? String(DEFAULT_BLOCK)
  const blocks = parseSize(blockText)
  if (blocks === null && options.has('b')) {
    return refused(`bad volume block size '${blockText}': bad numeric value '${blockText}'`)
  }
  const props = new Map(given)
  props.set('volblocksize', blockText)
  const step = blocks ?? DEFAULT_BLOCK
  return { props, volsize: Math.ceil(size / step) * step, volblocksize: step }
}

function createAncestors(world: World, name: string): ProgramResult | null {
  const parts = name.split('/')
  for (let depth = 2; depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join('/')
    if (datasetNamed(world, above)) continue
    const fault = placeFault(world, above)
    if (fault !== null) return refused(`cannot create '${above}': ${fault}`)
    const spec = { props: new Map<string, string>(), volsize: null, volblocksize: null }
    const made = make(world, above, 'filesystem', spec, { sparse: false, dryRun: false, mount: true })
    if (typeof made === 'string') return refused(`cannot create '${above}': ${made}`)
  }
  return null
}

/** `rename -p` and `clone -p` need the parents too. */
export function makeAncestors(world: World, name: string): ProgramResult | null {
  return createAncestors(world, name)
}

/** The properties that were set, or the words of the refusal. */
function make(
  world: World,
  name: string,
  type: DatasetState['type'],
  spec: Spec,
  how: { sparse: boolean; dryRun: boolean; mount: boolean },
): Record<string, string> | string {
  const props: Record<string, string> = {}
  for (const [given, value] of spec.props) {
    const checked = checkSetting(given, value, { type, creating: true })
    if ('fault' in checked) return checked.fault
    props[checked.name] = checked.value
  }
  delete props.volblocksize
  if (type === 'volume' && spec.volsize === 0) return 'volume size cannot be zero'
  const pool = poolOf(world, name)
  if (!pool) return 'no such pool'
  const automatic = volumeReservation(
    world,
    pool.name,
    spec.volsize ?? 0,
    spec.volblocksize ?? DEFAULT_BLOCK,
    Number(props.copies ?? 1),
  )
  if (
    type === 'volume' &&
    (props.refreservation === 'auto' || (!how.sparse && props.refreservation === undefined))
  ) {
    props.refreservation = String(automatic)
  }
  const base = type === 'volume' ? VOLUME_BASE : FILESYSTEM_BASE
  const parent = datasetNamed(world, name.slice(0, name.lastIndexOf('/')))
  const need = Math.max(base.bytes, Number(props.refreservation ?? 0), Number(props.reservation ?? 0))
  if (parent && need > spaceOf(world, parent.name).available) return 'out of space'
  if (how.dryRun) return props
  const birth = world.openTxg()
  const dataset: DatasetState = {
    name,
    type,
    guid: world.guid(),
    objsetId: world.objectId(),
    createtxg: birth,
    creation: world.nowSeconds(),
    props,
    volsize: spec.volsize,
    volblocksize: spec.volblocksize,
    origin: null,
    live: [{ at: '', chunk: 0, birth, ...base }],
    dead: [],
    snapshots: [],
    bookmarks: [],
    mounted: false,
  }
  world.state.datasets[name] = dataset
  world.commit()
  world.history(pool, 'create', { dsname: name, dsid: dataset.objsetId, text: ' ' })
  if (how.mount) mountFamily(world, [dataset])
  return props
}

/** The root filesystem of a new pool; `zpool create` and the seed call it. */
export function createRoot(world: World, pool: string, props: Record<string, string>): DatasetState {
  const birth = world.openTxg()
  const dataset: DatasetState = {
    name: pool,
    type: 'filesystem',
    guid: world.guid(),
    objsetId: 54,
    createtxg: 1,
    creation: world.nowSeconds(),
    props: { ...props },
    volsize: null,
    volblocksize: null,
    origin: null,
    live: [{ at: '', chunk: 0, birth, ...FILESYSTEM_BASE }],
    dead: [],
    snapshots: [],
    bookmarks: [],
    mounted: false,
  }
  world.state.datasets[pool] = dataset
  world.commit()
  mountFamily(world, [dataset])
  return dataset
}

/** `-v` and `-P`: what was, or would be, created. */
function report(name: string, options: Options, props: Record<string, string>): string {
  if (!options.has('v') && !options.has('P')) return ''
  if (options.has('P')) {
    const lines = Object.entries(props).map(([property, value]) => `property\t${property}\t${value}\n`)
    return `create\t${name}\n${lines.join('')}`
  }
  const lines = Object.entries(props).map(
    ([property, value]) => `\t${propertyNamed(property)?.name ?? property}=${value}\n`,
  )
  return `${options.has('n') ? 'would create' : 'create'} ${name}\n${lines.join('')}`
}
