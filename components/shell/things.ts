import type { ReactNode } from 'react'
import type { MenuItem } from '../ui/Menu.tsx'
import { type Tools, thingMenus } from './actions.ts'
import { CONSOLE_PAGES, hostPages, type NavPage } from './nav.ts'
import { pathsOf } from './paths.ts'
import type { Lists } from './useResources.ts'

/** Something the palette can go to. */
export type Thing = {
  id: string
  kind: 'page' | 'pool' | 'dataset' | 'zvol' | 'vm'
  name: string
  href: string
  keywords?: string
  /** Whose it is; null for pages of Skep itself. */
  host: PaletteHost | null
  menu: (tools: Tools) => MenuItem[]
}

export type PaletteHost = { id: string; name: string }

/** A line of the palette. */
export type Entry = {
  id: string
  title: string
  /** Right end: what kind of thing, or nothing. */
  note: string
  icon?: ReactNode
  disabled?: string
  run: () => void
}

const KINDS: Record<Thing['kind'], string> = {
  page: 'Page',
  pool: 'Pool',
  dataset: 'Filesystem',
  zvol: 'Zvol',
  vm: 'Virtual machine',
}

/** Everything of a host that has a page, guests first: they are what people come for. */
export function thingsOfHost(host: PaletteHost, { pools, datasets, vms }: Lists): Thing[] {
  const paths = pathsOf(host.id)
  return [
    ...(vms ?? []).map(
      (vm): Thing => ({
        id: `${host.id} vm ${vm.name}`,
        kind: 'vm',
        name: vm.name,
        href: paths.vm(vm.name),
        keywords: 'guest',
        host,
        menu: tools => thingMenus.vm(vm, tools),
      }),
    ),
    ...(pools ?? []).map(
      (pool): Thing => ({
        id: `${host.id} pool ${pool.name}`,
        kind: 'pool',
        name: pool.name,
        href: paths.pool(pool.name),
        host,
        menu: tools => thingMenus.pool(pool, tools),
      }),
    ),
    ...hostPages(paths).map(page => pageThing(page, host)),
    ...(datasets ?? []).map(
      (dataset): Thing => ({
        id: `${host.id} dataset ${dataset.name}`,
        kind: dataset.type === 'volume' ? 'zvol' : 'dataset',
        name: dataset.name,
        href: paths.dataset(dataset.name),
        host,
        menu: tools => thingMenus.dataset(dataset, tools),
      }),
    ),
  ]
}

/** Pages of Skep itself. */
export function consoleThings(): Thing[] {
  return CONSOLE_PAGES.map(page => pageThing(page, null))
}

function pageThing(page: NavPage, host: PaletteHost | null): Thing {
  return {
    id: `page ${page.href}`,
    kind: 'page',
    name: page.label,
    href: page.href,
    keywords: page.keywords,
    host,
    menu: () => [],
  }
}

export type Sought = { words: string[]; host: PaletteHost | null }

/**
 * The words of a query, and the host it names: "start win11 on nas2". A word that is a host's whole name names it; after
 * "on" the beginning is enough.
 */
export function soughtIn(query: string, hosts: readonly PaletteHost[]): Sought {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (hosts.length < 2) return { words, host: null }
  const named = (word: string | undefined, isWhole: boolean) =>
    word === undefined
      ? undefined
      : hosts.find(({ id, name }) =>
          [id, name.toLowerCase()].some(text => (isWhole ? text === word : text.startsWith(word))),
        )
  const on = words.lastIndexOf('on')
  const after = on > 0 ? named(words[on + 1], false) : undefined
  if (after) return { words: words.toSpliced(on, 2), host: after }
  for (const [at, word] of words.entries()) {
    const host = named(word, true)
    if (host) return { words: words.toSpliced(at, 1), host }
  }
  return { words, host: null }
}

const MOST_THINGS = 12
const MOST_ENTRIES = 40

/**
 * Lines for what was typed: things whose name holds every word, best first, then actions of things, where some words
 * name the thing and the others the verb ("start win11", "snapshot tank/vms").
 */
