/** `zfs get` (zfs-set(8)). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import type { World } from '../world.ts'
import { misuse, plain, table } from './output.ts'
import { isQualifiedProperty, isUserProperty, PROPERTIES, propertyNamed } from './properties.ts'
import { parseTypes, select } from './select.ts'
import type { Target } from './targets.ts'
import { propertyValue, sourceText, userPropertiesOf, type Value } from './values.ts'

const FIELDS = ['name', 'property', 'value', 'received', 'source']
const SOURCES = ['local', 'default', 'inherited', 'received', 'temporary', 'none']

export function get(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'd:o:s:rt:Hp')
  if ('bad' in options) {
    const what = options.missingArgument
      ? `missing argument for '${options.bad}' option`
      : `invalid option '${options.bad}'`
    return misuse('get', what)
  }
  const fields = options.value('o')?.split(',') ?? ['name', 'property', 'value', 'source']
  const badField = fields.find(each => each !== 'all' && !FIELDS.includes(each))
  if (badField !== undefined) return misuse('get', `invalid column name '${badField}'`)
  const sources = options.value('s')?.split(',') ?? SOURCES
  const badSource = sources.find(each => !SOURCES.includes(each))
  if (badSource !== undefined) return misuse('get', `invalid source '${badSource}'`)
  let types = new Set(['filesystem', 'volume', 'snapshot', 'bookmark'])
  const typeText = options.value('t')
  if (typeText !== null) {
    const parsed = parseTypes(typeText)
    if ('bad' in parsed) return misuse('get', `invalid type '${parsed.bad}'`)
    types = parsed.types
  }
  const [wanted, ...names] = options.operands
  if (wanted === undefined) return misuse('get', 'missing property argument')
  for (const name of wanted === 'all' ? [] : wanted.split(',')) {
    if (name !== 'name' && !propertyNamed(name) && !isUserProperty(name) && !isQualifiedProperty(name)) {
      return misuse('get', `bad property list: invalid property '${name}'`)
    }
  }
  const depthText = options.value('d')
  if (depthText !== null && !/^\d+$/.test(depthText)) return misuse('get', `${depthText} is not a number`)
  const { targets, stderr } = select(world, {
    names: names.length > 0 ? names : null,
    types,
    typesGiven: typeText !== null,
    depth: depthText !== null ? Number(depthText) : options.has('r') || names.length === 0 ? null : 0,
    sort: [],
  })
  const columns = fields.includes('all') ? FIELDS : fields
  const rows: string[][] = []
  for (const target of targets) {
    for (const [name, value] of valuesOf(world, target, wanted)) {
      if (!sources.includes(value.source.kind)) continue
      rows.push(columns.map(column => cell(column, target, name, value, options.has('p'))))
    }
  }
  const headings = columns.map(each => ({ title: each.toUpperCase(), right: false }))
  const stdout = options.has('H') ? plain(rows) : rows.length > 0 ? table(headings, rows) : ''
  return stderr === '' ? ok(stdout) : { exit: 1, stdout, stderr }
}

function cell(column: string, target: Target, name: string, value: Value, exact: boolean): string {
  switch (column) {
    case 'name':
      return target.name
    case 'property':
      return name
    case 'value':
      return exact ? value.exact : value.nice
    case 'received':
      return '-'
    default:
      return sourceText(value.source)
  }
}

const NOTHING: Value = { exact: '-', nice: '-', source: { kind: 'none' } }

/** Asked for by name, a property that does not apply reads `-`; `all` leaves it out. */
function valuesOf(world: World, target: Target, wanted: string): [string, Value][] {
  if (wanted !== 'all') {
    return wanted.split(',').map(asked => {
      if (asked === 'name')
        return [asked, { exact: target.name, nice: target.name, source: { kind: 'none' } }]
      const name = propertyNamed(asked)?.name ?? asked
      return [name, propertyValue(world, target, name) ?? NOTHING]
    })
  }
  return [...PROPERTIES.map(each => each.name), ...userPropertiesOf(world, target)].flatMap(name => {
    const value = propertyValue(world, target, name)
    return value === null ? [] : ([[name, value]] satisfies [string, Value][])
  })
}
