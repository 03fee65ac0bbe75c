'use client'
import { usePathname } from 'next/navigation'
import { lazy, type MouseEvent, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { explain } from '../errors.ts'
import { MaybeHostScope, useMaybeHost } from '../host.tsx'
import { Live, useConnection, useFollowed } from '../live.tsx'
import { loadOnTouch } from '../ui/loadOnTouch.ts'
import { Toaster, toastError } from '../ui/Toast.tsx'
import { Banners } from './Banners.tsx'
import { Dialogs } from './dialogs.tsx'
import { Header } from './Header.tsx'
import { NotFound } from './NotFound.tsx'
import { hostOfPath } from './paths.ts'
import { ResourceTree } from './ResourceTree.tsx'
import { TaskDrawer } from './TaskDrawer.tsx'
import { TreeDrawer } from './TreeDrawer.tsx'
import { useHostList } from './useHostList.ts'

const Palette = lazy(loadOnTouch(() => import('./Palette.tsx').then(module => ({ default: module.Palette }))))

/** Header, tree, page, tasks: around every page of the console. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <Live>
      <Here>
        <Dialogs>
          <Layout>{children}</Layout>
        </Dialogs>
      </Here>
    </Live>
  )
}

/** The host of the page: the one in its address; with a single host that one, wherever one is. */
function Here({ children }: { children: ReactNode }) {
  const hosts = useHostList()
  const named = hostOfPath(usePathname())?.host ?? null
  const host = named ?? (hosts?.length === 1 ? (hosts[0]?.id ?? null) : null)
  const isHere = host !== null && (hosts === null || hosts.some(each => each.id === host))
  useFollowed(hosts !== null && isHere ? [host] : [])
  return <MaybeHostScope id={isHere ? host : null}>{children}</MaybeHostScope>
}

function Layout({ children }: { children: ReactNode }) {
  const [palette, setPalette] = useState(false)
  const [tree, setTree] = useState(false)
  const [tasks, setTasks] = useState(false)
  const main = useRef<HTMLElement>(null)
  const pathname = usePathname()
  const lost = useConnection().state === 'lost'
  const isStrange = useMaybeHost() === null && hostOfPath(pathname) !== null

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return
      event.preventDefault()
      setPalette(open => !open)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  // A new page starts at its top; the tree of a phone has done its work.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what it answers to
  useEffect(() => {
    main.current?.scrollTo(0, 0)
    setTree(false)
  }, [pathname])

  /** Without the console a link would leave for the browser's own error page, and what is on the screen would be gone. */
  function stayHere(event: MouseEvent) {
    if (!lost || !(event.target instanceof Element) || !event.target.closest('a[href^="/"]')) return
    event.preventDefault()
    event.stopPropagation()
    toastError(explain(null))
  }
  return (
    <div
      onClickCapture={stayHere}
      className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[48px_minmax(0,1fr)_auto] md:grid-cols-[264px_minmax(0,1fr)]"
    >
      <a
        href="#main"
        className="absolute top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <div className="md:col-span-2">
        <Header
          onSearch={() => setPalette(true)}
          onTree={() => setTree(true)}
          onTasks={() => setTasks(true)}
        />
      </div>
      <nav aria-label="Resources" className="min-h-0 border-line border-r bg-panel max-md:hidden">
        <ResourceTree className="h-full px-1.5 py-2" />
      </nav>
      <main
        ref={main}
        id="main"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it, also on a page with nothing to press
        tabIndex={0}
        className="min-h-0 min-w-0 overflow-y-auto px-3 pt-4 pb-8 -outline-offset-2 sm:px-6"
      >
        <Banners />
        {isStrange ? <NotFound /> : children}
      </main>
      <div className="min-w-0 md:col-span-2">
        <TaskDrawer open={tasks} onOpen={setTasks} />
      </div>
      {tree && <TreeDrawer onClose={() => setTree(false)} />}
      <Suspense fallback={null}>{palette && <Palette onClose={() => setPalette(false)} />}</Suspense>
      <Toaster />
    </div>
  )
}
