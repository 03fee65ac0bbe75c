import type { Role } from '../../server/accounts/model.ts'
import { type HostPaths, paths } from './paths.ts'

export type NavPage = {
  label: string
  href: string
  /** Words a person may type for it in the palette. */
  keywords?: string
  /** Least role that has something to see there. */
  role?: Role
}

/** Every page of Skep itself that is no single thing. The tree, the palette and the breadcrumb read these lists. */
export const CONSOLE_PAGES: readonly NavPage[] = [
  { label: 'Tasks', href: paths.tasks(), keywords: 'history audit log' },
  { label: 'Accounts', href: paths.accounts(), keywords: 'users roles password sessions' },
  { label: 'System', href: paths.system(), keywords: 'hosts machine version capabilities' },
]

/** Every page of a host that is no single thing. */
export function hostPages(host: HostPaths): readonly NavPage[] {
  return [
    { label: 'Overview', href: host.overview(), keywords: 'home health dashboard' },
    { label: 'Pools', href: host.pools(), keywords: 'zpool storage' },
    { label: 'Datasets', href: host.datasets(), keywords: 'zfs filesystems zvols volumes' },
    { label: 'Snapshots', href: host.snapshots(), keywords: 'zfs roll back' },
    { label: 'Virtual machines', href: host.vms(), keywords: 'guests bhyve vm' },
    { label: 'Images', href: host.images(), keywords: 'iso media install upload download library' },
    { label: 'Networks', href: host.networks(), keywords: 'switches bridges taps interfaces vlan ifconfig' },
    { label: 'Machine', href: host.machine(), keywords: 'host system version capabilities' },
  ]
}
