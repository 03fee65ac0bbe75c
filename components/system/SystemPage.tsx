'use client'
import { useQuery } from '@tanstack/react-query'
import { mayAct } from '../../server/accounts/model.ts'
import { useMaybeHost } from '../host.tsx'
import { useMe } from '../shell/me.ts'
import { useHostList } from '../shell/useHostList.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { HostTable } from './HostTable.tsx'
import { MachinePage } from './MachinePage.tsx'

/** The hosts; where there is one only, also its machine. */
export function SystemPage() {
  const me = useMe()
  const hosts = useHostList()
  const here = useMaybeHost()
  const version = useQuery(useConsoleTRPC().system.version.queryOptions())
  if (!hosts || !me) return <Loading what="the hosts" />
  return (
    <>
      {here ? <MachinePage /> : <PageHeader title="System" />}
      {mayAct(me.role, 'administrator') ? (
        <HostTable />
      ) : (
        !here && <p className="text-muted">An administrator can add, name and remove hosts here.</p>
      )}
      {version.data && <p className="mt-6 text-muted text-sm">Skep {version.data}</p>}
    </>
  )
}
