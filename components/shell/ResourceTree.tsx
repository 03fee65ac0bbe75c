'use client'
import {
  Activity,
  Camera,
  Database,
  Disc3,
  Folder,
  HardDrive,
  House,
  ListChecks,
  type LucideIcon,
  Network,
  Server,
  Users,
} from 'lucide-react'
import { usePathname } from 'next/navigation'
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { ZvolIcon } from '../datasets/ZvolIcon.tsx'
import { useFollowed } from '../live.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { Meter } from '../ui/Meter.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { Tree } from '../ui/Tree.tsx'
import type { TreeNode } from '../ui/tree.ts'
import { VM_STATES } from '../vms/words.ts'
import { thingMenus } from './actions.ts'
import { treeHref } from './crumbs.ts'
import { hostOfPath, pathsOf } from './paths.ts'
import { hostState, VDEV_STATES } from './state.ts'
import { fleetNodes, headingsOf, hostNode, openAtFirst, type ThingNode, treeNodes } from './treeNodes.ts'
import { useHostList } from './useHostList.ts'
import { type Lists, useListsOf } from './useResources.ts'
import { useToolsOf } from './useTools.ts'

const PAGE_ICONS: Record<string, LucideIcon> = {
  overview: House,
  datasets: Database,
  snapshots: Camera,
  images: Disc3,
  networks: Network,
  tasks: ListChecks,
  accounts: Users,
  system: Server,
}
/** Where it is kept which nodes are open, with one host and with several. */
const STORED = 'skep-tree'
const STORED_FLEET = 'skep-tree-hosts'

/** The map: every thing of the machines, with its state; a right click offers what can be done with it. */
export function ResourceTree({ className }: { className?: string }) {
  const hosts = useHostList()
  const pathname = usePathname()
  const several = hosts !== null && hosts.length > 1
  const here = hostOfPath(pathname)?.host ?? null
  const only = several ? null : (hosts?.[0]?.id ?? here)
  const { open, ready, setOpen } = useOpenNodes(several ? STORED_FLEET : STORED)
  const wanted = several
    ? hosts.map(host => host.id).filter(id => open?.has(hostNode(id)))
    : only === null
      ? []
      : [only]
  const lists = useListsOf({ whole: wanted })
  useFollowed(wanted)
  const pools = only === null ? null : (lists.get(only)?.pools ?? null)
  const start = several ? here : only
  // What is open at first is what is looked at; with one host that is known when its pools are.
  useEffect(() => {
    if (!ready || open !== null || hosts === null || (!several && pools === null)) return
    const own = start === null ? [] : [...openAtFirst(start, pools ?? []), hostNode(start)]
    setOpen(new Set(['hosts', 'host', ...own]))
  }, [ready, open, hosts, several, start, pools, setOpen])

  const things = useMemo(
    () => (several ? fleetNodes(hosts, lists) : treeNodes(only ?? '', lists.get(only ?? '') ?? NOTHING)),
    [several, hosts, lists, only],
  )
  const drawn = useMemo(() => things.map(draw), [things])
  const current = pathname === '/' && only !== null ? pathsOf(only).overview() : treeHref(pathname)
  const toolsOf = useToolsOf()
  const byId = useMemo(() => index(things), [things])

  /** A host that is opened shows its headings open. */
  function changeOpen(next: ReadonlySet<string>) {
    const added = (hosts ?? []).filter(({ id }) => next.has(hostNode(id)) && !open?.has(hostNode(id)))
    setOpen(new Set([...next, ...added.flatMap(host => headingsOf(host.id))]))
  }
  function menu(node: TreeNode): MenuItem[] {
    const thing = byId.get(node.id)?.thing
    // The first word of a thing's id is its host.
    const tools = () => toolsOf(node.id.slice(0, node.id.indexOf(' ')))
    if (thing?.kind === 'pool') return thingMenus.pool(thing.pool, tools())
    if (thing?.kind === 'dataset') return thingMenus.dataset(thing.dataset, tools())
    if (thing?.kind === 'vm') return thingMenus.vm(thing.vm, tools())
    return / (vms|storage)$/.test(node.id) ? thingMenus.general(tools()) : []
  }
  return (
    <Tree
      label="Resources"
      nodes={drawn}
      current={current}
      open={open ?? new Set(['hosts', 'host', ...headingsOf(only ?? '')])}
      onOpen={changeOpen}
      menu={menu}
      className={className}
    />
  )
}

const NOTHING: Lists = { pools: null, datasets: null, vms: null, unreadable: [] }

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
    case 'host': {
      const { status } = thing.host
      return {
        ...base,
        icon: <StateMark quiet {...hostState(status)} />,
        end: status.state === 'lost' && status.heardAt !== null && <Time at={status.heardAt} />,
      }
    }
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
        icon: thing.dataset.type === 'volume' ? <ZvolIcon size={14} /> : <Folder size={14} />,
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

/** Which nodes are open, kept for this tab: a reload shows the same tree. Null where nothing was kept. */
function useOpenNodes(stored: string) {
  const [kept, setKept] = useState<{ under: string; open: ReadonlySet<string> | null } | null>(null)
  useEffect(() => {
    const before = readStored(stored)
    setKept({ under: stored, open: before && new Set(before) })
  }, [stored])
  const setOpen = useCallback(
    (open: ReadonlySet<string>) => {
      setKept({ under: stored, open })
      try {
        sessionStorage.setItem(stored, JSON.stringify([...open]))
      } catch {
        // Without storage the tree starts afresh at the next load.
      }
    },
    [stored],
  )
  const ready = kept?.under === stored
  return { open: ready ? kept.open : null, ready, setOpen }
}

function readStored(stored: string): string[] | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(stored) ?? 'null')
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string') : null
  } catch {
    return null
  }
}
