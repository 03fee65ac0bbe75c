/** What a program of the machine is. `registry.ts` lists them. */
import type { World } from './world.ts'

export type ProgramResult = { exit: number; stdout: string; stderr: string }

/** A piece of output of a program that streams. */
export type Output = { stdout?: string | Uint8Array; stderr?: string }

export type ProgramIo = {
  /** All of standard input as text; '' when there is none. */
  stdinText: () => Promise<string>
  /** Standard input as it comes. */
  stdin: AsyncIterable<Uint8Array>
  env: Readonly<Record<string, string>>
  /** Working directory as a path of the machine. */
  cwd: string
  /** Aborted when the caller goes away or kills the program. */
  signal: AbortSignal
  /** Runs another program of the machine (for `daemon`, `env`, `sh -c`). */
  run: (argv: readonly string[], stdin?: string) => Promise<ProgramResult>
}

/**
 * `argv[0]` is the program's own name. A result, a promise of one, or a generator that yields output as it comes and
 * returns the exit status. What it throws is a bug of the sandbox: the caller sees exit 70 and the text.
 */
export type Program = (
  world: World,
  argv: readonly string[],
  io: ProgramIo,
) => ProgramResult | Promise<ProgramResult> | AsyncGenerator<Output, number>

/**
 * A program that is a process of its own (`bhyve`): the stub in `<dir>/bin` becomes it, so that its pid, signals and
 * exit status are real. `script` is run by the same Node as `node SCRIPT ARG…` with `SKEP_SANDBOX=<dir>`.
 */
type ProcessProgram = { script: URL }

/** `ownPath: false`: on the PATH of scripts the computer's own program of that name stays. */
export type ProgramEntry = { run: () => Promise<Program>; ownPath?: boolean } | ProcessProgram

export function ok(stdout = ''): ProgramResult {
  return { exit: 0, stdout, stderr: '' }
}

export function fail(exit: number, stderr: string, stdout = ''): ProgramResult {
  return { exit, stdout, stderr }
}
