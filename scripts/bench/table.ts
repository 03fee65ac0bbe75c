/** Figures and how they are printed. */

export type Row = {
  measure: string
  /** Skep's own figure, and what it is held against, in the same unit. */
  skep: number
  peer: number | null
  /** What the peer is: `zfs snapshot`, `an empty page of Node`. */
  against: string
  unit: 'ms' | 'KiB' | 'MiB' | 'MiB/s' | '/s'
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/** Milliseconds that each of `times` runs took, after one that does not count. */
export async function timed(times: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let round = 0; round <= times; round++) {
    const began = performance.now()
    await work(round)
    if (round > 0) taken.push(performance.now() - began)
  }
  return taken
}

function figure(value: number, unit: Row['unit']): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(row => [
    row.measure,
    figure(row.skep, row.unit),
    row.peer === null ? row.against : `${figure(row.peer, row.unit)} (${row.against})`,
    row.peer === null ? '' : `${(row.skep / row.peer).toFixed(2)}×`,
  ])
  const head = ['measure', 'Skep', 'peer', 'ratio']
  const width = head.map((word, at) => Math.max(word.length, ...lines.map(line => line[at]?.length ?? 0)))
  const print = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 1 || at === 3 ? cell.padStart(width[at] ?? 0) : cell.padEnd(width[at] ?? 0))).join(' | ')} |`
  const rule = `|${width.map((each, at) => (at === 1 || at === 3 ? `${'-'.repeat(each + 1)}:` : '-'.repeat(each + 2))).join('|')}|`
  return [print(head), rule, ...lines.map(print)].join('\n')
}
