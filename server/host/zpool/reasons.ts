/** What zpool(8) gives as the reason behind "cannot VERB POOL: " and "cannot VERB DEVICE: ". Texts of OpenZFS 2.1 to 2.4. */
import { AppError, type ErrorCode } from '../../errors.ts'

type Reason = {
  says: RegExp
  code: ErrorCode
  message: (what: string, match: RegExpExecArray) => string
  next?: string
}

const REASONS: Reason[] = [
  {
    says: /^(?:no such pool|no such pool available|is not a pool)$/,
    code: 'not_found',
    message: pool => `There is no pool “${pool}”.`,
  },
  {
    says: /^(?:pool already exists|a pool with that name already exists)$/,
    code: 'exists',
    message: pool => `There is a pool “${pool}” already.`,
  },
  {
    says: /^(?:name must begin with a letter|name is reserved|name is too long|pool name is reserved|invalid character '.+' in pool name)$/,
    code: 'invalid',
    message: (pool, match) => `“${pool}” is no possible name for a pool: ${match[0]}.`,
  },
  {
    says: /^no such device in pool$/,
    code: 'not_found',
    message: device => `The pool has no disk “${device}”.`,
  },
  {
    says: /^no valid replicas$/,
    code: 'refused',
    message: device => `Nothing else holds what is on “${device}”: without it the pool would lose data.`,
    next: 'Replace another disk first, or attach one.',
  },
  {
    says: /^device is reserved as a hot spare$/,
    code: 'refused',
    message: device => `“${device}” is a spare.`,
  },
  {
    says: /^(?:only applicable to mirror and replacing vdevs|can only attach to mirrors and top-level disks)$/,
    code: 'refused',
    message: device => `This works only with disks of a mirror; “${device}” is in none.`,
  },
  {
    says: /^device is too small$/,
    code: 'refused',
    message: device => `The new disk is smaller than what stands in the pool as “${device}”.`,
  },
  {
    says: /^pool I\/O is currently suspended$/,
    code: 'refused',
    message: pool => `The pool “${pool}” is suspended: it has lost its disks.`,
    next: 'Bring the disks back, then clear the pool.',
  },
  {
    says: /^pool is read-only$/,
    code: 'refused',
    message: pool => `The pool “${pool}” is imported read-only.`,
  },
  {
    says: /^pool was previously in use from another system\.$/,
    code: 'refused',
    message: pool => `The pool “${pool}” was last in use on another system.`,
    next: 'Make sure that it is not any more, and say so.',
  },
  {
    says: /^one or more devices is currently unavailable$/,
    code: 'refused',
    message: pool => `Too many disks of the pool “${pool}” are missing.`,
    next: 'Bring the missing disks back, then import it.',
  },
  {
    says: /^pool is busy$/,
    code: 'in_use',
    message: pool => `Something on the host uses the pool “${pool}”.`,
  },
  {
    says: /^permission denied$/,
    code: 'denied',
    message: pool => `The host does not permit this on “${pool}”.`,
  },
]

/** "cannot offline DEVICE: …", "cannot replace OLD with NEW: …", "cannot attach NEW to OLD: …", "cannot open 'POOL': …" */
const CANNOT =
  /^cannot (open|create|destroy|export|import|set property for|scrub|pause scrubbing|cancel scrubbing|offline|fault|online|clear errors for|detach|remove|replace|attach) (.+?): (.+)$/
const NOT_FOUND = /^couldn't find device "(.+)" in pool ".+"$/
const IN_USE = /^(\/.+) is (?:part of active pool|reserved as a hot spare for pool) '?(.+?)'?$/

/** The pool or the device that stands in the pool: with two of them, the one that is there. */
function subjectOf(verb: string, text: string): string {
  const bare = text.replace(/^'(.*)'$/, '$1')
  if (verb === 'replace') return bare.split(' with ', 1)[0] ?? bare
  return verb === 'attach' ? (bare.split(' to ')[1] ?? bare) : bare
}

function fromReason(subject: string, reason: string): AppError | null {
  for (const known of REASONS) {
    const match = known.says.exec(reason)
    if (!match) continue
    const next = known.next ? { next: known.next } : {}
    return new AppError(known.code, known.message(subject, match), { names: [subject], ...next })
  }
  return null
}

/** The error of the first line, where it is about one of these pools and devices. */
export function recogniseReason(stderr: string, about: readonly string[]): AppError | null {
  const [line = '', ...more] = stderr.split('\n')
  const missing = NOT_FOUND.exec(line)?.[1]
  if (missing !== undefined) {
    return about.includes(missing) ? fromReason(missing, 'no such device in pool') : null
  }
  const [, verb = '', text = '', reason = ''] = CANNOT.exec(line) ?? []
  const subject = subjectOf(verb, text)
  if (about.includes(subject)) return fromReason(subject, reason)
  if (line !== 'invalid vdev specification') return null
  const used = more.map(each => IN_USE.exec(each)).find(match => match && about.includes(match[1] ?? ''))
  if (!used) return null
  const [, device = '', pool = ''] = used
  return new AppError('in_use', `“${device}” belongs to the pool “${pool}” already.`, { names: [device] })
}
