'use client'
import { useQuery } from '@tanstack/react-query'
import type { TaskCommand, TaskWithDetail } from '../../server/tasks/model.ts'
import { explain, fromApp } from '../errors.ts'
import { TASK_STATES } from '../shell/state.ts'
import { useHostName } from '../shell/useHostList.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Code } from '../ui/Copy.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { duration, exactTime, plural } from '../ui/format.ts'
import { Progress } from '../ui/Meter.tsx'
import { KeyValues } from '../ui/Page.tsx'
import { PlanView } from '../ui/PlanView.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { StateMark } from '../ui/State.tsx'
import { commandLine } from '../ui/shell.ts'
import { Time, useNow } from '../ui/Time.tsx'
import { jumpOf } from './jump.tsx'
import { TaskHost } from './TaskHost.tsx'
import { taskDuration, taskLine } from './words.ts'

/** One task: how it stands, what ran with its results, and the plan it followed. Live while it runs. */
export function TaskDetail({ id, compact }: { id: number; compact?: boolean }) {
  const trpc = useConsoleTRPC()
  const query = useQuery(trpc.tasks.get.queryOptions({ id }))
  if (query.error && !query.data) return <ErrorNotice error={explain(query.error)} />
  if (!query.data) return <Loading what="the task" lines={5} />
  return <Detail task={query.data} compact={compact} />
}

function Detail({ task, compact }: { task: TaskWithDetail; compact?: boolean }) {
  const running = task.state === 'running'
  const now = useNow(running)
  const hostName = useHostName()
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          {compact && <p className="font-medium break-words">{task.title}</p>}
          <p className={cx('flex flex-wrap items-center gap-x-2', !compact && 'text-base')}>
            <StateMark {...TASK_STATES[task.state]} />
            <span className="text-muted">
              by {task.userName} <TaskHost task={task} /> · <Time at={task.startedAt} /> ·{' '}
              {taskDuration(task, now)}
            </span>
          </p>
          {!task.error && !['', 'Done.'].includes(taskLine(task)) && (
            <p className="mt-1 break-words">{taskLine(task)}</p>
          )}
        </div>
        {jumpOf(task)}
      </div>
      {running && <Progress share={task.fraction} label={task.title} />}
      {task.error && <ErrorNotice error={fromApp(task.error)} />}
      <CommandList commands={task.commands} />
      {!compact && (
        <>
          <section>
            <h2 className="mb-2 font-semibold">The plan that was shown</h2>
            <PlanView plan={task.plan} past />
          </section>
          <KeyValues
            items={[
              ['Number', String(task.id)],
              ['Action', <Code key="action">{task.action}</Code>],
              task.hostId === null ? null : ['Host', hostName(task.hostId)],
              ['Began', exactTime(task.startedAt)],
              task.endedAt === null ? null : ['Ended', exactTime(task.endedAt)],
              task.locks.length === 0 ? null : ['Held meanwhile', task.locks.join(', ')],
            ]}
          />
        </>
      )}
    </div>
  )
}

function CommandList({ commands }: { commands: readonly TaskCommand[] }) {
  if (commands.length === 0) return null
  return (
    <section>
      <h2 className="mb-1 font-medium text-sm">What ran</h2>
      <ol className="rounded-lg border border-line">
        {commands.map(command => (
          <li key={command.seq} className="border-line border-b last:border-b-0">
            <Command command={command} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Command({ command }: { command: TaskCommand }) {
  const failed = command.durationMs !== null && command.kind === 'run' && command.exit !== 0
  const output = [command.stdout, command.stderr].filter(Boolean).join('\n')
  const head = (
    <>
      <code className="min-w-0 flex-1 font-mono text-xs break-all">{commandLine(command.argv)}</code>
      <span className="flex shrink-0 items-center gap-2 text-faint text-xs">
        {command.times > 1 && <span>{plural(command.times, 'time')}</span>}
        {failed && (
          <span className="text-bad">
            {command.exit === null ? 'ended by a signal' : `exit ${command.exit}`}
          </span>
        )}
        {command.durationMs === null ? (
          <StateMark tone="busy" word="Running" />
        ) : (
          <span>{duration(command.durationMs)}</span>
        )}
      </span>
    </>
  )
  if (!output) return <div className="flex items-baseline gap-3 px-3 py-1.5">{head}</div>
  return (
    <details open={failed}>
      <summary className="flex items-baseline gap-3 px-3 py-1.5 hover:bg-sunken">{head}</summary>
      <div className="px-3 pb-2">
        <ScrollArea label="Output" className="max-h-72 overflow-auto rounded-md bg-sunken px-3 py-2">
          <pre className="font-mono text-xs leading-5">
            {command.stdout}
            {command.stderr && <span className="text-bad">{command.stderr}</span>}
          </pre>
        </ScrollArea>
        {command.truncated && (
          <p className="mt-1 text-faint text-xs">The output was longer; the rest was not kept.</p>
        )}
      </div>
    </details>
  )
}
