'use client'
import type { HostLoad } from '../../server/system/model.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { Area, Chart, Curve, Key, spanOf } from '../ui/Chart.tsx'
import { FlowChart } from '../ui/FlowChart.tsx'
import { percent } from '../ui/format.ts'
import { loadFlows, loadLines } from './load.ts'

/** CPU, memory, network and pools of the last hour. Without samples it says why. */
export function LoadChart({ load, now }: { load: readonly HostLoad[]; now: number }) {
  const last = load.at(-1)
  if (!last) {
    return (
      <p className="text-muted">Measured while somebody looks. The first figures come in a few seconds.</p>
    )
  }
  const span = spanOf(
    load.map(({ at }) => at),
    now,
  )
  const { cpu, used, withArc } = loadLines(load)
  const { network, pools } = loadFlows(load)
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Chart
        title="CPU"
        figures={<b className="font-medium">{percent(last.cpu)}</b>}
        label={`CPU of the last hour, now ${percent(last.cpu)}`}
        span={span}
      >
        <Curve points={cpu} span={span} fill="fill-s3/25" stroke="stroke-s3" />
      </Chart>
      <Chart
        title="Memory"
        figures={
          <>
            <Key className="bg-s1">
              used <Bytes value={last.memoryUsedBytes} className="font-medium text-text" />
            </Key>
            <Key className="bg-s2">
              <abbr
                title="ZFS's read cache. It gives memory back when guests need it."
                className="no-underline"
              >
                ARC
              </abbr>{' '}
              <Bytes value={last.arcBytes} className="font-medium text-text" />
            </Key>
            <Key className="bg-free">
              free <Bytes value={last.memoryFreeBytes} className="font-medium text-text" />
            </Key>
          </>
        }
        label="Memory of the last hour: used, ARC and free"
        span={span}
      >
        <Area lower={used} upper={withArc} span={span} fill="fill-s2/50" />
        <Area lower={used.map(({ at }) => ({ at, share: 0 }))} upper={used} span={span} fill="fill-s1/70" />
      </Chart>
      <FlowChart title="Network" names={['received', 'sent']} flows={network} span={span} />
      <FlowChart title="Pools" names={['read', 'written']} flows={pools} span={span} />
    </div>
  )
}