export function paletteEntries(
  { words, host: wanted }: Sought,
  all: readonly Thing[],
  hosts: {
    toolsOf: (host: string) => Tools
    /** On which one the actions of no single thing are done. */
    here: PaletteHost | null
    /** There are several, so that each line says which. */
    several: boolean
    go: (href: string) => void
  },
): Entry[] {
  const { toolsOf, go, several } = hosts
  const things = wanted ? all.filter(thing => thing.host?.id === wanted.id) : all
  const place = wanted ?? hosts.here
  const general = place
    ? thingMenus
        .general(toolsOf(place.id))
        .flatMap(item =>
          item === 'separator' ? [] : [entryOf(item, '', `${place.id} general`, noteOf('Action', place))],
        )
    : []
  const noteFor = (thing: Thing) => noteOf(KINDS[thing.kind], thing.host)
  function noteOf(kind: string, host: PaletteHost | null) {
    return several && host ? `${kind} on ${host.name}` : kind
  }
  if (words.length === 0) {
    return [
      ...things
        .filter(thing => thing.kind === 'page' || thing.kind === 'vm')
        .map(thing => goTo(thing, noteFor(thing), go)),
      ...general,
    ].slice(0, MOST_ENTRIES)
  }
  const places = things
    .map(thing => ({
      thing,
      score: score(words, `${thing.name} ${thing.keywords ?? ''}`.toLowerCase(), thing.name),
    }))
    .filter(each => each.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_THINGS)
    .map(each => goTo(each.thing, noteFor(each.thing), go))
  const nameable = things.filter(thing => thing.kind !== 'page')
  const called = nameable
    .map(thing => ({
      thing,
      score: Math.max(...words.map(word => score([word], thing.name.toLowerCase(), thing.name))),
    }))
    .filter(each => each.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_THINGS)
    .map(each => each.thing)
  // A verb alone ("start") is offered for what has few and is acted on most.
  const named =
    called.length > 0 ? called : nameable.filter(thing => thing.kind === 'vm' || thing.kind === 'pool')
  const actions = [
    ...general,
    ...named.flatMap(thing =>
      thing.host === null
        ? []
        : thing
            .menu(toolsOf(thing.host.id))
            .flatMap(item =>
              item === 'separator' ? [] : [entryOf(item, thing.name, thing.id, noteFor(thing))],
            ),
    ),
  ]
    .filter(entry => words.every(word => isSaid(word, entry.title.toLowerCase())))
    // What can be done now comes before what cannot.
    .sort((a, b) => Number(a.disabled !== undefined) - Number(b.disabled !== undefined))
  return (words.length === 1 && places.length > 0 ? [...places, ...actions] : [...actions, ...places]).slice(
    0,
    MOST_ENTRIES,
  )
}

/** What people type for a verb that is called otherwise here, by its first word. */
const ALSO_SAID: Record<string, readonly string[]> = {
  create: ['new', 'add', 'make'],
  destroy: ['delete', 'remove'],
  force: ['stop', 'kill', 'power', 'halt'],
  rename: ['move'],
  reset: ['restart', 'reboot'],
  shut: ['stop', 'power', 'halt'],
  start: ['boot', 'run', 'power'],
}

function isSaid(word: string, title: string): boolean {
  const also = ALSO_SAID[title.split(' ', 1)[0] ?? ''] ?? []
  return title.includes(word) || (word.length > 2 && also.some(each => each.startsWith(word)))
}

/** 0 where a word is missing; higher the nearer the words come to the whole name. */
function score(words: readonly string[], text: string, name: string): number {
  if (!words.every(word => text.includes(word))) return 0
  const lower = name.toLowerCase()
  const last = lower.slice(lower.lastIndexOf('/') + 1)
  const best = Math.max(
    ...words.map(word => {
      if (lower === word) return 5
      if (last === word) return 4
      if (lower.startsWith(word)) return 3
      return last.startsWith(word) ? 2 : 1
    }),
  )
  return best + 1 / (1 + name.length)
}

function goTo(thing: Thing, note: string, go: (href: string) => void): Entry {
  return { id: thing.id, title: thing.name, note, run: () => go(thing.href) }
}

function entryOf(item: Exclude<MenuItem, 'separator'>, name: string, id: string, note: string): Entry {
  const label = item.label.replace(/…$/, '')
  return {
    id: `${id} ${item.label}`,
    title: name ? `${label} ${name}` : label,
    note,
    icon: item.icon,
    ...(item.disabled && { disabled: item.disabled }),
    run: item.onSelect,
  }
}
