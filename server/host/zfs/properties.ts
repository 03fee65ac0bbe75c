/** zfs-get(8), zfs-set(8), zfs-inherit(8). */
import { unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { runZfs } from './errors.ts'
import { isDatasetName } from './names.ts'
import { Fields, parseRows } from './rows.ts'

export type ZfsProperty = {
  name: string
  value: string
  /** `none` is a figure or a fixed property: zfs prints "-". */
  source: 'local' | 'default' | 'inherited' | 'received' | 'temporary' | 'none'
  inheritedFrom: string | null
  /** The received value, also where a local one covers it. */
  received: string | null
}

/** All properties of one dataset or snapshot, user properties too. */
export function getPropertiesArgv(name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'property,value,received,source', 'all', name]
}

const SOURCE = /^(?:local|default|received|temporary|-|inherited from (.+))$/

/**
 * `zfs get -Hp -o property,value,received,source all NAME`. Values of user properties may hold tabs and newlines, which
 * zfs prints raw: rows are told apart by their last field, the source. What could be read in two ways is `unreadable`.
 */
export function parseProperties(text: string): ZfsProperty[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw unreadable('zfs get', text, 'it breaks off within a row')
  const properties: ZfsProperty[] = []
  let held = ''
  for (const line of text.slice(0, -1).split('\n')) {
    held = held === '' ? line : `${held}\n${line}`
    const property = parseProperty(held, text)
    if (!property) continue
    properties.push(property)
    held = ''
  }
  if (held !== '') throw unreadable('zfs get', text, 'its last row has no source')
  const names = new Set(properties.map(property => property.name))
  if (names.size !== properties.length) throw unreadable('zfs get', text, 'a property comes twice')
  return properties
}

/** Null while the row is not whole (a value goes on in the next line). */
function parseProperty(row: string, text: string): ZfsProperty | null {
  const fields = row.split('\t')
  const source = SOURCE.exec(fields.at(-1) ?? '')
  if (fields.length < 4 || !source) return null
  const [name = '', ...rest] = fields
  if (!/^[a-zA-Z0-9_:.@#-]+$/.test(name)) throw unreadable('zfs get', text, `“${name}” is no property`)
  const middle = rest.slice(0, -1)
  // Tabs within a value: value and received are equal, or nothing was received and "-" stands for it.
  const received = middle.at(-1) ?? '-'
  const value = received === '-' ? middle.slice(0, -1).join('\t') : splitTwice(middle, text)
  const from = source[1]
  if (from !== undefined && !isDatasetName(from)) throw unreadable('zfs get', text, `“${from}” is no dataset`)
  return {
    name,
    value,
    source: from === undefined ? sourceWord(fields.at(-1) ?? '') : 'inherited',
    inheritedFrom: from ?? null,
    received: received === '-' ? null : middle.length === 2 ? received : value,
  }
}

function sourceWord(word: string): Exclude<ZfsProperty['source'], 'inherited'> {
  return word === 'local' || word === 'default' || word === 'received' || word === 'temporary' ? word : 'none'
}

/** "value<TAB>received" where both may hold tabs: readable only where they are equal, or neither holds one. */
function splitTwice(fields: readonly string[], text: string): string {
  if (fields.length === 2) return fields[0] ?? ''
  const half = fields.length / 2
  const value = fields.slice(0, half).join('\t')
  if (!Number.isInteger(half) || value !== fields.slice(half).join('\t')) {
    throw unreadable('zfs get', text, 'a value with tabs and a received value cannot be told apart')
  }
  return value
}

/** Every property of one dataset or snapshot. AppError `not_found`. */
export async function getProperties(host: Host, name: string): Promise<ZfsProperty[]> {
  return parseProperties(await runZfs(host, getPropertiesArgv(name), [name]))
}

/** One property alone, so that any value can be read, whatever characters it holds. */
export function getPropertyArgv(property: string, name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'source,value', property, name]
}

/** `zfs get -Hp -o source,value PROPERTY NAME`: the value may hold tabs and newlines. Null where it is not set. */
export function parseOneProperty(text: string): { value: string; source: ZfsProperty['source'] } | null {
  const match = /^(local|default|received|temporary|-|inherited from [^\t\n]+)\t([\s\S]*)\n$/.exec(text)
  const [, source = '', value = ''] = match ?? []
  if (!match) throw unreadable('zfs get', text, 'it is not a source and a value')
  if (source === '-' && value === '-') return null
  return { value, source: source.startsWith('inherited') ? 'inherited' : sourceWord(source) }
}

/** One property of one dataset or snapshot; null where it is not set. AppError `not_found`. */
export async function getProperty(
  host: Host,
  property: string,
  name: string,
): Promise<{ value: string; source: ZfsProperty['source'] } | null> {
  return parseOneProperty(await runZfs(host, getPropertyArgv(property, name), [name]))
}

/** Where a user property is set itself (not inherited), on all filesystems and volumes. */
export function listUserPropertyArgv(property: string): string[] {
  return [
    'zfs',
    'get',
    '-Hp',
    '-t',
    'filesystem,volume',
    '-s',
    'local,received',
    '-o',
    'name,value',
    property,
  ]
}

/** `zfs get -Hp -t filesystem,volume -s local,received -o name,value PROPERTY`; AppError `unreadable`. */
export function parseUserProperty(text: string): Map<string, string> {
  return new Map(
    parseRows('zfs get', ['name', 'value'], text).map(row => [
      new Fields('zfs get', row).check('name', isDatasetName),
      row.value,
    ]),
  )
}

/** Full name of each dataset that has the user property itself, with its value. */
export async function listUserProperty(host: Host, property: string): Promise<Map<string, string>> {
  return parseUserProperty(await runZfs(host, listUserPropertyArgv(property), []))
}

/** Figures as of now, bytes: `used`, `written@before`, `available`, … */
export function getFiguresArgv(properties: readonly string[], name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'property,value', properties.join(','), name]
}

