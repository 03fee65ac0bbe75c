/** What can go wrong with a program of this machine, as a person's words. */
import { AppError } from '../../errors.ts'
import { errorCode } from './errors.ts'
import type { OutputBuffer } from './output.ts'

/** A program that was given up after its deadline and is still there: some states of ZFS cannot be left by a signal. */
export type Orphan = { argv: string[]; pid: number; startedAt: number }

export function spawnError(error: unknown, argv: readonly string[]): AppError {
  const detail = { argv: [...argv] }
  const name = argv[0] ?? ''
  switch (errorCode(error)) {
    case 'ENOENT':
      return new AppError('unsupported', `The program “${name}” is not installed on this host.`, detail)
    case 'EACCES':
    case 'EPERM':
      return new AppError('denied', `The host does not permit Skep to run “${name}”.`, detail)
    case 'E2BIG':
    case 'ERR_INVALID_ARG_VALUE':
      return new AppError(
        'invalid',
        `“${name}” cannot be given these words: too long, or with a NUL.`,
        detail,
      )
    default:
      return new AppError('failed', `“${name}” could not be started: ${String(error)}.`, detail, {
        cause: error,
      })
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}

export function timedOut(argv: readonly string[], timeoutMs: number): AppError {
  const command = argv.slice(0, 2).join(' ')
  return new AppError('timeout', `“${command}” did not answer within ${seconds(timeoutMs)}.`, {
    argv: [...argv],
  })
}

export function calledOff(argv: readonly string[]): AppError {
  return new AppError('timeout', `“${argv.slice(0, 2).join(' ')}” was called off.`, { argv: [...argv] })
}

export function stillThere(orphan: Orphan): AppError {
  return new AppError(
    'timeout',
    `“${orphan.argv.slice(0, 2).join(' ')}” has not answered since ${new Date(orphan.startedAt).toISOString()} and cannot be ended.`,
    {
      argv: orphan.argv,
      next: `See what holds process ${orphan.pid} up: a pool without its disks, most likely.`,
    },
  )
}

export function flooded(argv: readonly string[], output: OutputBuffer): AppError {
  return new AppError(
    'failed',
    `“${argv.slice(0, 2).join(' ')}” printed more than ${Math.floor(output.mostBytes / 1024)} KiB.`,
    { argv: [...argv] },
  )
}
