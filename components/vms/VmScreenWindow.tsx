'use client'
import { useQuery } from '@tanstack/react-query'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Screen } from './screen/Screen.tsx'

/** The screen alone, for a window of its own. */
export function VmScreenWindow({ name }: { name: string }) {
  const vm = useQuery(useTRPC().vms.get.queryOptions({ vm: name }))
  return (
    <main className="flex h-dvh flex-col p-2">
      <h1 className="sr-only">Screen of {name}</h1>
      {vm.data ? (
        <Screen guest={name} />
      ) : vm.error ? (
        <ErrorNotice error={explain(vm.error)} />
      ) : (
        <Loading what={name} />
      )}
    </main>
  )
}
