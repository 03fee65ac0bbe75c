'use client'
import { useMaybeHost } from '../host.tsx'
import { useHostList } from '../shell/useHostList.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { FleetPage } from './FleetPage.tsx'
import { OverviewPage } from './OverviewPage.tsx'

/** Is everything well? Of the one host in full, of several at a glance. */
export function HomePage() {
  const hosts = useHostList()
  const here = useMaybeHost()
  if (!hosts) return <Loading what="the hosts" lines={5} />
  if (here) return <OverviewPage />
  if (hosts.length > 0) return <FleetPage hosts={hosts} />
  return (
    <>
      <PageHeader title="Hosts" />
      <EmptyState title="There is no host for you here">
        An administrator says in Accounts which hosts you may see.
      </EmptyState>
    </>
  )
}
