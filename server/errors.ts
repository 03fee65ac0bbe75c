/** The closed list of what can go wrong. A new code does not compile until `components/errors.ts` has words for it. */
export const ERROR_CODES = [
  'invalid',
  'not_found',
  'exists',
  'in_use',
  'newer_snapshots',
  'has_clones',
  'held',
  'refused',
  'changed',
  'locked',
  'no_space',
  'denied',
  'unsupported',
  'unreachable',
  'timeout',
  'failed',
  'unreadable',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** Fingerprints of two host keys: the one a machine was added with, and the one that is shown at its address. */
export type RefusedKey = { pinned: string; shown: string }

/** What a person needs beside the sentence: the command that failed, the names involved, the plan that is true now. */
export type ErrorDetail = {
  /** argv of the command that failed, if one did. */
  argv?: string[]
  exit?: number | null
  /** The program's own words, kept whole. */
  stderr?: string
  /** With `unreadable`: what the program printed, kept as it came (cut at 64 KiB). */
  output?: string
  /** Full names of the things the error is about (snapshots, clones, holders, ...). */
  names?: string[]
  /** With `unreachable`: the machine was refused because it shows another host key than the pinned one. */
  refusedKey?: RefusedKey
  /** The form field the error belongs to. */
  field?: string
  /** What to do next, one sentence, when there is something to do. */
  next?: string
  /** With `changed`: the plan that is true now, for the dialog to show in place of the old one. */
  plan?: unknown
  /** The task that recorded the failure. */
  taskId?: number
}

/** The one error class. `message` is a whole sentence in the user's nouns; `detail` keeps the evidence. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
    this.detail = detail
  }
}

/** No answer came: what was asked for may have been done all the same, or be under way still. */
export function isUnheard(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'timeout' || error.code === 'unreachable')
}
