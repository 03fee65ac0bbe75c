import { NAV } from './nav.ts'
import { datasetOfSegments, decode, paths } from './paths.ts'

export type Crumb = { label: string; href: string }

/** Where a path is, from the outermost thing to the one on the page. The last is the page itself. */
export function crumbsOf(pathname: string): Crumb[] {
  const [noun, ...rest] = pathname.split('/').filter(Boolean)
  if (noun === undefined) return [{ label: 'Overview', href: paths.overview() }]
  if (noun === 'datasets' && rest.length > 0) return datasetCrumbs(rest)
  if (noun === 'pools' && rest[0] !== undefined) {
    const pool = decode(rest[0]) ?? rest[0]
    return [
      { label: 'Pools', href: paths.pools() },
      { label: pool, href: paths.pool(pool) },
    ]
  }
  const page = NAV.find(each => each.href === `/${noun}`)
  if (!page) return []
  const first = rest[0] === undefined ? null : (decode(rest[0]) ?? rest[0])
  const crumbs = [{ label: page.label, href: page.href }]
  if (first !== null) {
    crumbs.push({
      label: noun === 'tasks' ? `Task ${first}` : first,
      href: noun === 'vms' ? paths.vm(first) : `${page.href}/${rest[0]}`,
    })
  }
  return crumbs
}

function datasetCrumbs(segments: string[]): Crumb[] {
  const found = datasetOfSegments(segments)
  if (!found) return [{ label: 'Datasets', href: paths.datasets() }]
  const names = found.dataset.split('/')
  return names.map((label, index) => ({
    label,
    href: index === 0 ? paths.pool(label) : paths.dataset(names.slice(0, index + 1).join('/')),
  }))
}

/** The node of the tree that a path belongs to: a thing's tabs are the thing. */
export function treeHref(pathname: string): string | null {
  const last = crumbsOf(pathname).at(-1)
  if (!last) return null
  if (last.href.startsWith('/tasks/')) return paths.tasks()
  // The root dataset of a pool has no node of its own.
  const segments = pathname.split('/').filter(Boolean)
  if (segments[0] === 'datasets' && segments.length > 1) {
    const found = datasetOfSegments(segments.slice(1))
    if (found && !found.dataset.includes('/')) return paths.pool(found.dataset)
  }
  return last.href
}
