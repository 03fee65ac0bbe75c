'use client'
import { useQuery } from '@tanstack/react-query'
import { useConsoleTRPC } from '../trpc.tsx'
import { Spinner } from '../ui/Spinner.tsx'

/** "2 running", and a way to see them. Nothing where nothing runs. */
export function RunningTasks({ onOpen }: { onOpen: () => void }) {
  const trpc = useConsoleTRPC()
  const running =
    useQuery(trpc.tasks.list.queryOptions({ state: 'running', limit: 50 })).data?.rows.length ?? 0
  return (
    <span role="status" className="contents">
      {running > 0 && (
        <button
          type="button"
          onClick={onOpen}
          className="flex h-8 items-center gap-1.5 rounded-md px-2 text-muted hover:bg-sunken hover:text-text"
        >
          <Spinner className="text-busy" />
          {running} <span className="max-sm:sr-only">running</span>
        </button>
      )}
    </span>
  )
}
