/** Runs cases in turn over all parsers, so that any number of them is spread evenly. */
import { damaged } from './mutate.ts'
import type { Parser } from './parser.ts'

export type Fault = { parser: string; seed: number; number: number; why: string; text: string }

/** Every case from `first` to below `first + count`; stops at the first fault, which `seed` and `number` bring back. */
export function findFault(
  parsers: readonly Parser[],
  seed: number,
  first: number,
  count: number,
): Fault | null {
  for (let number = first; number < first + count; number++) {
    const one = parsers[number % parsers.length]
    if (!one) return null
    const text = damaged(one.seeds, seed, number)
    const why = one.fault(text)
    if (why !== null) return { parser: one.name, seed, number, why, text }
  }
  return null
}

export function faultText(fault: Fault): string {
  return [
    `${fault.parser}, seed ${fault.seed}, case ${fault.number}: ${fault.why}`,
    JSON.stringify(fault.text.slice(0, 4000)),
  ].join('\n')
}
