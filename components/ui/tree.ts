import type { ReactNode } from 'react'

/** A thing in a tree. Ids are unique in the whole tree and stable, so that what is open stays open. */
export type TreeNode = {
  id: string
  label: string
  /** Where it leads; a node without one only opens and closes. */
  href?: string
  icon?: ReactNode
  /** Right end of the row: a size, a meter. */
  end?: ReactNode
  /** Beside the label: a state mark. */
  mark?: ReactNode
  /** Drawn as the heading of its children. */
  heading?: boolean
  children?: readonly TreeNode[]
}

export type FlatNode = {
  node: TreeNode
  /** From 1, as ARIA counts. */
  level: number
  parent: string | null
  expandable: boolean
  expanded: boolean
  position: number
  siblings: number
}

/** Rows of a tree in the order they are drawn: children of closed nodes left out. */
export function flatten(nodes: readonly TreeNode[], open: ReadonlySet<string>): FlatNode[] {
  const rows: FlatNode[] = []
  const walk = (list: readonly TreeNode[], level: number, parent: string | null) => {
    list.forEach((node, index) => {
      const expandable = Boolean(node.children && node.children.length > 0)
      const expanded = expandable && open.has(node.id)
      rows.push({ node, level, parent, expandable, expanded, position: index + 1, siblings: list.length })
      if (expanded && node.children) walk(node.children, level + 1, node.id)
    })
  }
  walk(nodes, 1, null)
  return rows
}

/** Ids of the nodes above the one that leads to `href`; null when no node does. */
export function ancestorsOf(nodes: readonly TreeNode[], href: string): string[] | null {
  for (const node of nodes) {
    if (node.href === href) return []
    const below = node.children && ancestorsOf(node.children, href)
    if (below) return [node.id, ...below]
  }
  return null
}

export type TreeMove = { focus: number } | { open: string } | { close: string } | null

/** What a key does on row `here`, by the tree pattern of the ARIA practices. */
export function treeMove(key: string, rows: readonly FlatNode[], here: number): TreeMove {
  const row = rows[here]
  if (!row) return null
  const last = rows.length - 1
  switch (key) {
    case 'ArrowDown':
      return { focus: Math.min(last, here + 1) }
    case 'ArrowUp':
      return { focus: Math.max(0, here - 1) }
    case 'Home':
      return { focus: 0 }
    case 'End':
      return { focus: last }
    case 'ArrowRight':
      if (!row.expandable) return null
      return row.expanded ? { focus: here + 1 } : { open: row.node.id }
    case 'ArrowLeft': {
      if (row.expanded) return { close: row.node.id }
      const parent = rows.findIndex(other => other.node.id === row.parent)
      return parent >= 0 ? { focus: parent } : null
    }
  }
  if (key.length !== 1 || key === ' ') return null
  for (let step = 1; step <= rows.length; step++) {
    const index = (here + step) % rows.length
    if (rows[index]?.node.label.toLowerCase().startsWith(key.toLowerCase())) return { focus: index }
  }
  return null
}
