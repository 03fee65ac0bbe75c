'use client'
import { useQuery } from '@tanstack/react-query'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { hostState } from '../shell/state.ts'
import { useHostStatus } from '../shell/useStatus.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { duration, exactTime } from '../ui/format.ts'
import { KeyValues, PageHeader, Panel, Section } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge, StateMark } from '../ui/State.tsx'
import { Time, useNow } from '../ui/Time.tsx'
import { Checklist } from './Checklist.tsx'

const REACHED_BY = { local: 'this machine itself', sandbox: 'the built-in sandbox', ssh: 'SSH' } as const

/** The machine of a host: what it is, what it can do, and which versions speak. */
export function MachinePage() {
  const trpc = useTRPC()
  const facts = useQuery(trpc.system.facts.queryOptions())
  const capabilities = useQuery(trpc.system.capabilities.queryOptions())
  const status = useHostStatus()
  const now = useNow()
  const machine = facts.data
  return (
    <>
      <PageHeader
        title={machine?.hostname ?? 'Machine'}
        badges={
          status && (
            <Badge>
              <StateMark {...hostState(status)} />
            </Badge>
          )
        }
      />
      <div className="mb-6 grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Panel title="Machine">
          {facts.error && !machine && <ErrorNotice error={explain(facts.error)} />}
          {!machine && !facts.error && <Loading what="the facts of the machine" lines={5} />}
          {machine && (
            <KeyValues
              items={[
                ['Processor', machine.cpuModel],
                ['CPUs', String(machine.cpus)],
                ['Memory', <Bytes key="memory" value={machine.memoryBytes} />],
                ['Architecture', machine.architecture],
                ['Started', <Time key="booted" at={machine.bootedAt} />],
                [
                  'Up for',
                  <span key="up" title={exactTime(machine.bootedAt)}>
                    {duration(Math.max(0, now - machine.bootedAt))}
                  </span>,
                ],
              ]}
            />
          )}
        </Panel>
        <Panel title="Versions">
          {!machine && !facts.error && <Loading what="the versions" lines={4} />}
          {machine && (
            <KeyValues
              items={[
                ['Kernel', machine.kernelVersion],
                ['Userland', machine.userlandVersion],
                ['OpenZFS', machine.zfsVersion],
                status && ['Reached by', REACHED_BY[status.kind]],
                status?.heardAt == null ? null : ['Last heard', <Time key="heard" at={status.heardAt} />],
              ]}
            />
          )}
        </Panel>
      </div>
      <Section title="What this host can do">
        {capabilities.error && !capabilities.data && <ErrorNotice error={explain(capabilities.error)} />}
        {!capabilities.data && !capabilities.error && <Loading what="what the host can do" lines={6} />}
        {capabilities.data && <Checklist capabilities={capabilities.data} />}
      </Section>
    </>
  )
}
