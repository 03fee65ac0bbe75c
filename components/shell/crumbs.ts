import { CONSOLE_PAGES, hostPages } from './nav.ts'
import { datasetOfSegments, decode, type HostPaths, hostOfPath, paths, pathsOf } from './paths.ts'

export type Crumb = { label: string; href: string }

/** Where a path is, from the outermost thing to the one on the page. The last is the page itself. The host is not among them. */
export function crumbsOf(pathname: string): Crumb[] {
  const of = hostOfPath(pathname)
  const [noun, ...rest] = (of?.rest ?? pathname).split('/').filter(Boolean)
  const host = of && pathsOf(of.host)
  if (!host) return consoleCrumbs(noun, rest)
  if (noun === undefined) return [{ label: 'Overview', href: host.overview() }]
  if (noun === 'datasets' && rest.length > 0) return datasetCrumbs(rest, host)
  const page = hostPages(host).find(each => each.href === `${host.overview()}/${noun}`)
  if (!page) return []
  const name = rest[0] === undefined ? null : (decode(rest[0]) ?? rest[0])
  const crumbs: Crumb[] = [{ label: page.label, href: page.href }]
  if (name !== null) crumbs.push({ label: name, href: hrefOf(noun, name, host) })
  return crumbs
}

function hrefOf(noun: string, name: string, host: HostPaths): string {
  if (noun === 'pools') return host.pool(name)
  return noun === 'networks' ? host.network(name) : host.vm(name)
}

function consoleCrumbs(noun: string | undefined, rest: string[]): Crumb[] {
  if (noun === undefined) return [{ label: 'Overview', href: paths.home() }]
  const page = CONSOLE_PAGES.find(each => each.href === `/${noun}`)
  if (!page) return []
  const crumbs = [{ label: page.label, href: page.href }]
  if (rest[0] !== undefined) crumbs.push({ label: `Task ${rest[0]}`, href: `${page.href}/${rest[0]}` })
  return crumbs
}

function datasetCrumbs(segments: string[], host: HostPaths): Crumb[] {
  const found = datasetOfSegments(segments)
  if (!found) return [{ label: 'Datasets', href: host.datasets() }]
  const names = found.dataset.split('/')
  return names.map((label, index) => ({
    label,
    href: index === 0 ? host.pool(label) : host.dataset(names.slice(0, index + 1).join('/')),
  }))
}

/** The node of the tree that a path belongs to: a thing's tabs are the thing. */
export function treeHref(pathname: string): string | null {
  const last = crumbsOf(pathname).at(-1)
  if (!last) return null
  if (last.href.startsWith('/tasks/')) return paths.tasks()
  // The root dataset of a pool has no node of its own.
  const of = hostOfPath(pathname)
  const segments = of?.rest.split('/').filter(Boolean) ?? []
  if (of && segments[0] === 'datasets' && segments.length > 1) {
    const found = datasetOfSegments(segments.slice(1))
    if (found && !found.dataset.includes('/')) return pathsOf(of.host).pool(found.dataset)
  }
  // Switches have no nodes of their own.
  if (of && segments[0] === 'networks') return pathsOf(of.host).networks()
  return last.href
}
