/** zfs-get(8), zfs-set(8), zfs-inherit(8). */
import { unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { runZfs } from './errors.ts'
import { isDatasetName, isSnapshotName } from './names.ts'
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
function getPropertiesArgv(name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'property,value,received,source', 'all', name]
}

const SOURCE = /^(?:local|default|received|temporary|-|inherited from (.+))$/
const NATIVE = /^[a-z][a-z0-9_@]*$/
const USER = /^[a-z0-9:._+-]*:[a-z0-9:._+-]*$/

/**
 * `zfs get -Hp -o property,value,received,source all NAME`. ZFS's own properties come first, a row each. Values of user
 * properties may hold tabs and newlines, which zfs prints raw, so that a value can look like a row: of those only the
 * names are taken, as names that may be set. AppError `unreadable`.
 */
export function parseProperties(text: string): { properties: ZfsProperty[]; userNames: string[] } {
  if (text !== '' && !text.endsWith('\n')) throw unreadable('zfs get', text, 'it breaks off within a row')
  const properties = new Map<string, ZfsProperty>()
  const userNames = new Set<string>()
  for (const line of text.split('\n').slice(0, -1)) {
    const fields = line.split('\t')
    const [name = ''] = fields
    if (fields.length > 1 && USER.test(name)) {
      userNames.add(name)
      continue
    }
    // Behind the first user property everything else belongs to a value.
    if (userNames.size > 0) continue
    const property = fields.length === 4 && NATIVE.test(name) ? parseNative(fields, text) : null
    if (!property) {
      throw unreadable('zfs get', text, `“${line.slice(0, 80)}” is no property, value and source`)
    }
    if (properties.has(name)) throw unreadable('zfs get', text, `“${name}” comes twice`)
    properties.set(name, property)
  }
  return { properties: [...properties.values()], userNames: [...userNames] }
}

function parseNative(fields: readonly string[], text: string): ZfsProperty | null {
  const [name = '', value = '', received = '', word = ''] = fields
  const source = parseSource(word, text)
  return source && { name, value, ...source, received: received === '-' ? null : received }
}

function parseSource(word: string, text: string): Pick<ZfsProperty, 'source' | 'inheritedFrom'> | null {
  const match = SOURCE.exec(word)
  if (!match) return null
  const from = match[1] ?? null
  if (from !== null && !isDatasetName(from)) throw unreadable('zfs get', text, `“${from}” is no dataset`)
  if (from !== null) return { source: 'inherited', inheritedFrom: from }
  const isWord = word === 'local' || word === 'default' || word === 'received' || word === 'temporary'
  return { source: isWord ? word : 'none', inheritedFrom: null }
}

/**
 * Every property of one dataset or snapshot; user properties are read one by one, so that any value comes out right.
 * AppError `not_found`.
 */
export async function getProperties(host: Host, name: string): Promise<ZfsProperty[]> {
  const { properties, userNames } = parseProperties(await runZfs(host, getPropertiesArgv(name), [name]))
  for (const property of userNames) {
    const own = await getProperty(host, property, name)
    if (own)
      properties.push({ name: property, ...own, received: own.source === 'received' ? own.value : null })
  }
  return properties
}

/** One property alone, so that any value can be read, whatever characters it holds. */
export function getPropertyArgv(property: string, name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'source,value', property, name]
}

export type OneProperty = Pick<ZfsProperty, 'value' | 'source' | 'inheritedFrom'>

/** `zfs get -Hp -o source,value PROPERTY NAME`: the value may hold tabs and newlines. Null where it is not set. */
export function parseOneProperty(text: string): OneProperty | null {
  const match = /^([^\t\n]+)\t([\s\S]*)\n$/.exec(text)
  const [, word = '', value = ''] = match ?? []
  const source = match && parseSource(word, text)
  if (!source) throw unreadable('zfs get', text, 'it is not a source and a value')
  return source.source === 'none' && value === '-' ? null : { value, ...source }
}

/** One property of one dataset or snapshot; null where it is not set. AppError `not_found`. */
export async function getProperty(host: Host, property: string, name: string): Promise<OneProperty | null> {
  return parseOneProperty(await runZfs(host, getPropertyArgv(property, name), [name]))
}

/** Where a user property is set itself (not inherited), on all filesystems and volumes. */
function listUserPropertyArgv(property: string): string[] {
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

/** `zfs get -Hp -s local,received -o name,value PROPERTY` of datasets or snapshots; AppError `unreadable`. */
export function parseUserProperty(text: string): Map<string, string> {
  return new Map(
    parseRows('zfs get', ['name', 'value'], text, ['name']).map(row => [
      new Fields('zfs get', row).check('name', name => isDatasetName(name) || isSnapshotName(name)),
      row.value,
    ]),
  )
}

/** Full name of each dataset that has the user property itself, with its value. */
export async function listUserProperty(host: Host, property: string): Promise<Map<string, string>> {
  return parseUserProperty(await runZfs(host, listUserPropertyArgv(property), []))
}

/** A user property of the snapshots of these datasets (not of those below them), where it is set itself. */
function listSnapshotPropertyArgv(property: string, datasets: readonly string[]): string[] {
  return [
    'zfs',
    'get',
    '-Hp',
    '-d',
    '1',
    '-t',
    'snapshot',
    '-s',
    'local,received',
    '-o',
    'name,value',
    property,
    ...datasets,
  ]
}

/** Full name of each snapshot of the datasets that has the user property, with its value. AppError `not_found`. */
export async function listSnapshotProperty(
  host: Host,
  property: string,
  datasets: readonly string[],
): Promise<Map<string, string>> {
  if (datasets.length === 0) return new Map()
  return parseUserProperty(await runZfs(host, listSnapshotPropertyArgv(property, datasets), datasets))
}

/** Figures as of now, bytes: `used`, `written@before`, `available`, … */
function getFiguresArgv(properties: readonly string[], name: string): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'property,value', properties.join(','), name]
}

/** `zfs get -Hp -o property,value A,B NAME`: whole numbers. AppError `unreadable`. */
export function parseFigures(text: string): Map<string, number> {
  return new Map(
    parseRows('zfs get', ['property', 'value'], text, ['property']).map(row => [
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
