'use client'
import { CircleUser, Menu as MenuIcon, Search, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { useConsoleApi } from '../trpc.tsx'
import { IconButton } from '../ui/Button.tsx'
import { cx } from '../ui/cx.ts'
import { plural } from '../ui/format.ts'
import { MenuButton, type MenuItem } from '../ui/Menu.tsx'
import { crumbsOf } from './crumbs.ts'
import { HostSwitcher } from './HostSwitcher.tsx'
import { Logo } from './Logo.tsx'
import { useMe } from './me.ts'
import { paths } from './paths.ts'
import { RunningTasks } from './RunningTasks.tsx'
import { setTheme, type Theme, useTheme } from './theme.ts'
import { useAllAlerts } from './useStatus.ts'

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'Colours of the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

/** Where am I, what is running, is everything well, who am I. */
export function Header({
  onSearch,
  onTree,
  onTasks,
}: {
  onSearch: () => void
  onTree: () => void
  onTasks: () => void
}) {
  return (
    <header className="flex h-12 min-w-0 items-center gap-1 border-line border-b bg-panel px-2 sm:gap-2 sm:px-3">
      <IconButton label="Resources" icon={<MenuIcon size={18} />} onClick={onTree} className="md:hidden" />
      <Link
        href={paths.home()}
        className="flex h-8 items-center gap-2 rounded-md px-1 font-semibold tracking-tight"
      >
        <Logo />
        <span className="max-sm:sr-only">Skep</span>
      </Link>
      <HostSwitcher />
      <Crumbs />
      <div className="ml-auto flex shrink-0 items-center gap-1">
        <SearchButton onSearch={onSearch} />
        <RunningTasks onOpen={onTasks} />
        <AlertsMenu />
        <AccountMenu />
      </div>
    </header>
  )
}

function Crumbs() {
  const crumbs = crumbsOf(usePathname())
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 max-md:hidden">
      <ol className="flex min-w-0 items-center gap-1.5 text-muted">
        {crumbs.map((crumb, place) => {
          const here = place === crumbs.length - 1
          return (
            <li key={crumb.href} className={cx('flex min-w-0 items-center gap-1.5', !here && 'shrink')}>
              {place > 0 && <span aria-hidden>/</span>}
              <Link
                href={crumb.href}
                aria-current={here ? 'page' : undefined}
                className={cx('truncate rounded py-0.5 hover:underline', here && 'font-medium text-text')}
              >
                {crumb.label}
              </Link>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function SearchButton({ onSearch }: { onSearch: () => void }) {
  return (
    <button
      type="button"
      onClick={onSearch}
      aria-keyshortcuts="Control+K Meta+K"
      className="flex h-8 items-center gap-2 rounded-md text-muted hover:text-text max-md:w-8 max-md:justify-center md:w-44 md:border md:border-edge md:bg-bg md:px-2.5 lg:w-60"
    >
      <Search aria-hidden size={16} />
      <span className="max-md:sr-only">Find or do…</span>
      <kbd className="ml-auto font-mono text-faint text-xs max-md:hidden">Ctrl K</kbd>
    </button>
  )
}

function AlertsMenu() {
  const alerts = useAllAlerts()
  const router = useRouter()
  const bad = alerts.some(alert => alert.tone === 'bad')
  const label = alerts.length === 0 ? 'No alerts' : plural(alerts.length, 'alert')
  const items = (): MenuItem[] =>
    alerts.length === 0
      ? [{ label: 'Everything is well', onSelect: () => router.push(paths.home()) }]
      : alerts.map(alert => ({
          label: alert.text,
          icon: <TriangleAlert size={14} className={alert.tone === 'bad' ? 'text-bad' : 'text-warn'} />,
          onSelect: () => router.push(alert.href),
        }))
  return (
    <MenuButton items={items} label={label} iconOnly>
      <TriangleAlert
        aria-hidden
        size={16}
        className={alerts.length === 0 ? 'text-faint' : bad ? 'text-bad' : 'text-warn'}
      />
      {alerts.length > 0 && <span aria-hidden>{alerts.length}</span>}
    </MenuButton>
  )
}

function AccountMenu() {
  const me = useMe()
  const api = useConsoleApi()
  const router = useRouter()
  const theme = useTheme()
  async function signOut() {
    try {
      await api.accounts.logout.mutate()
    } finally {
      window.location.assign(paths.login())
    }
  }
  const items = (): MenuItem[] => [
    { label: 'Account and sessions', hint: me?.role, onSelect: () => router.push(paths.accounts()) },
    'separator',
    ...THEMES.map(([value, label]) => ({ label, checked: theme === value, onSelect: () => setTheme(value) })),
    'separator',
    { label: 'Sign out', onSelect: () => void signOut() },
  ]
  return (
    <MenuButton items={items} label={me ? `Account ${me.name}` : 'Account'} iconOnly>
      <CircleUser aria-hidden size={18} />
      <span aria-hidden className="max-w-28 truncate max-lg:hidden">
        {me?.name}
      </span>
    </MenuButton>
  )
}
