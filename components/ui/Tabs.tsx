'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cx } from './cx.ts'
import { count } from './format.ts'

export type Tab = { label: string; href: string; count?: number | null; note?: string }

/** Tabs are links: each has a URL, back works. The current one is the longest href that the path begins with. */
export function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const here = currentTab(tabs, usePathname())
  return (
    <nav aria-label={label} className="-mx-1 mt-3 mb-4 overflow-x-auto border-line border-b">
      <ul className="flex gap-1 px-1">
        {tabs.map(tab => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab === here ? 'page' : undefined}
              className={cx(
                'inline-flex h-9 items-center gap-1 rounded-t px-2 whitespace-nowrap -outline-offset-2',
                tab === here
                  ? 'font-medium text-text shadow-[inset_0_-2px_0_var(--accent)]'
                  : 'text-muted hover:text-text',
              )}
            >
              {tab.label}
              {tab.count != null && <span className="text-faint text-xs">{count(tab.count)}</span>}
              {tab.note && <span className="text-faint text-xs">{tab.note}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Which tab a path belongs to; hrefs and paths are compared as segments, so `/vms/a` is not in `/vms/ab`. */
export function currentTab(tabs: Tab[], pathname: string): Tab | undefined {
  const path = safeDecode(pathname)
  return tabs
    .filter(tab => {
      const href = safeDecode(tab.href)
      return path === href || path.startsWith(`${href}/`)
    })
    .sort((a, b) => b.href.length - a.href.length)[0]
}

function safeDecode(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}
