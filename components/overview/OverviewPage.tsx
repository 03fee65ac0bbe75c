'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import Link from 'next/link'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { useHost, usePaths, useTRPC } from '../host.tsx'
import { paths } from '../shell/paths.ts'
import { TASK_STATES, VDEV_STATES } from '../shell/state.ts'
import { useResources } from '../shell/useResources.ts'
import { useAlerts, useHostStatus } from '../shell/useStatus.ts'
import { Checklist } from '../system/Checklist.tsx'
import { taskLine } from '../tasks/words.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { duration, exactTime, plural } from '../ui/format.ts'
import { Meter } from '../ui/Meter.tsx'
import { PageHeader, Panel } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time, useNow } from '../ui/Time.tsx'
import { VM_STATES } from '../vms/words.ts'
import { LoadChart } from './LoadChart.tsx'

/** Is everything well? */
export function OverviewPage() {
  const trpc = useTRPC()
  const { pools, vms, error } = useResources()
  const facts = useQuery(trpc.system.facts.queryOptions()).data
  const capabilities = useQuery(trpc.system.capabilities.queryOptions()).data
  const now = useNow()
  const wrong = capabilities?.filter(({ state }) => state === 'warning' || state === 'missing')
  return (
    <div className="max-w-6xl">
      <PageHeader title={facts?.hostname ?? 'Overview'}>
        <p className="min-h-5 text-muted">
          {facts && (
            <>
              {facts.system} {facts.kernelVersion} · {plural(facts.cpus, 'CPU')} ·{' '}
              <Bytes value={facts.memoryBytes} /> memory ·{' '}
              <span className="whitespace-nowrap" title={`since ${exactTime(facts.bootedAt)}`}>
                up for {duration(Math.max(0, now - facts.bootedAt))}
              </span>
            </>
          )}
        </p>
      </PageHeader>
      <Verdict known={pools !== null && vms !== null} />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Panel title="Pools">
          {pools ? (
            <Pools pools={pools} />
          ) : error ? (
            <ErrorNotice error={error} />
          ) : (
            <Loading what="the pools" lines={3} />
          )}
        </Panel>
        <Panel title="Virtual machines">
          {vms ? (
            <Guests vms={vms} whyNone={facts?.whyNoGuests ?? null} />
          ) : error ? (
            <ErrorNotice error={error} />
          ) : (
            <Loading what="the guests" lines={3} />
          )}
        </Panel>
        <Panel title="Last hour" className="lg:col-span-2">
          <Load />
        </Panel>
        <Panel title="Last tasks" className={wrong && wrong.length === 0 ? 'lg:col-span-2' : undefined}>
          <LastTasks />
        </Panel>
        {wrong && wrong.length > 0 && (
          <section>
            <h2 className="mb-2 font-semibold text-sm">Host checklist</h2>
            <Checklist capabilities={wrong} />
          </section>
        )}
      </div>
    </div>
  )
}

