/** A deadline for files: a filesystem on a suspended pool never answers, and no signal ends the call. */
import { AppError } from '../../errors.ts'

const DEADLINE_MS = 30_000
/**
 * Calls given up and still there. Each keeps one of Node's threads, which signing in needs too: beyond these nothing is
 * asked any more, until one of them comes back.
 */
const MOST_HUNG = 8

/** Runs file calls with a deadline; what hangs is not asked a second time while it hangs. */
export class Patience {
  readonly #hung = new Map<symbol, string>()
  readonly #deadlineMs: number

  constructor(deadlineMs = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs
  }

  /** AppError `timeout`. */
  async within<T>(path: string, work: () => Promise<T>): Promise<T> {
    const paths = [...this.#hung.values()]
    if (paths.length >= MOST_HUNG || paths.some(hung => isBelow(path, hung) || isBelow(hung, path)))
      throw silent(path)
    const working = work()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(resolve, this.#deadlineMs, 'late')
    })
    const first = await Promise.race([working.then(value => ({ value })), late]).finally(() =>
      clearTimeout(timer),
    )
    if (first !== 'late') return first.value
    const mark = Symbol(path)
    this.#hung.set(mark, path)
    const over = () => this.#hung.delete(mark)
    working.then(over, over)
    throw silent(path)
  }
}

function isBelow(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`)
}

function silent(path: string): AppError {
  return new AppError('timeout', `The file system does not answer for “${path}”.`, {
    names: [path],
    next: 'See what holds it up: a pool that is suspended for want of its disks, most likely.',
  })
}