/** `zfs get -Hp -o property,value A,B NAME`: whole numbers. AppError `unreadable`. */
export function parseFigures(text: string): Map<string, number> {
  return new Map(
    parseRows('zfs get', ['property', 'value'], text).map(row => [
      row.property,
      new Fields('zfs get', row).number('value'),
    ]),
  )
}

/** Bytes written to a dataset since one of its snapshots. AppError `not_found`. */
export async function getWrittenSince(host: Host, dataset: string, tag: string): Promise<number> {
  const property = `written@${tag}`
  const argv = getFiguresArgv([property], dataset)
  const text = await runZfs(host, argv, [dataset])
  const figure = parseFigures(text).get(property)
  if (figure === undefined) throw unreadable('zfs get', text, `it does not tell “${property}”`, { argv })
  return figure
}

export function setPropertyArgv(dataset: string, property: string, value: string): string[] {
  return ['zfs', 'set', `${property}=${value}`, dataset]
}

/** AppError `not_found`, `invalid`, `no_space`, `denied`. */
export async function setProperty(
  host: Host,
  dataset: string,
  property: string,
  value: string,
): Promise<void> {
  await runZfs(host, setPropertyArgv(dataset, property, value), [dataset])
}

/** `received` goes back to the received value (`-S`) instead of the parent's. */
export function inheritPropertyArgv(
  dataset: string,
  property: string,
  options: { received?: boolean; recursive?: boolean } = {},
): string[] {
  const flags = [...(options.recursive ? ['-r'] : []), ...(options.received ? ['-S'] : [])]
  return ['zfs', 'inherit', ...flags, property, dataset]
}

/** AppError `not_found`, `invalid`, `denied`. */
export async function inheritProperty(
  host: Host,
  dataset: string,
  property: string,
  options: { received?: boolean; recursive?: boolean } = {},
): Promise<void> {
  await runZfs(host, inheritPropertyArgv(dataset, property, options), [dataset])
}
