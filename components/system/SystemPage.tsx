'use client'
import { mayAct } from '../../server/accounts/model.ts'
import { useMaybeHost } from '../host.tsx'
import { useMe } from '../shell/me.ts'
import { useHostList } from '../shell/useHostList.ts'
import { PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { HostTable } from './HostTable.tsx'
import { MachinePage } from './MachinePage.tsx'

/** The hosts; where there is one only, also its machine. */
export function SystemPage() {
  const me = useMe()
  const hosts = useHostList()
  const here = useMaybeHost()
  if (!hosts || !me) return <Loading what="the hosts" />
  return (
    <>
      {here ? <MachinePage /> : <PageHeader title="System" />}
      {mayAct(me.role, 'administrator') ? (
        <HostTable />
      ) : (
        !here && <p className="text-muted">An administrator can add, name and remove hosts here.</p>
      )}
    </>
  )
}
