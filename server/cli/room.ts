import { AppError } from '../errors.ts'

/** sqlite.org/rescode.html */
const SQLITE_FULL = 13

/** AppError `no_space` in the place of what a full disk or a quota makes of `work`, which leaves nothing half done. */
export function withRoom<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isFull(error)) throw error
    throw new AppError('no_space', `There is no room left for ${place}.`, {}, { cause: error })
  }
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true
  return 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_FULL
}
