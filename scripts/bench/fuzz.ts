/** A million damaged answers through every parser: a fault ends the bench, with what brings it back. */
import { PARSERS } from '../fuzz/registry.ts'
import { faultText, findFault } from '../fuzz/run.ts'
import type { Row } from './table.ts'

const SEED = 1
const CASES = 1_000_000
const ROUND = 10_000

export async function fuzzRows(): Promise<Row[]> {
  console.error(`bench: ${CASES} cases of seed ${SEED} over ${PARSERS.length} parsers`)
  const began = performance.now()
  for (let first = 0; first < CASES; first += ROUND) {
    const fault = findFault(PARSERS, SEED, first, ROUND)
    if (fault) throw new Error(faultText(fault))
  }
  const each = (performance.now() - began) / CASES
  return [
    {
      measure: `A damaged answer read or refused (${CASES / 1e6} million, ${PARSERS.length} parsers, no fault)`,
      skep: each,
      peer: null,
      against: 'no peer',
      unit: 'ms',
    },
  ]
}
