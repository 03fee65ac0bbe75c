/** `zfs list` (zfs-list(8)). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import type { World } from '../world.ts'
import { type Column, misuse, plain, table } from './output.ts'
import { isQualifiedProperty, isUserProperty, PROPERTIES, propertyNamed } from './properties.ts'
import { parseTypes, type SortKey, select } from './select.ts'
import { propertyValue } from './values.ts'

const USUAL = ['name', 'used', 'available', 'referenced', 'mountpoint']
const SPACE = [
  'name',
  'available',
  'used',
  'usedbysnapshots',
  'usedbydataset',
  'usedbyrefreservation',
  'usedbychildren',
]

export function list(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'HS:d:o:prs:t:')
  if ('bad' in options) {
    const what = options.missingArgument ? 'missing argument for' : 'invalid option'
    return misuse(
      'list',
      options.missingArgument ? `${what} '${options.bad}' option` : `${what} '${options.bad}'`,
    )
  }
  let types = new Set(['filesystem', 'volume'])
  const typeText = options.value('t')
  if (typeText !== null) {
    const parsed = parseTypes(typeText)
    if ('bad' in parsed) return misuse('list', `invalid type '${parsed.bad}'`)
    types = parsed.types
  }
  const depthText = options.value('d')
  if (depthText !== null && !/^\d+$/.test(depthText)) return misuse('list', `${depthText} is not a number`)
  const columns = columnsOf(options.value('o'))
  if (typeof columns === 'string') return misuse('list', `bad property list: invalid property '${columns}'`)
  const sort = sortKeys(words, options)
  if (typeof sort === 'string') return misuse('list', `invalid property '${sort}'`)
  const recursive = options.has('r') || depthText !== null
  // `-t snapshot tank/data` means the snapshots of it (zfs-list(8)).
  const onlyBelow = typeText !== null && !types.has('filesystem') && !types.has('volume')
  const names = options.operands.length > 0 ? options.operands : null
  const depth =
    depthText !== null ? Number(depthText) : recursive || names === null ? null : onlyBelow ? 1 : 0
  const { targets, stderr } = select(world, { names, types, typesGiven: typeText !== null, depth, sort })
  if (targets.length === 0 && names === null)
    return { exit: 0, stdout: '', stderr: 'no datasets available\n' }
  const exact = options.has('p')
  const rows = targets.map(target =>
    columns.map(column => {
      if (column === 'name') return target.name
      const value = propertyValue(world, target, column)
      return value === null ? '-' : exact ? value.exact : value.nice
    }),
  )
  const stdout = options.has('H') ? plain(rows) : rows.length > 0 ? table(columns.map(headingOf), rows) : ''
  return stderr === '' ? ok(stdout) : { exit: 1, stdout, stderr }
}

/** The columns of `-o`, or the first word that is none. */
function columnsOf(text: string | null): string[] | string {
  if (text === null) return USUAL
  const columns: string[] = []
  for (const word of text.split(',')) {
    if (word === 'space') columns.push(...SPACE)
    else if (word === 'all') columns.push('name', ...PROPERTIES.map(each => each.name))
    else if (word === 'name' || propertyNamed(word) || isUserProperty(word) || isQualifiedProperty(word)) {
      columns.push(propertyNamed(word)?.name ?? word)
    } else return word
  }
  return columns
}

/** `-s` and `-S` in the order they were given. */
function sortKeys(
  words: readonly string[],
  options: { values: (letter: string) => string[] },
): SortKey[] | string {
  const rising = options.values('s')
  const falling = options.values('S')
  const order = words.flatMap(word => /^-[Hpr]*([sS])/.exec(word)?.[1] ?? [])
  const keys: SortKey[] = []
  for (const letter of order) {
    const property = letter === 's' ? rising.shift() : falling.shift()
    if (property === undefined) continue
    if (property !== 'name' && !propertyNamed(property) && !isUserProperty(property)) return property
    keys.push({ property: propertyNamed(property)?.name ?? property, descending: letter === 'S' })
  }
  return keys
}

/** Sizes are never narrower than five figures. */
function headingOf(name: string): Column {
  const property = propertyNamed(name)
  if (!property)
    return {
      title: isQualifiedProperty(name) || isUserProperty(name) ? name.toUpperCase() : 'NAME',
      right: false,
    }
  const right = property.number !== null
  return { title: property.column, right, ...(property.number === 'size' ? { minimum: 5 } : {}) }
}
