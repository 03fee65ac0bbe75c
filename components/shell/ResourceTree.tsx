'use client'
import {
  Activity,
  Camera,
  Database,
  Folder,
  HardDrive,
  House,
  ListChecks,
  type LucideIcon,
  Server,
  Users,
} from 'lucide-react'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { Bytes } from '../ui/Bytes.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { Meter } from '../ui/Meter.tsx'
import { StateMark } from '../ui/State.tsx'
import { Tree } from '../ui/Tree.tsx'
import type { TreeNode } from '../ui/tree.ts'
import { VM_STATES } from '../vms/words.ts'
import { thingMenus } from './actions.ts'
import { treeHref } from './crumbs.ts'
import { VDEV_STATES } from './state.ts'
import { openAtFirst, type ThingNode, treeNodes } from './treeNodes.ts'
import { useResources } from './useResources.ts'
import { useTools } from './useTools.ts'

const PAGE_ICONS: Record<string, LucideIcon> = {
  overview: House,
  datasets: Database,
  snapshots: Camera,
  tasks: ListChecks,
  accounts: Users,
  system: Server,
}
const STORED = 'skep-tree'

/** The map: every thing of the machine, with its state; a right click offers what can be done with it. */
export function ResourceTree({ className }: { className?: string }) {
  const { pools, datasets, vms } = useResources()
  const things = useMemo(() => treeNodes({ pools, datasets, vms }), [pools, datasets, vms])
  const drawn = useMemo(() => things.map(draw), [things])
  const current = treeHref(usePathname())
  const [open, setOpen] = useOpenNodes(pools ? openAtFirst(pools) : null)
  const tools = useTools()
  const byId = useMemo(() => index(things), [things])

  function menu(node: TreeNode): MenuItem[] {
    const thing = byId.get(node.id)?.thing
    if (thing?.kind === 'pool') return thingMenus.pool(thing.pool, tools)
    if (thing?.kind === 'dataset') return thingMenus.dataset(thing.dataset, tools)
    if (thing?.kind === 'vm') return thingMenus.vm(thing.vm, tools)
    return node.id === 'vms' || node.id === 'storage' ? thingMenus.general(tools) : []
  }
  return (
    <Tree
      label="Resources"
      nodes={drawn}
      current={current}
      open={open}
      onOpen={setOpen}
      menu={menu}
      className={className}
    />
  )
}

function index(nodes: readonly ThingNode[], into = new Map<string, ThingNode>()): Map<string, ThingNode> {
  for (const node of nodes) {
    into.set(node.id, node)
    if (node.children) index(node.children, into)
  }
  return into
}

function draw(node: ThingNode): TreeNode {
  const { thing } = node
  const base = { id: node.id, label: node.label, href: node.href, children: node.children?.map(draw) }
  switch (thing.kind) {
    case 'heading':
      return { ...base, heading: true }
    case 'note':
      return base
    case 'page': {
      const Icon = PAGE_ICONS[thing.icon] ?? Activity
      return { ...base, icon: <Icon size={14} /> }
    }
    case 'pool':
      return {
        ...base,
        icon: <HardDrive size={14} />,
        mark: thing.pool.health !== 'ONLINE' && <StateMark quiet {...VDEV_STATES[thing.pool.health]} />,
        end: <Meter label={`${node.label} full`} share={thing.pool.capacityPercent / 100} warnAt={0.85} />,
      }
    case 'dataset':
      return {
        ...base,
        icon: thing.dataset.type === 'volume' ? <ZvolIcon /> : <Folder size={14} />,
        mark: thing.dataset.usedByVm !== null && (
          <span className="inline-flex min-w-3 shrink-[1000] items-center gap-1 overflow-hidden text-faint text-xs">
            {thing.vm && <StateMark quiet {...VM_STATES[thing.vm.state]} />}
            {thing.dataset.usedByVm !== node.label && (
              <span className="truncate">{thing.dataset.usedByVm}</span>
            )}
          </span>
        ),
        end: <Bytes value={thing.dataset.usedBytes} />,
      }
    case 'vm':
      return {
        ...base,
        icon: <StateMark quiet {...VM_STATES[thing.vm.state]} />,
        end: vmEnd(thing.vm.state, thing.vm.vnc),
      }
  }
}

function vmEnd(state: keyof typeof VM_STATES, vnc: string | null): ReactNode {
  if (state === 'running' && vnc) return `:${vnc.split(':').at(-1)}`
  return state === 'running' || state === 'stopped' ? null : VM_STATES[state].word.toLowerCase()
}

/** A block device: half filled. */
function ZvolIcon() {
  return (
    <svg aria-hidden viewBox="0 0 14 14" width={14} height={14}>
      <rect
        x="1.5"
        y="1.5"
        width="11"
        height="11"
        rx="1.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
      />
      <path d="M2 2h5v10H2z" fill="currentColor" />
    </svg>
  )
}

/** Which nodes are open, kept for this tab: a reload shows the same tree. */
function useOpenNodes(initial: string[] | null): [ReadonlySet<string>, (open: ReadonlySet<string>) => void] {
  const [open, setOpen] = useState<ReadonlySet<string> | null>(null)
  useEffect(() => {
    if (open !== null || initial === null) return
    setOpen(new Set(readStored() ?? initial))
  }, [open, initial])
  function set(next: ReadonlySet<string>) {
    setOpen(next)
    try {
      sessionStorage.setItem(STORED, JSON.stringify([...next]))
    } catch {
      // Without storage the tree starts afresh at the next load.
    }
  }
  return [open ?? HEADINGS, set]
}

const HEADINGS: ReadonlySet<string> = new Set(openAtFirst([]))

function readStored(): string[] | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? 'null')
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string') : null
  } catch {
    return null
  }
}
