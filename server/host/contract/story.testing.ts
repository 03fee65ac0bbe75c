/**
 * A scenario is a short story: one line a step, what must come of it behind `=>`.
 *
 *     zfs snapshot ct/s/a@1                         a command; nothing behind it: it must succeed
 *     zfs rollback ct/s/a@1 => newer_snapshots ct/s/a@2    it is refused, and Skep understands why (code, names)
 *     zfs destroy ct/s/a@1 => held; before 2.3 in_use      older versions say it otherwise
 *     zfs list -x => exit 2                         it fails in a way nobody needs to understand
 *     zfs create -o keyformat=passphrase ct/s/e < 'twelve letters'     text on standard input
 *     zfs send ct/s/a@1 | zfs receive ct/s/b        a pipe
 *     zfs send -t {token:ct/s/b} | zfs receive -s ct/s/b    where to go on, as the machine tells
 *     ? dataset ct/s/v => type=volume volsizeBytes=16777216    Skep's own tool asks, and must read this
 *     - hold scans                                  a stage direction: see directions.testing.ts
 *
 * Behind ` ~ ` stands why versions differ, for the reader of the table.
 */

export type Expectation =
  | { kind: 'done' }
  | { kind: 'exit'; status: number }
  | { kind: 'code'; code: string; names: string[] }
  | { kind: 'facts'; facts: [path: string, value: string][] }

type Expected = { before: string | null; what: Expectation }

export type Step = {
  /** The line without what is expected: a recording is known by it. */
  text: string
  /** Programs of a pipe, the first one first; empty where Skep's tools ask. */
  commands: string[][]
  stdin: string | null
  /** The tool and its words. */
  question: string[] | null
  /** The words of a stage direction. */
  direction: string | null
  expected: Expected[]
  /** Why not every version answers alike. */
  why: string | null
}

export function parseStory(story: string): Step[] {
  return story
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(parseStep)
}

function parseStep(line: string): Step {
  const [said = '', why = null] = line.split(' ~ ')
  const [text = '', ...rest] = said.split(' => ')
  const nothing = { text, commands: [], stdin: null, question: null, direction: null, why }
  if (text.startsWith('- ')) return { ...nothing, direction: text.slice(2), expected: parseExpected('') }
  const expected = parseExpected(rest.join(' => '))
  if (text.startsWith('? ')) return { ...nothing, question: parseWords(text.slice(2)), expected }
  const words = parseWords(text)
  const commands: string[][] = [[]]
  let stdin: string | null = null
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '|') commands.push([])
    else if (word === '<') stdin = `${words[++at] ?? ''}\n`
    else commands.at(-1)?.push(word)
  }
  return { ...nothing, commands, stdin, expected }
}

/** Words between blanks; quotes hold blanks together, and within double quotes `\t` and `\n` are what they are in C. */
export function parseWords(text: string): string[] {
  const words: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = /^((?:[^\s'"]|'[^']*'|"[^"]*")+)\s*/.exec(rest)
    if (!match) throw new Error(`a quote is open in: ${text}`)
    words.push(
      (match[1] ?? '').replace(/'([^']*)'|"([^"]*)"/g, (_whole, single?: string, double?: string) =>
        single === undefined ? (double ?? '').replaceAll('\\t', '\t').replaceAll('\\n', '\n') : single,
      ),
    )
    rest = rest.slice(match[0].length)
  }
  return words
}

function parseExpected(text: string): Expected[] {
  if (text === '') return [{ before: null, what: { kind: 'done' } }]
  return text.split('; ').map(part => {
    const older = /^before (\d+\.\d+) (.*)$/.exec(part)
    return older
      ? { before: older[1] ?? null, what: parseExpectation(older[2] ?? '') }
      : { before: null, what: parseExpectation(part) }
  })
}

function parseExpectation(text: string): Expectation {
  const words = parseWords(text)
  const [first = '', ...names] = words
  if (first === 'done') return { kind: 'done' }
  if (first === 'exit') return { kind: 'exit', status: Number(names[0]) }
  if (!first.includes('=')) return { kind: 'code', code: first, names }
  return {
    kind: 'facts',
    facts: words.map(word => {
      const at = word.indexOf('=')
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  }
}

/** What a version must answer: the narrowest `before` it falls under, else what holds for all. */
export function expectedOf(step: Step, version: string): Expectation {
  const older = step.expected
    .filter(each => each.before !== null && isBefore(version, each.before))
    .toSorted((a, b) => (isBefore(a.before ?? '', b.before ?? '') ? -1 : 1))
  const general = step.expected.find(each => each.before === null)
  return (older[0] ?? general)?.what ?? { kind: 'done' }
}

/** Whether a version is older than another: `2.1.11` before `2.3`. */
export function isBefore(version: string, other: string): boolean {
  const [left, right] = [version, other].map(text => text.split('.').map(Number))
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** The pools a story may name: its own, and one that is never there. */
export const POOLS = ['ct', 'cp', 'cq']
export const NO_POOL = 'nosuch'
/** Where the files lie that its pools are made of. */
export const FILES = '/var/tmp/ct'

/** Why a story must not run on a machine that holds anything of value; null when it touches only its own pools. */
export function dangerOf(step: Step): string | null {
  for (const [program = '', verb = '', ...words] of step.commands) {
    if (!['zfs', 'zpool', 'dd', 'truncate', 'cat', 'zinject', 'rm'].includes(program)) {
      return `${program} is no program of a story`
    }
    if (program === 'dd' || program === 'cat' || program === 'truncate' || program === 'rm') {
      const paths = [verb, ...words].filter(word => /^(?:of=)?\//.test(word))
      const stray = paths.find(
        word =>
          !/^(?:of=)?(?:\/var\/tmp\/ct\/|\/c[tpq]\/|\/dev\/zvol\/c[tpq]\/|\/dev\/(?:zero|null)$)/.test(word),
      )
      if (stray !== undefined) return `${stray} is outside of a story's own files`
      continue
    }
    if (program === 'zinject') continue
    if (words.includes('-a')) return `“${program} ${verb} -a” is about everything there is`
    const stray = words.find(word => {
      const pool = /^([A-Za-z][A-Za-z0-9_.: -]*)[/@#]/.exec(word)?.[1]
      return (
        pool !== undefined && !/^written[@#]|=|^\{token:/.test(word) && ![...POOLS, NO_POOL].includes(pool)
      )
    })
    if (stray !== undefined) return `${stray} is in no pool of a story`
  }
  return null
}
