import { Bytes } from './Bytes.tsx'
import { Chart, Curve, Key, type Span } from './Chart.tsx'
import { ceiling } from './chart.ts'
import { bytes } from './format.ts'

const LEAST_BYTES = 64 * 1024

/** Bytes a second in two directions, as `[in, out]`. */
export type Flow = { at: number; rates: readonly [number, number] }

/** Two directions of one thing over the last hour; without a sample it says so. */
export function FlowChart(props: {
  title: string
  /** Of the two directions: `read`, `written`. */
  names: readonly [string, string]
  flows: readonly Flow[]
  span: Span
}) {
  const { title, names, flows, span } = props
  const last = flows.at(-1)
  const top = ceiling(
    flows.flatMap(flow => flow.rates),
    LEAST_BYTES,
  )
  const points = (direction: 0 | 1) => flows.map(({ at, rates }) => ({ at, share: rates[direction] / top }))
  const words = last ? names.map((name, i) => `${name} ${bytes(last.rates[i] ?? 0)} a second`).join(', ') : ''
  return (
    <Chart
      title={title}
      label={`${title} of the last hour, now ${words || 'not measured'}`}
      top={`${bytes(top)}/s`}
      span={span}
      figures={
        last ? (
          <>
            <Key className="bg-s3">
              {names[0]} <Bytes value={last.rates[0]} className="font-medium text-text" />
              /s
            </Key>
            <Key className="bg-s1">
              {names[1]} <Bytes value={last.rates[1]} className="font-medium text-text" />
              /s
            </Key>
          </>
        ) : (
          <span>not measured yet</span>
        )
      }
    >
      <Curve points={points(0)} span={span} fill="fill-s3/25" stroke="stroke-s3" />
      <Curve points={points(1)} span={span} fill="fill-s1/25" stroke="stroke-s1" />
    </Chart>
  )
}
