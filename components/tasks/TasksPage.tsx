'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useDeferredValue, useState } from 'react'
import type { Task, TaskState } from '../../server/tasks/model.ts'
import { type Explained, explain } from '../errors.ts'
import { paths } from '../shell/paths.ts'
import { TASK_STATES } from '../shell/state.ts'
import { useHostList, useHostName } from '../shell/useHostList.ts'
import { useConsoleApi, useConsoleTRPC } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { type Choice, Select } from '../ui/Field.tsx'
import { duration } from '../ui/format.ts'
import { PageHeader } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { taskLine } from './words.ts'

const PAGE = 200
const STATES: readonly Choice<TaskState | 'all'>[] = [
  { value: 'all', label: 'All states' },
  { value: 'running', label: 'Running' },
  { value: 'done', label: 'Done' },
  { value: 'failed', label: 'Failed' },
  { value: 'interrupted', label: 'Interrupted' },
]
const NOUNS: readonly Choice<Noun>[] = [
  { value: 'all', label: 'All things' },
  { value: 'vms', label: 'Virtual machines' },
  { value: 'snapshots', label: 'Snapshots' },
  { value: 'datasets', label: 'Datasets' },
  { value: 'pools', label: 'Pools' },
  { value: 'accounts', label: 'Accounts' },
  { value: 'hosts', label: 'Hosts' },
]
type Noun = 'all' | 'vms' | 'snapshots' | 'datasets' | 'pools' | 'accounts' | 'hosts'

const COLUMNS: readonly Column<Task>[] = [
  {
    id: 'title',
    header: 'Task',
    min: 200,
    grow: 4,
    always: true,
    cell: task => (
      <span className="flex min-w-0 items-center gap-2">
        <StateMark quiet {...TASK_STATES[task.state]} />
        <RowLink href={paths.task(task.id)} className="truncate">
          {task.title}
        </RowLink>
      </span>
    ),
  },
  {
    id: 'started',
    header: 'Began',
    min: 128,
    cell: task => <Time at={task.startedAt} className="text-muted" />,
  },
  {
    id: 'took',
    header: 'Took',
    min: 96,
    align: 'right',
    cell: task => (task.endedAt === null ? '' : duration(task.endedAt - task.startedAt)),
  },
  { id: 'host', header: 'Host', min: 110, cell: task => <HostOf task={task} /> },
  { id: 'user', header: 'By', min: 104, cell: task => task.userName },
  {
    id: 'outcome',
    header: 'Outcome',
    min: 180,
    grow: 3,
    cell: task => <span className={task.error ? 'text-bad' : 'text-muted'}>{taskLine(task)}</span>,
  },
  { id: 'state', header: 'State', min: 120, hidden: true, cell: task => TASK_STATES[task.state].word },
  {
    id: 'action',
    header: 'Action',
    min: 160,
    hidden: true,
    cell: task => <code className="font-mono text-sm">{task.action}</code>,
  },
  { id: 'id', header: 'Number', min: 80, align: 'right', hidden: true, cell: task => task.id },
]

function HostOf({ task }: { task: Task }) {
  const nameOf = useHostName()
  return <span className="truncate">{task.hostId === null ? '' : nameOf(task.hostId)}</span>
}

/** Everything that was ever done, by whom, with what command and result. */
export function TasksPage() {
  const trpc = useConsoleTRPC()
  const api = useConsoleApi()
  const router = useRouter()
  const [state, setState] = useState<TaskState | 'all'>('all')
  const [noun, setNoun] = useState<Noun>('all')
  const [host, setHost] = useState('')
  const hosts = useHostList() ?? []
  const several = hosts.length > 1
  const [text, setText] = useState('')
  const sought = useDeferredValue(text.trim())
  const filter = {
    ...(state !== 'all' && { state }),
    ...(noun !== 'all' && { action: noun }),
    ...(host !== '' && { host }),
    ...(sought && { text: sought }),
  }
  const query = useInfiniteQuery({
    queryKey: trpc.tasks.list.queryKey({ ...filter, limit: PAGE }),
    queryFn: ({ pageParam, signal }) =>
      api.tasks.list.query({ ...filter, limit: PAGE, ...(pageParam && { before: pageParam }) }, { signal }),
    initialPageParam: 0,
    getNextPageParam: page => page.next,
    placeholderData: previous => previous,
  })
  const rows = query.data?.pages.flatMap(page => page.rows)
  const error: Explained | null = query.error ? explain(query.error) : null

  return (
    <>
      <PageHeader
        title="Tasks"
        actions={
          // A file of JSON lines, written by the server while it reads: with plans and commands, and of any length.
          <Button
            icon={<Download aria-hidden size={14} />}
            onClick={() => window.location.assign(`/api/tasks.jsonl?${new URLSearchParams(filter)}`)}
          >
            Export
          </Button>
        }
      >
        <p className="text-muted">
          Everything that was ever done here: by whom, with which commands, and how it ended.
        </p>
      </PageHeader>
      <DataTable
        name="tasks"
        label="Tasks"
        columns={several ? COLUMNS : COLUMNS.filter(column => column.id !== 'host')}
        rows={rows}
        rowId={task => String(task.id)}
        rowLabel={task => task.title}
        error={error}
        heardAt={query.dataUpdatedAt || null}
        filter={{ value: text, onValue: setText }}
        filteredOutside
        filterLabel="Find tasks or commands"
        onOpen={task => router.push(paths.task(task.id))}
        tools={
          <>
            {several && (
              <Select
                aria-label="Host"
                choices={[
                  { value: '', label: 'All hosts' },
                  ...hosts.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                value={host}
                onValue={setHost}
                className="w-36"
              />
            )}
            <Select aria-label="State" choices={STATES} value={state} onValue={setState} className="w-36" />
            <Select aria-label="Things" choices={NOUNS} value={noun} onValue={setNoun} className="w-40" />
          </>
        }
        empty={
          <EmptyState title="No tasks">
            {state !== 'all' || noun !== 'all' || host !== ''
              ? 'Nothing matches. Change the filters.'
              : 'Whatever is done here is listed with its commands.'}
          </EmptyState>
        }
      />
      {query.hasNextPage && (
        <div className="mt-3 flex justify-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older tasks
          </Button>
        </div>
      )}
    </>
  )
}
