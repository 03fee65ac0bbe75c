'use client'
import Link from 'next/link'
import { useState } from 'react'
import type { Task } from '../../server/tasks/model.ts'
import { paths } from '../shell/paths.ts'
import { TASK_STATES } from '../shell/state.ts'
import { cx } from '../ui/cx.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { TaskDetail } from './TaskDetail.tsx'
import { TaskHost } from './TaskHost.tsx'

/** Inside of the task drawer: the last tasks, and beside them the chosen one, live. */
export function TaskPanel({ tasks }: { tasks: readonly Task[] }) {
  const [chosen, setChosen] = useState<number | null>(null)
  const shown = chosen ?? tasks[0]?.id ?? null
  if (shown === null) {
    return (
      <EmptyState title="Nothing was done yet">
        Everything that is done here is kept, with its commands.
      </EmptyState>
    )
  }
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)] md:grid-cols-[minmax(260px,360px)_minmax(0,1fr)]">
      <ul className="min-h-0 overflow-y-auto border-line py-1 md:border-r">
        {tasks.map(task => (
          <li key={task.id}>
            <button
              type="button"
              aria-pressed={task.id === shown}
              onClick={() => setChosen(task.id)}
              className={cx(
                'flex min-h-8 w-full items-center gap-2 px-3 py-1 text-left -outline-offset-2',
                task.id === shown ? 'bg-accent-soft' : 'hover:bg-sunken',
              )}
            >
              <StateMark quiet {...TASK_STATES[task.state]} />
              <span className="min-w-0 flex-1 truncate">
                {task.title} <TaskHost task={task} />
              </span>
              <Time at={task.startedAt} className="shrink-0 text-faint text-xs" />
            </button>
          </li>
        ))}
        <li className="px-3 py-1.5">
          <Link href={paths.tasks()} className="rounded text-accent underline underline-offset-2">
            All tasks
          </Link>
        </li>
      </ul>
      <ScrollArea
        label="Task"
        className="min-h-0 overflow-y-auto px-4 py-3 -outline-offset-2 max-md:border-t max-md:border-line"
      >
        <TaskDetail key={shown} id={shown} compact />
      </ScrollArea>
    </div>
  )
}
