import type { Database } from '../db/database.ts'
import { commandsOf, inScope, listTasks, type TaskFilter, type TaskScope, taskById } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { Task, TaskWithDetail } from './model.ts'

/** Rows read at once while exporting: the file may be far larger than what should be in memory. */
const EXPORT_PAGE = 200

/** One page, newest first; `next` is the id to ask for as `before`, null when there are no older ones. */
export function listTaskPage(
  db: Database,
  scope: TaskScope,
  input: TaskFilter & { before?: number | undefined; limit: number },
): { rows: Task[]; next: number | null } {
  const found = listTasks(db, scope, { ...input, limit: input.limit + 1 })
  const rows = found.slice(0, input.limit).map(withoutSecrets)
  return { rows, next: found.length > input.limit ? (rows.at(-1)?.id ?? null) : null }
}

/** AppError `not_found`, also for a task of a host that may not be seen. */
export function getTask(db: Database, scope: TaskScope, id: number): TaskWithDetail {
  const found = taskById(db, id)
  if (!found || !inScope(scope, found.task.hostId))
    throw new AppError('not_found', `There is no task number ${id}.`)
  return withoutSecrets({ ...found.task, plan: found.plan, commands: commandsOf(db, id) })
}

/** Every task that the filter lets through as JSON lines, newest first, with plan and commands. */
export function* exportTasks(db: Database, scope: TaskScope, filter: TaskFilter): Generator<string> {
  let before: number | undefined
  for (;;) {
    const rows = listTasks(db, scope, { ...filter, before, limit: EXPORT_PAGE })
    for (const { id } of rows) yield `${JSON.stringify(getTask(db, scope, id))}\n`
    before = rows.at(-1)?.id
    if (rows.length < EXPORT_PAGE) return
  }
}

/**
 * Cuts out the screen passwords of guests: they are in confs (`graphics_vnc_password="..."`) and in bhyve's own
 * `fbuf,...,password=...`. The file keeps them, because recovery compares the conf with what was planned; a browser
 * never gets them from here.
 */
function withoutSecrets<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    typeof part === 'string' && key !== 'digest' ? cut(part) : part,
  )
}

function cut(text: string): string {
  return text
    .replace(/(\bfbuf\b[^\s]*?,password=)[^,\s'"]+/g, '$1•••')
    .replace(/(\bvnc_password=)("[^"\n]*"|'[^'\n]*'|[^\s;]+)/g, '$1"•••"')
}
