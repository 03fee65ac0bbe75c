import type { ReactNode } from 'react'
import type { MenuItem } from '../ui/Menu.tsx'
import { type Tools, thingMenus } from './actions.ts'
import { NAV } from './nav.ts'
import { paths } from './paths.ts'
import type { Resources } from './useResources.ts'

/** Something the palette can go to. */
export type Thing = {
  id: string
  kind: 'page' | 'pool' | 'dataset' | 'zvol' | 'vm'
  name: string
  href: string
  keywords?: string
  menu: (tools: Tools) => MenuItem[]
}

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

/** Everything that has a page, guests first: they are what people come for. */
export function allThings({ pools, datasets, vms }: Pick<Resources, 'pools' | 'datasets' | 'vms'>): Thing[] {
  return [
    ...(vms ?? []).map(
      (vm): Thing => ({
        id: `vm ${vm.name}`,
        kind: 'vm',
        name: vm.name,
        href: paths.vm(vm.name),
        keywords: 'guest',
        menu: tools => thingMenus.vm(vm, tools),
      }),
    ),
    ...(pools ?? []).map(
      (pool): Thing => ({
        id: `pool ${pool.name}`,
        kind: 'pool',
        name: pool.name,
        href: paths.pool(pool.name),
        menu: tools => thingMenus.pool(pool, tools),
      }),
    ),
    ...NAV.map(
      (page): Thing => ({
        id: `page ${page.href}`,
        kind: 'page',
        name: page.label,
        href: page.href,
        keywords: page.keywords,
        menu: () => [],
      }),
    ),
    ...(datasets ?? []).map(
      (dataset): Thing => ({
        id: `dataset ${dataset.name}`,
        kind: dataset.type === 'volume' ? 'zvol' : 'dataset',
        name: dataset.name,
        href: paths.dataset(dataset.name),
        menu: tools => thingMenus.dataset(dataset, tools),
      }),
    ),
  ]
}

const MOST_THINGS = 12
const MOST_ENTRIES = 40

/**
 * Lines for what was typed: things whose name holds every word, best first, then actions of things, where some words
 * name the thing and the others the verb ("start win11", "snapshot tank/vms").
 */
export function paletteEntries(query: string, things: readonly Thing[], tools: Tools): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const general = thingMenus.general(tools)
  if (words.length === 0) {
    return [
      ...things
        .filter(thing => thing.kind === 'page' || thing.kind === 'vm')
        .map(thing => goTo(thing, tools)),
      ...general.flatMap(item => (item === 'separator' ? [] : [entryOf(item, '', 'general')])),
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
    .map(each => goTo(each.thing, tools))
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
    ...general.flatMap(item => (item === 'separator' ? [] : [entryOf(item, '', 'general')])),
    ...named.flatMap(thing =>
      thing
        .menu(tools)
        .flatMap(item =>
          item === 'separator' ? [] : [entryOf(item, thing.name, thing.id, KINDS[thing.kind])],
        ),
    ),
  ]
    .filter(entry => words.every(word => entry.title.toLowerCase().includes(word)))
    // What can be done now comes before what cannot.
    .sort((a, b) => Number(a.disabled !== undefined) - Number(b.disabled !== undefined))
  return (words.length === 1 && places.length > 0 ? [...places, ...actions] : [...actions, ...places]).slice(
    0,
    MOST_ENTRIES,
  )
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

function goTo(thing: Thing, tools: Tools): Entry {
  return { id: thing.id, title: thing.name, note: KINDS[thing.kind], run: () => tools.go(thing.href) }
}

function entryOf(item: Exclude<MenuItem, 'separator'>, name: string, id: string, note = 'Action'): Entry {
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
