/** zpool(8) of OpenZFS 2.2 as far as a console and a person beside it use it. */
import { eventStream } from '../events.ts'
import { type BadOption, getopt, type Options } from '../getopt.ts'
import { fail, ok, type Program, type ProgramResult } from '../programs.ts'
import type { PoolState } from '../state.ts'
import type { World } from '../world.ts'
import { adviceFor } from './advice.ts'
import { type Answer, type Call, log, type Verb } from './call.ts'
import { addVdevs, createPool, destroyPool } from './create.ts'
import {
  attachDevice,
  clearErrors,
  detachDevice,
  offlineDevices,
  onlineDevices,
  removeDevices,
  replaceDevice,
} from './device-verbs.ts'
import { dateLine } from './figures.ts'
import { historyText } from './history.ts'
import { exportPools, importPools } from './import.ts'
import { iostat, iostatOperands } from './iostat.ts'
import { DEFAULT_COLUMNS, GET_FIELDS, getText, listText } from './list.ts'
import { allNames, propertyName, propertyValue, setRefusal, sourceOf } from './properties.ts'
import { settleScans } from './scans.ts'
import { scrub, untilScanned } from './scrub.ts'
import { poolFigures } from './space.ts'
import { statusText, UNLISTABLE, unlistable } from './status.ts'
import { upgradePools } from './upgrade.ts'
import { generalUsage, usage } from './usage.ts'

const VERSION = 'zfs-2.2.7-FreeBSD_ge269af1b3\nzfs-kmod-2.2.7-FreeBSD_ge269af1b3\n'

const VERBS: Record<string, Verb> = {
  version: { spec: '', run: () => ok(VERSION) },
  list: { spec: 'gHLpPvo:T:', run: list },
  status: { spec: 'c:igLpPstvxDeT:', run: status },
  get: { spec: 'Hpo:', run: get },
  set: { spec: '', run: set },
  upgrade: { spec: 'a', run: upgradePools },
  scrub: { spec: 'spwe', run: scrubPools },
  wait: { spec: 'HpT:t:', run: wait },
  offline: { spec: 'ft', run: offlineDevices },
  online: { spec: 'e', run: onlineDevices },
  clear: { spec: 'nF', run: clearErrors },
  replace: { spec: 'fswo:', run: replaceDevice },
  attach: { spec: 'fswo:', run: attachDevice },
  detach: { spec: '', run: detachDevice },
  remove: { spec: 'npsw', run: removeDevices },
  export: { spec: 'af', run: call => exportPools(call.world, call.options) },
  import: { spec: 'aDd:fFmNno:R:t', run: call => importPools(call.world, call.options, () => log(call)) },
  history: {
    spec: 'il',
    run: ({ world, options }) =>
      historyText(world, options.operands, { internal: options.has('i'), long: options.has('l') }),
  },
  events: { spec: 'vHfc', run: events },
  iostat: { spec: 'c:lqrwT:ghHLpPvyn', run: iostatPools },
  sync: {
    spec: '',
    run: ({ world, options }) => withPools(world, options.operands, () => void world.commit()),
  },
  create: { spec: 'fndo:O:m:R:t:', run: call => createPool(call.world, call.options, () => log(call)) },
  add: { spec: 'fgLnPo:', run: call => addVdevs(call.world, call.options, () => log(call)) },
  destroy: { spec: 'f', run: call => destroyPool(call.world, call.options) },
}

export const zpool: Program = (world, argv, io) => {
  const word = argv[1]
  if (word === undefined) return generalUsage('missing command')
  const verb = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined
  if (!verb) return generalUsage(`unrecognized command '${word}'`)
  const options = getopt(argv.slice(2), verb.spec)
  if (isBad(options))
    return usage(
      word,
      options.missingArgument
        ? `missing argument for '${options.bad}' option`
        : `invalid option '${options.bad}'`,
    )
  settleScans(world)
  return verb.run({ world, argv, options, io })
}

function isBad(options: Options | BadOption): options is BadOption {
  return 'bad' in options
}

