import type { AppError, ErrorCode, ErrorDetail } from '../server/errors.ts'

/** An error in words a person can act on. */
export type Explained = {
  /** A few words: what kind of thing happened. */
  title: string
  /** One or two sentences: what happened, in the user's nouns. */
  what: string
  /** What to do next, when there is something to do. */
  next: string | null
  /** The closed code; null where it did not come from the machine side. */
  code: ErrorCode | null
  /** The command that failed and what it said. */
  argv: string[] | null
  exit: number | null
  stderr: string | null
  /** Names of the things it is about. */
  names: string[]
  /** Field of the form it belongs to. */
  field: string | null
  /** Messages by field, when an input was refused. */
  fields: Record<string, string>
  taskId: number | null
  /** Not signed in (any more): the page goes to the login. */
  signedOut: boolean
  detail: ErrorDetail
}

/** Words for every code. The message of the error says what happened; these say the kind and what helps. */
const WORDS: Record<ErrorCode, { title: string; next: string | null }> = {
  invalid: { title: 'This cannot be used', next: 'Correct what is marked and try again.' },
  not_found: { title: 'It is not there any more', next: 'It may have been renamed or destroyed meanwhile.' },
  exists: { title: 'There is one already', next: 'Choose another name.' },
  in_use: { title: 'It is in use', next: null },
  newer_snapshots: { title: 'There are newer snapshots', next: 'Look at the plan again: it names them now.' },
  has_clones: { title: 'It has clones', next: 'Promote the clones first, or destroy them.' },
  held: { title: 'It is held', next: 'Release the holds first.' },
  refused: { title: 'Not possible now', next: null },
  changed: {
    title: 'Something changed meanwhile',
    next: 'Nothing was done. Read the new plan and decide again.',
  },
  locked: { title: 'Another task works on it', next: 'Wait until that task ends, then try again.' },
  no_space: {
    title: 'Not enough space',
    next: 'Destroy snapshots or data that nobody needs, then try again.',
  },
  denied: { title: 'Not allowed', next: 'Ask an administrator of this console.' },
  unsupported: { title: 'This host cannot do that', next: 'The System page says what is missing.' },
  unreachable: {
    title: 'The host does not answer',
    next: 'Skep keeps trying; what you see is the last it said.',
  },
  timeout: {
    title: 'It took too long',
    next: 'It may still happen. Look at the state before you try again.',
  },
  failed: { title: 'The command failed', next: 'What it said is below.' },
  unreadable: { title: 'The answer could not be read', next: 'What the program said is below, whole.' },
}

const NONE = {
  code: null,
  argv: null,
  exit: null,
  stderr: null,
  names: [],
  field: null,
  fields: {},
  taskId: null,
  signedOut: false,
  detail: {},
}

/** The only place where errors become words. Takes whatever was thrown. */
export function explain(error: unknown): Explained {
  const data = dataOf(error)
  if (data?.app) return fromApp(data.app)
  if (data?.zod) return fromInput(data.zod)
  if (data?.code === 'UNAUTHORIZED') {
    return {
      ...NONE,
      title: 'You are not signed in',
      what: 'The session ended, or somebody ended it.',
      next: 'Sign in again.',
      signedOut: true,
    }
  }
  if (data) return { ...NONE, title: 'Skep made a mistake', what: messageOf(error), next: null }
  return {
    ...NONE,
    title: 'The console does not answer',
    what: 'This page cannot reach the console right now.',
    next: 'It tries again by itself. Guests are not touched by this.',
  }
}

/** For errors that are stored as data: the outcome of a task, a refusal in a plan. */
export function fromApp(app: Pick<AppError, 'code' | 'message' | 'detail'>): Explained {
  const { detail } = app
  return {
    ...NONE,
    title: WORDS[app.code].title,
    what: app.message,
    next: detail.next ?? WORDS[app.code].next,
    code: app.code,
    argv: detail.argv ?? null,
    exit: detail.exit ?? null,
    stderr: detail.stderr ?? null,
    names: detail.names ?? [],
    field: detail.field ?? null,
    fields: detail.field ? { [detail.field]: app.message } : {},
    taskId: detail.taskId ?? null,
    detail,
  }
}

type FlatInput = { formErrors: string[]; fieldErrors: Record<string, string[] | undefined> }

function fromInput(zod: FlatInput): Explained {
  const fields: Record<string, string> = {}
  for (const [field, messages] of Object.entries(zod.fieldErrors)) {
    const first = messages?.[0]
    if (first) fields[field] = first
  }
  return {
    ...NONE,
    title: WORDS.invalid.title,
    what: zod.formErrors[0] ?? Object.values(fields)[0] ?? 'Some of what was entered cannot be used.',
    next: WORDS.invalid.next,
    code: 'invalid',
    fields,
  }
}

type WireData = {
  code?: string
  app?: { code: ErrorCode; message: string; detail: ErrorDetail } | null
  zod?: FlatInput | null
}

/** What the console's error formatter put beside the message; null where no answer came at all. */
function dataOf(error: unknown): WireData | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null
  const { data } = error
  return typeof data === 'object' && data !== null ? data : null
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'It gave no reason.'
}
