import type { Role } from '../../server/accounts/model.ts'
import { paths } from './paths.ts'

export type NavPage = {
  label: string
  href: string
  section: 'storage' | 'vms' | 'host' | null
  /** Words a person may type for it in the palette. */
  keywords?: string
  /** Least role that has something to see there. */
  role?: Role
}

/** Every page that is no single thing. The tree, the palette and the breadcrumb read this list. */
export const NAV: readonly NavPage[] = [
  { label: 'Overview', href: paths.overview(), section: null, keywords: 'home health dashboard' },
  { label: 'Pools', href: paths.pools(), section: 'storage', keywords: 'zpool storage' },
  {
    label: 'Datasets',
    href: paths.datasets(),
    section: 'storage',
    keywords: 'zfs filesystems zvols volumes',
  },
  { label: 'Snapshots', href: paths.snapshots(), section: 'storage', keywords: 'zfs roll back' },
  { label: 'Virtual machines', href: paths.vms(), section: 'vms', keywords: 'guests bhyve vm' },
  { label: 'Tasks', href: paths.tasks(), section: 'host', keywords: 'history audit log' },
  { label: 'Accounts', href: paths.accounts(), section: 'host', keywords: 'users roles password sessions' },
  { label: 'System', href: paths.system(), section: 'host', keywords: 'host machine version capabilities' },
]
