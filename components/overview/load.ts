import type { HostLoad } from '../../server/system/model.ts'
import { type Point, ratio } from '../ui/chart.ts'
import type { Flow } from '../ui/FlowChart.tsx'

/** CPU, memory of programs, and memory with the ARC on top, as shares. The ARC gives way when guests need memory. */
export function loadLines(load: readonly HostLoad[]): { cpu: Point[]; used: Point[]; withArc: Point[] } {
  const total = (sample: HostLoad) => sample.memoryUsedBytes + sample.arcBytes + sample.memoryFreeBytes
  return {
    cpu: load.map(sample => ({ at: sample.at, share: sample.cpu })),
    used: load.map(sample => ({ at: sample.at, share: ratio(sample.memoryUsedBytes, total(sample)) })),
    withArc: load.map(sample => ({
      at: sample.at,
      share: ratio(sample.memoryUsedBytes + sample.arcBytes, total(sample)),
    })),
  }
}

/** What the machine's cards carried, and what its pools read and wrote; moments without a figure left out. */
export function loadFlows(load: readonly HostLoad[]): { network: Flow[]; pools: Flow[] } {
  return {
    network: load.flatMap(({ at, network }) =>
      network ? [{ at, rates: [network.receivedBytes, network.sentBytes] as const }] : [],
    ),
    pools: load.flatMap(({ at, pools }) =>
      pools ? [{ at, rates: [pools.readBytes, pools.writtenBytes] as const }] : [],
    ),
  }
}
