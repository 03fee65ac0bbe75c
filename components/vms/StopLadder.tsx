'use client'
import { useQuery } from '@tanstack/react-query'
import { shutdownWaitOf } from '../../server/vms/model.ts'
import { useHost } from '../host.tsx'
import { NudgeTask } from '../tasks/NudgeTask.tsx'
import { useConsoleTRPC } from '../trpc.tsx'
import { clock } from '../ui/format.ts'
import { Progress } from '../ui/Meter.tsx'

/** The clock of a task that gives this guest time to shut down, and the way to jump ahead. Nothing where none does. */
export function StopLadder({ vm, className }: { vm: string; className?: string }) {
  const host = useHost().id
  const running = useQuery(useConsoleTRPC().tasks.list.queryOptions({ host, state: 'running', limit: 50 }))
  for (const task of running.data?.rows ?? []) {
    const wait = shutdownWaitOf(task.progress)
    if (wait?.vm !== vm) continue
    const left = clock((wait.graceSeconds - wait.seconds) * 1000)
    return (
      <section aria-label={`Shutting down ${vm}`} className={className}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-line bg-busy-soft px-3 py-2">
          <div className="min-w-48 flex-1">
            <p>
              <span role="status">Asked the guest to shut down.</span>{' '}
              <span className="whitespace-nowrap">
                Forcing off in <span className="font-medium tabular-nums">{left}</span>
              </span>
            </p>
            <Progress
              className="mt-1.5"
              share={wait.seconds / wait.graceSeconds}
              label={`Time that ${vm} has to shut down`}
            />
          </div>
          <NudgeTask key={task.id} task={task} label="Force off now" />
        </div>
      </section>
    )
  }
  return null
}
