'use client'
import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Dialog as Radix } from 'radix-ui'
import { useMemo, useState } from 'react'
import { useMaybeHost } from '../host.tsx'
import { useFocusBack } from '../ui/useFocusBack.ts'
import { consoleThings, paletteEntries, soughtIn, thingsOfHost } from './things.ts'
import { useHostList } from './useHostList.ts'
import { useListsOf } from './useResources.ts'
import { useToolsOf } from './useTools.ts'

/** Finds any thing and any action by name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const hosts = useHostList()
  const here = useMaybeHost()?.id ?? null
  const toolsOf = useToolsOf()
  const router = useRouter()
  const [query, setQuery] = useState('')
  const focusBack = useFocusBack()
  const sought = useMemo(() => soughtIn(query, hosts ?? []), [query, hosts])
  // Of every host what is short; all that there is of the one on the page, and of the one that is named.
  const whole = [...new Set([here, sought.host?.id].filter(id => id !== null && id !== undefined))]
  const answering = (hosts ?? []).filter(host => host.status.state !== 'lost').map(host => host.id)
  const lists = useListsOf({ whole, light: answering })
  const things = useMemo(() => {
    const nearFirst = (hosts ?? []).toSorted((a, b) => Number(b.id === here) - Number(a.id === here))
    const ofHosts = nearFirst.flatMap(host => {
      const known = lists.get(host.id)
      return known ? thingsOfHost(host, known) : []
    })
    return [...ofHosts, ...consoleThings()]
  }, [hosts, here, lists])
  const entries = useMemo(
    () =>
      paletteEntries(sought, things, {
        toolsOf,
        here: hosts?.find(host => host.id === here) ?? null,
        several: (hosts?.length ?? 0) > 1,
        go: href => router.push(href),
      }),
    [sought, things, toolsOf, hosts, here, router],
  )
  return (
    <Radix.Root open onOpenChange={open => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={focusBack}
          className="fixed inset-x-2 top-[8dvh] z-40 mx-auto max-w-xl overflow-hidden rounded-xl border border-line bg-panel shadow-float outline-none"
        >
          <Radix.Title className="sr-only">Find or do</Radix.Title>
          <Command shouldFilter={false} loop label="Find or do">
            <div className="flex items-center gap-2 border-line border-b px-4">
              <Search aria-hidden size={16} className="shrink-0 text-muted" />
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder="A name, or what to do with it: start win11"
                className="h-12 w-full min-w-0 bg-transparent outline-none"
              />
            </div>
            <Command.List className="max-h-[min(60dvh,420px)] overflow-y-auto p-1.5">
              {entries.length === 0 && (
                <Command.Item disabled value="nothing" className="px-3 py-6 text-center text-muted">
                  Nothing has that name.
                </Command.Item>
              )}
              {entries.map(entry => (
                <Command.Item
                  key={entry.id}
                  value={entry.id}
                  aria-disabled={entry.disabled ? true : undefined}
                  onSelect={() => {
                    if (entry.disabled) return
                    onClose()
                    entry.run()
                  }}
                  className="flex min-h-9 items-center gap-2 rounded-md px-3 py-1 data-[selected=true]:bg-accent-soft"
                >
                  {entry.icon && (
                    <span aria-hidden className="shrink-0 text-muted">
                      {entry.icon}
                    </span>
                  )}
                  <span className="min-w-0 flex-1 truncate">
                    {entry.title}
                    {entry.disabled && (
                      <span className="block truncate text-muted text-xs">{entry.disabled}</span>
                    )}
                  </span>
                  <span className="shrink-0 text-muted text-xs">{entry.note}</span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
