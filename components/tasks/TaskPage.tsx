'use client'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useConsoleTRPC } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { saveJson } from './saveJson.ts'
import { TaskDetail } from './TaskDetail.tsx'

/** One task, whole: what was asked, what ran, how it ended. */
export function TaskPage({ id }: { id: number }) {
  const task = useQuery(useConsoleTRPC().tasks.get.queryOptions({ id })).data
  return (
    <div className="max-w-4xl">
      <PageHeader
        title={task?.title ?? `Task ${id}`}
        actions={
          <Button
            icon={<Download aria-hidden size={14} />}
            disabled={task ? null : 'The task is loading.'}
            onClick={() => saveJson(`skep-task-${id}.json`, task)}
          >
            Export
          </Button>
        }
      />
      <TaskDetail id={id} />
    </div>
  )
}
