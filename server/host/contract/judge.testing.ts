/** Holds what was told against what a story expects, and one telling against another. */
import { AppError } from '../../errors.ts'
import { silentBut } from '../golden/answering.testing.ts'
import type { Host } from '../host.ts'
import { shellText } from '../shell-text.ts'
import type { RecordedStep } from './recordings.testing.ts'
import { ask, type Told, understood } from './run.testing.ts'
import { type Expectation, expectedOf, parseWords, type Step } from './story.testing.ts'

/** The value at `a.b.c` of facts; of a list, that of each of its members. ZFS keeps clones in no order. */
function valueAt(facts: unknown, path: string): string {
  const value = follow(facts, path)
  if (!Array.isArray(value)) return String(value)
  const words = value.flat(3).map(String)
  return (/(?:^|\.)clones$/.test(path) ? words.sort() : words).join(',')
}

/** Keys may hold dots themselves: user properties do. */
function follow(facts: unknown, path: string): unknown {
  if (path === '') return facts
  const keys = facts !== null && typeof facts === 'object' && !Array.isArray(facts) ? Object.keys(facts) : []
  const own = keys.find(key => key.includes('.') && (path === key || path.startsWith(`${key}.`)))
  const key = own ?? path.split('.', 1)[0] ?? ''
  return follow(stepInto(facts, key), path.slice(key.length + 1))
}

function stepInto(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    if (key === 'length') return value.length
    if (/^\d+$/.test(key)) return value[Number(key)]
    return value.map(each => stepInto(each, key))
  }
  // A sentence with a date and a size in it has as many words on every day.
  if (typeof value === 'string' && key === 'words') return value.split(/\s+/).length
  if (value === null || typeof value !== 'object') return undefined
  const found = Object.entries(value).find(([name]) => name === key)
  return found?.[1]
}

/** What of an expectation does not hold, in words; null where all does. */
function misfit(expected: Expectation, told: Told): string | null {
  const exit = told.runs.length === 0 ? 0 : told.runs.at(-1)?.exit
  const said = told.runs.at(-1)?.stderr.split('\n', 1)[0] ?? ''
  const error = told.facts instanceof AppError ? told.facts : null
  switch (expected.kind) {
    case 'done':
      return exit === 0 && error === null ? null : `it failed (${exit}): ${said}`
    case 'exit':
      return exit === expected.status ? null : `it ended with ${exit}, not ${expected.status}: ${said}`
    case 'code': {
      if (error?.code !== expected.code) return `it is understood as ${error?.code ?? 'nothing'}: ${said}`
      const names = error.detail.names ?? []
      const missing = expected.names.filter(name => !names.includes(name))
      return missing.length === 0 ? null : `it names ${names.join(', ')}, not ${missing.join(', ')}`
    }
    case 'facts': {
      if (error) return `it cannot be read: ${error.message} ${said}`
      const wrong = expected.facts.filter(([path, value]) => valueAt(told.facts, path) !== value)
      return wrong.length === 0
        ? null
        : wrong.map(([path, value]) => `${path} is ${valueAt(told.facts, path)}, not ${value}`).join('; ')
    }
  }
}

export type Fault = { step: string; wrong: string }

/** Everything that is not as the story wants it. */
export function misfits(told: readonly Told[], version: string): Fault[] {
  return told.flatMap(each => {
    const wrong = misfit(expectedOf(each.step, version), each)
    return wrong === null ? [] : [{ step: each.step.text, wrong }]
  })
}

/** A recording told again: what was answered then, read with the parsers of today. Null where it is of another story. */
export async function retell(
  steps: readonly Step[],
  recorded: readonly RecordedStep[],
): Promise<Told[] | null> {
  const told: Told[] = []
  for (const [at, step] of steps.entries()) {
    const known = recorded[at]
    if (known?.text !== step.text) return null
    if (step.question) {
      const answers = answersOf(known)
      told.push({ step, runs: answers.runs, facts: await ask(answers.host, step.question) })
      continue
    }
    if (step.direction !== null) {
      told.push({ step, runs: [], facts: null })
      continue
    }
    const [first] = known.runs
    const run = {
      argv: step.commands.at(-1) ?? [],
      exit: first?.exit ?? 0,
      stdout: first?.stdout ?? '',
      stderr: first?.stderr ?? '',
    }
    told.push({ step, runs: [run], facts: run.exit === 0 ? null : understood(run) })
  }
  return recorded.length === steps.length ? told : null
}

/** A host that knows only what was recorded, in its order. */
function answersOf(recorded: RecordedStep): { host: Host; runs: Told['runs'] } {
  const runs: Told['runs'] = []
  const left = [...recorded.runs]
  const host = silentBut({
    id: 'recording',
    run: argv => {
      const next = left.shift()
      if (next?.command !== shellText(argv)) {
        throw new Error(`recorded was “${next?.command ?? 'nothing'}”, asked is “${shellText(argv)}”`)
      }
      const run = {
        argv: parseWords(next.command),
        exit: next.exit,
        stdout: next.stdout,
        stderr: next.stderr,
      }
      runs.push(run)
      return Promise.resolve(run)
    },
  })
  return { host, runs }
}

/** Where two answers to one step are not the same text with the same exit status. */
function difference(own: RecordedStep | undefined, other: RecordedStep): string | null {
  for (const [index, run] of other.runs.entries()) {
    const told = own?.runs[index]
    for (const part of ['exit', 'stderr', 'stdout'] as const) {
      if (told?.[part] !== run[part]) {
        return `${part} is ${JSON.stringify(told?.[part])}, not ${JSON.stringify(run[part])}`
      }
    }
  }
  return own?.runs.length === other.runs.length ? null : 'other programs are run'
}

/**
 * Steps that are told as none of the recorded versions tells them. The machine imitates one between them, which says
 * each thing as an older or as a newer one does.
 */
export function strangers(own: readonly RecordedStep[], recorded: readonly RecordedStep[][]): Fault[] {
  return own.flatMap((step, at) => {
    const differences = recorded.flatMap(version => {
      const same = version[at]
      return same?.text === step.text ? [difference(step, same)] : []
    })
    if (differences.includes(null)) return []
    return [{ step: step.text, wrong: differences.at(-1) ?? 'it is not recorded' }]
  })
}
