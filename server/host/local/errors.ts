/** Errors of this machine's operating system as a person's words. */
import { AppError } from '../../errors.ts'

/** The code of a system call's error, such as ENOENT; null for any other error. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** An error of the file system. `doing` completes "Skep could not …". */
export function fileError(error: unknown, path: string, doing: string): AppError {
  if (error instanceof AppError) return error
  const cause = { cause: error }
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AppError('not_found', `There is no “${path}” on the host.`, {}, cause)
    case 'EACCES':
    case 'EPERM':
      return new AppError('denied', `The host does not permit Skep to ${doing} “${path}”.`, {}, cause)
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('no_space', `There is no room left to ${doing} “${path}”.`, {}, cause)
    case 'EROFS':
      return new AppError('refused', `“${path}” is on a read-only file system.`, {}, cause)
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new AppError('refused', `“${path}” is there already, or is not empty.`, {}, cause)
    case 'EISDIR':
      return new AppError('invalid', `“${path}” is a directory.`, {}, cause)
    default:
      return new AppError('failed', `Skep could not ${doing} “${path}”: ${String(error)}.`, {}, cause)
  }
}