function byName(world: World): PoolState[] {
  return Object.values(world.state.pools).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Pools named on the command line, all without names; missing ones as zpool's complaint. */
function named(world: World, names: string[]): { pools: PoolState[]; stderr: string } {
  if (names.length === 0) return { pools: byName(world), stderr: '' }
  const missing = names.filter(name => !world.state.pools[name])
  return {
    pools: byName(world).filter(pool => names.includes(pool.name)),
    stderr: missing.map(name => `cannot open '${name}': no such pool\n`).join(''),
  }
}

function withPools(world: World, names: string[], act: (pool: PoolState) => void): ProgramResult {
  const { pools, stderr } = named(world, names)
  pools.forEach(act)
  return stderr === '' ? ok() : fail(1, stderr)
}

function shape(options: Options) {
  return { fullPath: options.has('P'), guids: options.has('g') }
}

function stamp(world: World, options: Options): string {
  const form = options.value('T')
  if (form === 'u') return `${world.nowSeconds()}\n`
  return form === 'd' ? `${dateLine(world.now())}\n` : ''
}

function list({ world, options }: Call): ProgramResult {
  const columns: string[] = []
  for (const word of options.value('o')?.split(',') ?? DEFAULT_COLUMNS) {
    const name = propertyName(word)
    if (name === null) return usage('list', `bad property list: invalid property '${word}'`)
    columns.push(name)
  }
  const { pools, stderr } = named(world, options.operands)
  if (pools.length === 0) {
    if (stderr !== '') return fail(1, stderr)
    return ok(options.has('H') ? '' : 'no pools available\n')
  }
  const stdout = listText(
    pools.map(pool => ({ pool, figures: poolFigures(world, pool) })),
    {
      ...shape(options),
      columns,
      scripted: options.has('H'),
      exact: options.has('p'),
      verbose: options.has('v'),
    },
  )
  return { exit: 0, stdout: stamp(world, options) + stdout, stderr }
}

function status({ world, options }: Call): ProgramResult {
  const { pools, stderr } = named(world, options.operands)
  if (pools.length === 0) return stderr === '' ? fail(0, 'no pools available\n') : fail(1, stderr)
  const unhealthyOnly = options.has('x')
  const wanted = unhealthyOnly ? pools.filter(pool => adviceFor(pool)?.unhealthy) : pools
  if (wanted.length === 0) {
    const only = options.operands.length === 1 ? pools[0] : undefined
    return { exit: 0, stdout: only ? `pool '${only.name}' is healthy\n` : 'all pools are healthy\n', stderr }
  }
  const silent = wanted.filter(pool => unlistable(pool, { verbose: options.has('v'), unhealthyOnly }))
  const complaints = stderr + UNLISTABLE.repeat(silent.length)
  const pages = wanted.map(pool =>
    statusText(pool, world.now(), {
      ...shape(options),
      exact: options.has('p'),
      verbose: options.has('v'),
      unhealthyOnly,
      slow: options.has('s'),
      initialize: options.has('i'),
      trim: options.has('t'),
      dedup: options.has('D'),
    }),
  )
  return { exit: stderr === '' ? 0 : 1, stdout: stamp(world, options) + pages.join('\n'), stderr: complaints }
}

function get({ world, options }: Call): ProgramResult {
  const [list, ...names] = options.operands
  if (list === undefined) return usage('get', 'missing property argument')
  const fields = options.value('o')?.split(',') ?? GET_FIELDS
  const wrong = fields.find(field => field !== 'all' && !GET_FIELDS.includes(field))
  if (wrong !== undefined) return usage('get', `invalid column name '${wrong}'`)
  for (const word of list.split(','))
    if (word !== 'all' && propertyName(word) === null)
      return usage('get', `bad property list: invalid property '${word}'`)
  const { pools, stderr } = named(world, names)
  const exact = options.has('p')
  const rows = pools.flatMap(pool => {
    const figures = poolFigures(world, pool)
    const wanted = list
      .split(',')
      .flatMap(word => (word === 'all' ? allNames(pool) : [propertyName(word) ?? word]))
    return wanted.map(property => ({
      name: pool.name,
      property,
      value: propertyValue(pool, figures, property, exact),
      source: sourceOf(pool, property),
    }))
  })
  const stdout = getText(rows, {
    scripted: options.has('H'),
    exact,
    fields: fields.includes('all') ? GET_FIELDS : fields,
  })
  return stderr === '' ? ok(stdout) : fail(1, stderr, stdout)
}

function set(call: Call): ProgramResult {
  const { world, options } = call
  const [assignment, ...names] = options.operands
  if (assignment === undefined) return usage('set', 'missing property=value argument')
  if (names.length === 0) return usage('set', 'missing pool name')
  if (names.length > 1) return usage('set', 'too many pool names')
  const equals = assignment.indexOf('=')
  if (equals < 0) return usage('set', 'missing value in property=value argument')
  const { pools, stderr } = named(world, names)
  const pool = pools[0]
  if (!pool) return fail(1, stderr)
  if (pool.health === 'SUSPENDED')
    return fail(1, `cannot set property for '${pool.name}': pool I/O is currently suspended\n`)
  const name = propertyName(assignment.slice(0, equals)) ?? assignment.slice(0, equals)
  const value = assignment.slice(equals + 1)
  if (name.startsWith('feature@')) {
    const feature = name.slice('feature@'.length)
    if (pool.features[feature] === undefined)
      return fail(1, `cannot set property for '${pool.name}': invalid feature '${feature}'\n`)
    if (value !== 'enabled')
      return fail(
        1,
        `cannot set property for '${pool.name}': property '${name}' can only be set to 'enabled'\n`,
      )
    if (pool.features[feature] === 'disabled') pool.features[feature] = 'enabled'
  } else {
    const refusal = setRefusal(name, value)
    if (refusal !== null) return fail(1, `cannot set property for '${pool.name}': ${refusal}\n`)
    if (value === '' && name !== 'comment') delete pool.props[name]
    else pool.props[name] = value
  }
  world.commit()
  world.history(pool, 'set', { text: `${name}=${value}` })
  log(call)
  return ok()
}

function scrubPools(call: Call): Answer {
  const { world, options, io } = call
  if (options.has('s') && options.has('p'))
    return usage('scrub', 'invalid option combination: -s and -p are mutually exclusive')
  if (options.operands.length === 0) return usage('scrub', 'missing pool name argument')
  const { pools, stderr } = named(world, options.operands)
  const done = scrub(world, pools, options.has('s') ? 'stop' : options.has('p') ? 'pause' : 'start')
  if (done.exit === 0) log(call)
  const result = { exit: stderr === '' ? done.exit : 1, stdout: '', stderr: stderr + done.stderr }
  if (!options.has('w') || result.exit !== 0) return result
  return untilScanned(world, pools, io).then(() => result)
}

function wait({ world, options, io }: Call): Answer {
  if (options.operands.length === 0) return usage('wait', 'missing pool argument')
  const { pools, stderr } = named(world, options.operands.slice(0, 1))
  if (stderr !== '') return fail(1, stderr)
  return untilScanned(world, pools, io).then(() => ok())
}

function events({ world, options, io }: Call): Answer {
  if (options.has('c')) {
    const cleared = world.state.events.splice(0).length
    world.changed()
    return ok(`cleared ${cleared} events\n`)
  }
  if (options.operands.length > 1) return usage('events', 'too many arguments')
  return eventStream(
    world,
    {
      verbose: options.has('v'),
      scripted: options.has('H'),
      follow: options.has('f'),
      pool: options.operands[0] ?? null,
    },
    io,
  )
}

function iostatPools({ world, options, io }: Call): Answer {
  const operands = iostatOperands(world, options.operands)
  if ('exit' in operands) return operands
  const form = options.value('T')
  return iostat(
    world,
    operands.pools,
    {
      ...shape(options),
      scripted: options.has('H'),
      exact: options.has('p'),
      verbose: options.has('v'),
      skipFirst: options.has('y'),
      timestamp: form === 'u' || form === 'd' ? form : null,
    },
    operands.interval,
    operands.count,
    io,
  )
}
