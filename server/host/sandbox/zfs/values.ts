/** The value of a property of a dataset, snapshot or bookmark, and where it comes from. */
import { clonesOf, snapshotByGuid, snapshotUsed, snapshotWritten, spaceOf, writtenSince } from '../space.ts'
import type { World } from '../world.ts'
import { encryptionFigure } from './encryption.ts'
import { longDate, niceBytes } from './numbers.ts'
import { isUserProperty, type Property, propertyNamed } from './properties.ts'
import { kindWord, snapshotNamed, type Target } from './targets.ts'

export type Source = { kind: 'local' | 'default' | 'none' } | { kind: 'inherited'; from: string }
/** `exact` is what `-p` prints. */
export type Value = { exact: string; nice: string; source: Source }

const NONE: Source = { kind: 'none' }

export function sourceText(source: Source): string {
  if (source.kind === 'inherited') return `inherited from ${source.from}`
  return source.kind === 'none' ? '-' : source.kind
}

/** null when the property does not apply (or, for a user property, is not set). */
export function propertyValue(world: World, target: Target, name: string): Value | null {
  const property = propertyNamed(name)
  if (property) return nativeValue(world, target, property)
  if (isUserProperty(name)) return userValue(world, target, name)
  return qualifiedValue(target, name)
}

function letterOf(target: Target): string {
  return kindWord(target).charAt(0)
}

function nativeValue(world: World, target: Target, property: Property): Value | null {
  if (!property.on.includes(letterOf(target))) return null
  // A snapshot has only what its dataset could have too.
  if (target.kind === 'snapshot' && SNAPSHOTS_OWN.includes(property.name) === false) {
    if (!property.on.includes(target.dataset.type.charAt(0))) return null
  }
  const figure =
    target.kind === 'bookmark'
      ? figureOf(world, target, property.name)
      : (encryptionFigure(world, target.dataset.name, property.name) ??
        figureOf(world, target, property.name))
  if (figure !== undefined) return figure === null ? null : shown(property, figure, NONE)
  return settable(world, target, property)
}

const SNAPSHOTS_OWN = ['defer_destroy', 'userrefs', 'clones']

/** undefined: not a figure, but something that can be set. null: does not apply here. */
function figureOf(world: World, target: Target, name: string): string | null | undefined {
  switch (target.kind) {
    case 'dataset':
      return datasetFigure(world, target, name)
    case 'snapshot':
      return snapshotFigure(world, target, name)
    case 'bookmark':
      return bookmarkFigure(target, name)
  }
}

function datasetFigure(
  world: World,
  target: Extract<Target, { kind: 'dataset' }>,
  name: string,
): string | null | undefined {
  const { dataset } = target
  const space = () => spaceOf(world, dataset.name)
  switch (name) {
    case 'type':
      return dataset.type
    case 'creation':
      return String(dataset.creation)
    case 'used':
      return String(space().used)
    case 'available':
      return String(space().available)
    case 'referenced':
      return String(space().referenced)
    case 'compressratio':
      return ratio(
        space().logicalUsed,
        space().usedByDataset + space().usedBySnapshots + space().usedByChildren,
      )
    case 'refcompressratio':
      return ratio(space().logicalReferenced, space().referenced)
    case 'mounted':
      return dataset.mounted ? 'yes' : 'no'
    case 'origin': {
      const origin = dataset.origin === null ? null : snapshotByGuid(world, dataset.origin)
      return origin ? `${origin.dataset.name}@${origin.snapshot.tag}` : null
    }
    case 'createtxg':
      return String(dataset.createtxg)
    case 'guid':
      return dataset.guid
    case 'objsetid':
      return String(dataset.objsetId)
    case 'usedbysnapshots':
      return String(space().usedBySnapshots)
    case 'usedbydataset':
      return String(space().usedByDataset)
    case 'usedbychildren':
      return String(space().usedByChildren)
    case 'usedbyrefreservation':
      return String(space().usedByRefreservation)
    case 'written':
      return String(space().written)
    case 'logicalused':
      return String(space().logicalUsed)
    case 'logicalreferenced':
      return String(space().logicalReferenced)
    default:
      return constantFigure(name)
  }
}

function snapshotFigure(
  world: World,
  target: Extract<Target, { kind: 'snapshot' }>,
  name: string,
): string | null | undefined {
  const { dataset, snapshot, index } = target
  switch (name) {
    case 'type':
      return 'snapshot'
    case 'creation':
      return String(snapshot.creation)
    case 'used':
      return String(snapshotUsed(world, dataset, index))
    case 'referenced':
      return String(snapshot.referenced)
    case 'compressratio':
    case 'refcompressratio':
      return ratio(snapshot.logicalReferenced, snapshot.referenced)
    case 'volsize':
      return String(snapshot.volsize ?? 0)
    case 'createtxg':
      return String(snapshot.createtxg)
    case 'guid':
      return snapshot.guid
    case 'objsetid':
      return String(snapshot.objsetId)
    case 'defer_destroy':
      return snapshot.deferDestroy ? 'on' : 'off'
    case 'userrefs':
      return String(Object.keys(snapshot.holds).length)
    case 'written':
      return String(snapshotWritten(world, dataset, index))
    case 'clones':
      return clonesOf(world, snapshot).join(',') || null
    case 'logicalreferenced':
      return String(snapshot.logicalReferenced)
    default:
      return constantFigure(name)
  }
}