/** The answer first: all well, or what is not. */
function Verdict({ known }: { known: boolean }) {
  const alerts = useAlerts()
  const status = useHostStatus()
  // Its line is kept free, so that nothing below jumps when the answer comes.
  if (!known || status?.state !== 'online') return <p className="mb-4 min-h-6" />
  if (alerts.length === 0) {
    return (
      <p className="mb-4 flex min-h-6 items-center gap-2">
        <CircleCheck aria-hidden size={16} className="text-ok" />
        Everything is well.
      </p>
    )
  }
  return (
    <ul className="mb-4 flex flex-col gap-1" aria-label="Alerts">
      {alerts.map(alert => (
        <li key={alert.id} className="flex items-baseline gap-2">
          <StateMark
            quiet
            tone={alert.tone}
            word={alert.tone === 'bad' ? 'Bad' : 'Warning'}
            className="translate-y-px"
          />
          <Link href={alert.href} className="min-w-0 rounded break-words hover:underline">
            {alert.text}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Pools({ pools }: { pools: readonly Pool[] }) {
  const paths = usePaths()
  if (pools.length === 0)
    return (
      <p className="text-muted">
        There is no pool on this host yet. One made with zpool create shows up here by itself.
      </p>
    )
  return (
    <ul className="-mx-2">
      {pools.map(pool => (
        <li key={pool.guid}>
          <Link
            href={paths.pool(pool.name)}
            className="flex min-h-9 items-center gap-x-3 rounded px-2 py-1 hover:bg-sunken"
          >
            <span className="w-24 truncate font-medium max-sm:w-20">{pool.name}</span>
            <StateMark {...VDEV_STATES[pool.health]} className="sm:w-28" />
            <span className="flex shrink-0 items-center gap-3 text-muted">
              <span className="max-sm:hidden whitespace-nowrap lg:hidden xl:inline">
                <Bytes value={pool.freeBytes} /> free of <Bytes value={pool.sizeBytes} />
              </span>
              <Meter
                share={pool.capacityPercent / 100}
                label={`${pool.name} full`}
                warnAt={0.85}
                width="w-16"
              />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Guests({ vms, whyNone }: { vms: readonly Vm[]; whyNone: string | null }) {
  const paths = usePaths()
  if (whyNone !== null) return <p className="text-muted">{whyNone}</p>
  if (vms.length === 0) {
    return (
      <p className="text-muted">
        No guests yet.{' '}
        <Link href={paths.vms()} className="text-accent underline underline-offset-2">
          Create one
        </Link>
      </p>
    )
  }
  const states = [...Map.groupBy(vms, vm => vm.state)].sort(([, a], [, b]) => b.length - a.length)
  return (
    <dl className="flex flex-col gap-1.5">
      {states.map(([state, list]) => (
        <div key={state} className="flex items-baseline gap-3">
          <dt className="w-36 shrink-0 sm:w-44">
            <StateMark
              tone={VM_STATES[state].tone}
              word={`${list.length} ${VM_STATES[state].word.toLowerCase()}`}
            />
          </dt>
          <dd className="flex min-w-0 flex-wrap gap-x-3 gap-y-1">
            {list.map(vm => (
              <Link
                key={vm.name}
                href={paths.vm(vm.name)}
                className="min-h-6 min-w-0 max-w-full truncate rounded hover:underline"
              >
                {vm.name}
              </Link>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Load() {
  const query = useQuery({ ...useTRPC().system.load.queryOptions(), refetchInterval: 10_000 })
  const now = useNow()
  if (query.data) return <LoadChart load={query.data} now={now} />
  return query.error ? (
    <ErrorNotice error={explain(query.error)} />
  ) : (
    <div className="h-32">
      <Loading what="the load" lines={2} />
    </div>
  )
}

function LastTasks() {
  const host = useHost().id
  const query = useQuery(useConsoleTRPC().tasks.list.queryOptions({ host, limit: 30 }))
  if (query.error && !query.data) return <ErrorNotice error={explain(query.error)} />
  if (!query.data) return <Loading what="the tasks" lines={4} />
  if (query.data.rows.length === 0)
    return (
      <p className="text-muted">Nothing was done on this machine yet. What is done will be listed here.</p>
    )
  return (
    <>
      <ul className="-mx-2">
        {query.data.rows.slice(0, 8).map(task => (
          <li key={task.id}>
            <Link
              href={paths.task(task.id)}
              className="flex min-h-8 items-center gap-2 rounded px-2 py-1 hover:bg-sunken"
            >
              <StateMark quiet {...TASK_STATES[task.state]} />
              <span className="min-w-0 truncate" title={taskLine(task)}>
                {task.title}
              </span>
              <span className="ml-auto shrink-0 text-muted text-sm">
                <span className="max-sm:hidden">{task.userName} · </span>
                <Time at={task.startedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <Link
        href={paths.tasks()}
        className="mt-1 inline-block rounded text-accent underline underline-offset-2"
      >
        All tasks
      </Link>
    </>
  )
}
