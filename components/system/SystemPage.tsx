'use client'
import { useHostList } from '../shell/useHostList.ts'
import { Loading } from '../ui/Spinner.tsx'
import { MachinePage } from './MachinePage.tsx'

/** The machine; with several hosts which there are. */
export function SystemPage() {
  const hosts = useHostList()
  if (!hosts) return <Loading what="the hosts" />
  return hosts.length === 1 ? <MachinePage /> : null
}
