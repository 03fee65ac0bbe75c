'use client'
import { useQuery } from '@tanstack/react-query'
import type { VmDetail } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { Chart, Curve, spanOf } from '../ui/Chart.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { FlowChart } from '../ui/FlowChart.tsx'
import { percent } from '../ui/format.ts'
import { Panel } from '../ui/Page.tsx'
import { useNow } from '../ui/Time.tsx'

/** What a guest used in the last hour. Nothing where it is off and did not run in it. */
export function UsePanel({ vm }: { vm: VmDetail }) {
  const query = useQuery({
    ...useTRPC().vms.use.queryOptions({ vm: vm.name }),
    refetchInterval: vm.pid === null ? false : 10_000,
  })
  const now = useNow()
  const uses = query.data ?? []
  const last = uses.at(-1)
  if (query.error && !query.data)
    return (
      <Panel title="Last hour" className="lg:col-span-2">
        <ErrorNotice error={explain(query.error)} />
      </Panel>
    )
  if (!last) {
    return (
      vm.pid !== null && (
        <Panel title="Last hour" className="lg:col-span-2">
          <p className="text-muted">
            Measured while somebody looks. The first figures come in a few seconds.
          </p>
        </Panel>
      )
    )
  }
  const span = spanOf(
    uses.map(({ at }) => at),
    now,
  )
  const cpus = vm.cpus ?? Math.max(1, ...uses.map(use => use.cpus))
  const memory = vm.memoryBytes ?? Math.max(...uses.map(use => use.residentBytes))
  return (
    <Panel title="Last hour" className="lg:col-span-2">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Chart
          title="CPU"
          figures={<b className="font-medium">{percent(last.cpus / cpus)}</b>}
          label={`CPU of ${vm.name} in the last hour, now ${percent(last.cpus / cpus)}`}
          span={span}
        >
          <Curve
            points={uses.map(({ at, cpus: busy }) => ({ at, share: busy / cpus }))}
            span={span}
            fill="fill-s3/25"
            stroke="stroke-s3"
          />
        </Chart>
        <Chart
          title="Memory"
          figures={
            <span>
              <Bytes value={last.residentBytes} className="font-medium text-text" /> resident
            </span>
          }
          label={`Resident memory of ${vm.name} in the last hour, now ${percent(last.residentBytes / memory)} of it`}
          span={span}
        >
          <Curve
            points={uses.map(({ at, residentBytes }) => ({ at, share: residentBytes / memory }))}
            span={span}
            fill="fill-s1/25"
            stroke="stroke-s1"
          />
        </Chart>
        <FlowChart
          title="Disks"
          names={['read', 'written']}
          flows={uses.flatMap(({ at, disk }) =>
            disk ? [{ at, rates: [disk.readBytes, disk.writtenBytes] as const }] : [],
          )}
          span={span}
        />
        <FlowChart
          title="Network"
          names={['received', 'sent']}
          flows={uses.flatMap(({ at, network }) =>
            network ? [{ at, rates: [network.receivedBytes, network.sentBytes] as const }] : [],
          )}
          span={span}
        />
      </div>
    </Panel>
  )
}