function bookmarkFigure(
  target: Extract<Target, { kind: 'bookmark' }>,
  name: string,
): string | null | undefined {
  const { bookmark } = target
  switch (name) {
    case 'type':
      return 'bookmark'
    case 'creation':
      return String(bookmark.creation)
    case 'createtxg':
      return String(bookmark.createtxg)
    case 'guid':
      return bookmark.guid
    case 'referenced':
      return String(bookmark.referenced)
    case 'logicalreferenced':
      return String(bookmark.logicalReferenced)
    default:
      return undefined
  }
}

/** What is the same for every dataset that is not encrypted; there is no interrupted receive. */
function constantFigure(name: string): string | null | undefined {
  switch (name) {
    case 'keystatus':
    case 'encryptionroot':
    case 'receive_resume_token':
    case 'redact_snaps':
      return null
    case 'version':
      return '5'
    case 'utf8only':
      return 'off'
    case 'normalization':
      return 'none'
    case 'casesensitivity':
      return 'sensitive'
    default:
      return undefined
  }
}

function settable(world: World, target: Target, property: Property): Value | null {
  const { dataset } = target
  if (property.name === 'volsize') return shown(property, String(dataset.volsize ?? 0), { kind: 'local' })
  if (property.name === 'volblocksize') {
    const blocks = String(dataset.volblocksize ?? 0)
    return shown(property, blocks, blocks === property.default ? { kind: 'default' } : NONE)
  }
  if (property.name === 'mountpoint') return mountpointValue(world, dataset.name, property)
  const local = dataset.props[property.name]
  if (target.kind === 'dataset' && local !== undefined) return shown(property, local, { kind: 'local' })
  if (property.kind === 'inherited') {
    const from = inheritedFrom(world, target, property.name)
    if (from) return shown(property, from.value, { kind: 'inherited', from: from.name })
  }
  return property.default === null ? null : shown(property, property.default, { kind: 'default' })
}

/** The nearest dataset above that has it set; a snapshot's own dataset counts as above. */
function inheritedFrom(world: World, target: Target, name: string): { name: string; value: string } | null {
  let at = target.dataset.name
  if (target.kind === 'dataset') at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
  while (at !== '') {
    const value = world.state.datasets[at]?.props[name]
    if (value !== undefined) return { name: at, value }
    at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
  }
  return null
}

function mountpointValue(world: World, name: string, property: Property): Value {
  const root = world.state.pools[name.split('/', 1)[0] ?? '']?.props.altroot ?? ''
  for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const local = world.state.datasets[at]?.props.mountpoint
    if (local === undefined) continue
    const below = name.slice(at.length)
    const value =
      local === 'none' || local === 'legacy' ? local : `${root}${local === '/' ? '' : local}${below}` || '/'
    return shown(property, value, at === name ? { kind: 'local' } : { kind: 'inherited', from: at })
  }
  return shown(property, `${root}/${name}`, { kind: 'default' })
}

function userValue(world: World, target: Target, name: string): Value | null {
  const own =
    target.kind === 'dataset'
      ? target.dataset.props[name]
      : target.kind === 'snapshot'
        ? target.snapshot.props[name]
        : undefined
  if (own !== undefined) return { exact: own, nice: own, source: { kind: 'local' } }
  if (target.kind === 'bookmark') return null
  const from = inheritedFrom(world, target, name)
  return from ? { exact: from.value, nice: from.value, source: { kind: 'inherited', from: from.name } } : null
}

/** `written@SNAP`; everything else of that kind counts nothing here. */
function qualifiedValue(target: Target, name: string): Value | null {
  const since = /^written([@#])(.+)$/.exec(name)
  if (since && target.kind === 'dataset') {
    const tag = since[2] ?? ''
    const from =
      since[1] === '@'
        ? snapshotNamed(target.dataset, tag)?.snapshot
        : target.dataset.bookmarks.find(each => each.name === tag)
    if (!from) return null
    const bytes = writtenSince(target.dataset, from.createtxg)
    return { exact: String(bytes), nice: niceBytes(bytes), source: { kind: 'local' } }
  }
  return null
}

/** Names of the user properties in force, sorted. */
export function userPropertiesOf(world: World, target: Target): string[] {
  const names = new Set<string>()
  if (target.kind === 'bookmark') return []
  if (target.kind === 'snapshot') for (const name of Object.keys(target.snapshot.props)) names.add(name)
  for (let at = target.dataset.name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    for (const name of Object.keys(world.state.datasets[at]?.props ?? {}))
      if (name.includes(':')) names.add(name)
  }
  return [...names].sort()
}

function ratio(logical: number, physical: number): string {
  // Metadata makes the quotient a little less than one: zfs never shows that.
  return physical === 0 ? '1.00' : Math.max(1, logical / physical).toFixed(2)
}

const NONE_WHEN_ZERO = ['quota', 'refquota', 'reservation', 'refreservation']

function shown(property: Property, exact: string, source: Source): Value {
  return { exact, nice: niceOf(property, exact), source }
}

function niceOf(property: Property, exact: string): string {
  if (property.name === 'creation') return longDate(Number(exact))
  if (property.name.endsWith('compressratio')) return `${exact}x`
  if (NONE_WHEN_ZERO.includes(property.name) && exact === '0') return 'none'
  if (property.number !== 'size') return exact
  const text = niceBytes(Number(exact))
  // Settings are sizes without the B of bytes: `512`, `128K`.
  return ['recordsize', 'volblocksize'].includes(property.name) ? text.replace(/B$/, '') : text
}
