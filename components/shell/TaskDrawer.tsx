'use client'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp } from 'lucide-react'
import Link from 'next/link'
import { lazy, Suspense } from 'react'
import { jumpOf } from '../tasks/jump.tsx'
import { TaskHost } from '../tasks/TaskHost.tsx'
import { taskDuration, taskLine } from '../tasks/words.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { StateMark } from '../ui/State.tsx'
import { useNow } from '../ui/Time.tsx'
import { paths } from './paths.ts'
import { TASK_STATES } from './state.ts'

const TaskPanel = lazy(() => import('../tasks/TaskPanel.tsx').then(module => ({ default: module.TaskPanel })))

/** The bottom line: the newest task. Open: the last tasks, and what the chosen one runs and reads. */
export function TaskDrawer({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  const trpc = useConsoleTRPC()
  const tasks = useQuery(trpc.tasks.list.queryOptions({ limit: 30 })).data?.rows
  const newest = tasks?.[0]
  const now = useNow(newest?.state === 'running')
  const line = newest ? taskLine(newest) : ''
  return (
    <section aria-label="Tasks" className="border-line border-t bg-panel">
      <div className="flex h-9 items-center gap-2 px-2 text-sm sm:px-3">
        <div role="status" className="flex min-w-0 flex-1 items-center gap-2">
          {newest ? (
            <>
              <StateMark quiet {...TASK_STATES[newest.state]} />
              <Link href={paths.task(newest.id)} className="min-w-0 shrink truncate rounded hover:underline">
                {newest.title}
              </Link>
              <TaskHost task={newest} />
              {line && <span className="min-w-0 shrink-2 truncate text-muted max-sm:hidden">{line}</span>}
              <span aria-hidden className="shrink-0 text-faint">
                {taskDuration(newest, now)}
              </span>
            </>
          ) : (
            <span className="text-faint">{tasks ? 'Nothing was done yet' : ''}</span>
          )}
        </div>
        {!open && newest && jumpOf(newest)}
        <button
          type="button"
          aria-expanded={open}
          onClick={() => onOpen(!open)}
          className="flex h-7 shrink-0 items-center gap-1 rounded-md px-2 text-muted hover:bg-sunken hover:text-text"
        >
          {open ? <ChevronDown aria-hidden size={14} /> : <ChevronUp aria-hidden size={14} />}
          Tasks
        </button>
      </div>
      {open && (
        <div className="h-[min(44dvh,420px)] border-line border-t">
          <Suspense
            fallback={
              <div className="p-4">
                <Loading what="the tasks" />
              </div>
            }
          >
            <TaskPanel tasks={tasks ?? []} />
          </Suspense>
        </div>
      )}
    </section>
  )
}
