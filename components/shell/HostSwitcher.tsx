'use client'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, LayoutGrid } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { useMaybeHost, useTRPC } from '../host.tsx'
import { MenuButton, type MenuItem } from '../ui/Menu.tsx'
import { Badge, StateMark } from '../ui/State.tsx'
import { hostOfPath, paths, samePageOn } from './paths.ts'
import { hostState } from './state.ts'
import { useHostList } from './useHostList.ts'

/** Which host the page is about. With several it is a menu that leads to the same kind of page of another one. */
export function HostSwitcher() {
  const here = useMaybeHost()
  const hosts = useHostList()
  const shown = hosts?.find(host => host.id === here?.id) ?? null
  return (
    <>
      {hosts && hosts.length > 1 ? <Switcher here={shown?.id ?? null} /> : here && <OnlyName />}
      {shown?.status.kind === 'sandbox' && (
        <Badge tone="warning" className="bg-warn-soft">
          <span title="A practice machine: nothing here is real hardware.">sandbox</span>
        </Badge>
      )}
    </>
  )
}

function OnlyName() {
  const name = useQuery(useTRPC().system.facts.queryOptions()).data?.hostname
  return name ? <span className="truncate text-muted max-lg:hidden">{name}</span> : null
}

function Switcher({ here }: { here: string | null }) {
  const hosts = useHostList() ?? []
  const router = useRouter()
  const pathname = usePathname()
  const shown = hosts.find(host => host.id === here) ?? null
  const page = shown ? hostOfPath(pathname)?.rest : null
  const items = (): MenuItem[] => [
    { label: 'All hosts', icon: <LayoutGrid size={14} />, onSelect: () => router.push(paths.home()) },
    'separator',
    ...hosts.map(
      (host): MenuItem => ({
        label: host.name,
        icon: <StateMark quiet {...hostState(host.status)} />,
        hint: host.id === here ? 'here' : hostState(host.status).word,
        onSelect: () => router.push(samePageOn(host.id, page ?? '/')),
      }),
    ),
  ]
  const state = shown && hostState(shown.status)
  return (
    <MenuButton
      items={items}
      label="Hosts"
      className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2 hover:bg-sunken"
    >
      {state ? <StateMark quiet {...state} /> : <LayoutGrid aria-hidden size={14} className="text-muted" />}
      <span className="sr-only">Host: </span>
      <span className="max-w-40 truncate max-sm:max-w-20">{shown?.name ?? 'All hosts'}</span>
      <ChevronDown aria-hidden size={14} className="shrink-0 text-faint" />
    </MenuButton>
  )
}
