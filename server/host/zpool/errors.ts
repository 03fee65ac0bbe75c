/** What zpool(8) says on standard error, as codes; anchored, and naming the very pool asked for. */
import { AppError, type ErrorCode } from '../../errors.ts'
import { type Recogniser, runOrThrow } from '../answer.ts'
import type { Host, RunOptions } from '../host.ts'
import { recogniseReason } from './reasons.ts'

type Known = {
  says: (pool: string) => string[]
  code: ErrorCode
  message: (pool: string) => string
  next?: string
}

const KNOWN: Known[] = [
  {
    says: pool => [`Cannot get properties of ${pool}: no such pool available.`],
    code: 'not_found',
    message: pool => `There is no pool “${pool}”.`,
  },
  {
    says: pool => [
      `cannot scrub ${pool}: currently scrubbing; use 'zpool scrub -s' to cancel scrub`,
      `cannot scrub ${pool}: currently scrubbing; use 'zpool scrub -s' to cancel current scrub`,
    ],
    code: 'refused',
    message: pool => `The pool “${pool}” is being scrubbed already.`,
  },
  {
    says: pool => [
      `cannot scrub ${pool}: currently resilvering`,
      `cannot cancel scrubbing ${pool}: currently resilvering`,
    ],
    code: 'refused',
    message: pool => `The pool “${pool}” is resilvering; it is scrubbed along with that.`,
    next: 'Wait until it has finished.',
  },
  {
    says: pool => [
      `cannot pause scrubbing ${pool}: scrub is paused; use 'zpool scrub' to resume`,
      `cannot pause scrubbing ${pool}: scrub is paused; use 'zpool scrub' to resume scrub`,
    ],
    code: 'refused',
    message: pool => `The scrub of “${pool}” is paused already.`,
  },
  {
    says: pool => [
      `cannot cancel scrubbing ${pool}: there is no active scrub`,
      `cannot pause scrubbing ${pool}: there is no active scrub`,
    ],
    code: 'refused',
    message: pool => `The pool “${pool}” is not being scrubbed.`,
  },
]

/** `devices` are the others an answer may speak of. */
export function zpoolRecognisers(pool: string | null, devices: readonly string[] = []): Recogniser[] {
  const named: Recogniser = stderr => {
    const line = stderr.split('\n', 1)[0] ?? ''
    if (pool === null) return null
    const known = KNOWN.find(each => each.says(pool).includes(line))
    return known
      ? new AppError(known.code, known.message(pool), {
          names: [pool],
          ...(known.next ? { next: known.next } : {}),
        })
      : null
  }
  const nameless: Recogniser = stderr => {
    if (/^Permission denied the ZFS utilities must be run as root\.$/m.test(stderr)) {
      return new AppError('denied', 'The ZFS utilities must be run as root here.')
    }
    const busy = /^cannot unmount '(\/.*)': (?:pool or dataset is busy|Device busy)$/m.exec(stderr)
    if (busy)
      return new AppError('in_use', `Something on the host uses ${busy[1]}.`, {
        next: '“fstat -f PATH” on the host names the programs.',
      })
    const unknown = /^(?:bad property list: invalid property|invalid option) '(.+)'\n/.exec(stderr)
    return unknown
      ? new AppError('unsupported', `The zpool of this host does not know “${unknown[1] ?? ''}”.`)
      : null
  }
  const about = pool === null ? devices : [pool, ...devices]
  return [named, nameless, stderr => recogniseReason(stderr, about)]
}

/** Runs a zpool command about one pool (or about none in particular); AppError for every other exit status than 0. */
export function runZpool(
  host: Pick<Host, 'run'>,
  argv: readonly string[],
  pool: string | null,
  options?: RunOptions,
): Promise<string> {
  return runOrThrow(host, argv, zpoolRecognisers(pool), options)
}
