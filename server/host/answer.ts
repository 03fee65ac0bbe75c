/** What every host tool does with the answer of its program: read it, or say that it cannot be read. */
import { AppError, type ErrorDetail } from '../errors.ts'
import type { Host, RunOptions, RunResult } from './host.ts'

/** As much of an unreadable answer as an error carries. */
const KEPT_CHARACTERS = 65_536

/**
 * The answer of a program that is not in the form its manual promises. The text is kept in `detail.output`;
 * `command` is the command line without names ("zfs list"), `why` the first thing that did not fit.
 */
export function unreadable(command: string, text: string, why: string, detail: ErrorDetail = {}): AppError {
  return new AppError('unreadable', `The answer of “${command}” could not be read: ${why}.`, {
    ...detail,
    output: text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS)}…` : text,
  })
}

/**
 * The lines of an answer, without the empty text behind the last newline. AppError `unreadable` for an answer that breaks
 * off within a line: half a number is a number too.
 */
export function wholeLines(command: string, text: string): string[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw unreadable(command, text, 'it breaks off within a line')
  return text.slice(0, -1).split('\n')
}

/** Recognises one failure from what a program said on standard error; null when it is not that failure. */
export type Recogniser = (stderr: string) => AppError | null

/**
 * The error of a command that ended with another status than 0: recognised, else `failed` with its argv and words.
 */
export function commandError(
  argv: readonly string[],
  result: RunResult,
  recognisers: readonly Recogniser[],
): AppError {
  const detail: ErrorDetail = { argv: [...argv], exit: result.exit, stderr: result.stderr }
  for (const recognise of recognisers) {
    const known = recognise(result.stderr)
    if (known) return new AppError(known.code, known.message, { ...detail, ...known.detail })
  }
  const ending =
    result.exit === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with ${result.exit}`
  const said = firstLine(result.stderr)
  return new AppError(
    'failed',
    `“${argv.slice(0, 2).join(' ')}” ${ending}${said ? `: ${said}` : ''}.`,
    detail,
  )
}

/** Runs a command whose every other exit status than 0 is an error. */
export async function runOrThrow(
  host: Pick<Host, 'run'>,
  argv: readonly string[],
  recognisers: readonly Recogniser[],
  options?: RunOptions,
): Promise<string> {
  const result = await host.run(argv, options)
  if (result.exit !== 0) throw commandError(argv, result, recognisers)
  return result.stdout
}

/** A part of several readings that does not come is missing, and the others are not. Only for figures: no plan may miss a fact. */
export function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch(error => {
    if (error instanceof AppError) return null
    throw error
  })
}

export function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '')
}
