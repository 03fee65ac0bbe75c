import * as z from 'zod/mini'
import { ERROR_CODES } from '../errors.ts'
import { type Plan, TASK_STATES, type Task, type TaskCommand, type TaskState } from '../tasks/model.ts'
import type { Database } from './database.ts'

const COMMAND_KINDS = ['run', 'write', 'remove', 'mkdir', 'rename'] as const

const json = z.pipe(
  z.string(),
  z.transform((text): unknown => JSON.parse(text)),
)

const errorDetail = z.object({
  argv: z.optional(z.array(z.string())),
  exit: z.optional(z.nullable(z.number())),
  stderr: z.optional(z.string()),
  names: z.optional(z.array(z.string())),
  field: z.optional(z.string()),
  next: z.optional(z.string()),
  plan: z.optional(z.unknown()),
  taskId: z.optional(z.number()),
})

const plan = z.object({
  action: z.string(),
  title: z.string(),
  steps: z.array(
    z.object({
      title: z.string(),
      argv: z.optional(z.array(z.string())),
      file: z.optional(z.object({ path: z.string(), before: z.nullable(z.string()), after: z.string() })),
      note: z.optional(z.string()),
    }),
  ),
  victims: z.array(
    z.object({
      kind: z.enum([
        'snapshot',
        'bookmark',
        'clone',
        'filesystem',
        'volume',
        'hold',
        'data',
        'disk',
        'vm',
        'file',
      ]),
      name: z.string(),
      guid: z.optional(z.string()),
      bytes: z.optional(z.number()),
      createdAt: z.optional(z.number()),
    }),
  ),
  subjects: z.optional(z.array(z.object({ name: z.string(), guid: z.string() }))),
  warnings: z.array(z.string()),
  locks: z.array(z.string()),
  freedBytes: z.optional(z.number()),
  refused: z.optional(
    z.object({ code: z.enum(ERROR_CODES), message: z.string(), detail: z.optional(errorDetail) }),
  ),
  facts: z.optional(z.unknown()),
  digest: z.string(),
})

const taskRow = z.object({
  id: z.number(),
  action: z.string(),
  title: z.string(),
  user_name: z.string(),
  host_id: z.string(),
  state: z.enum(TASK_STATES),
  started_at: z.number(),
  ended_at: z.nullable(z.number()),
  plan: z.pipe(json, plan),
  progress: z.nullable(z.string()),
  fraction: z.nullable(z.number()),
  outcome: z.nullable(z.string()),
  error: z.nullable(
    z.pipe(json, z.object({ code: z.enum(ERROR_CODES), message: z.string(), detail: errorDetail })),
  ),
})

const commandRow = z.object({
  seq: z.number(),
  kind: z.enum(COMMAND_KINDS),
  argv: z.pipe(json, z.array(z.string())),
  times: z.number(),
  started_at: z.number(),
  duration_ms: z.nullable(z.number()),
  exit: z.nullable(z.number()),
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.number(),
})

export type StoredTask = { task: Task; plan: Plan }

function stored(row: unknown): StoredTask {
  const parsed = z.parse(taskRow, row)
  return {
    plan: parsed.plan,
    task: {
      id: parsed.id,
      action: parsed.action,
      title: parsed.title,
      userName: parsed.user_name,
      hostId: parsed.host_id || null,
      state: parsed.state,
      startedAt: parsed.started_at,
      endedAt: parsed.ended_at,
      locks: parsed.plan.locks,
      progress: parsed.progress,
      fraction: parsed.fraction,
      outcome: parsed.outcome,
      error: parsed.error,
    },
  }
}

export function insertTask(
  db: Database,
  row: { plan: Plan; userName: string; hostId: string | null; startedAt: number },
): number {
  const result = db
    .prepare(
      `INSERT INTO task (action, title, user_name, host_id, state, started_at, plan)
       VALUES (?, ?, ?, ?, 'running', ?, ?)`,
    )
    .run(
      row.plan.action,
      row.plan.title,
      row.userName,
      row.hostId ?? '',
      row.startedAt,
      JSON.stringify(row.plan),
    )
  return Number(result.lastInsertRowid)
}

export function updateProgress(db: Database, id: number, progress: string, fraction: number | null) {
  db.prepare('UPDATE task SET progress = ?, fraction = ? WHERE id = ?').run(progress, fraction, id)
}

export type Ending = {
  state: Exclude<TaskState, 'running'>
  outcome: string
  error: Task['error']
  endedAt: number
}

/** Settles a running task, once; a settled one stays as it is. */
export function endTask(db: Database, id: number, ending: Ending) {
  db.prepare(
    `UPDATE task SET state = ?, outcome = ?, error = ?, ended_at = ?, progress = NULL
     WHERE id = ? AND state = 'running'`,
  ).run(ending.state, ending.outcome, ending.error && JSON.stringify(ending.error), ending.endedAt, id)
}

export function taskById(db: Database, id: number): StoredTask | null {
  const row = db.prepare('SELECT * FROM task WHERE id = ?').get(id)
  return row === undefined ? null : stored(row)
}

/**
 * Whose tasks may be seen: those of these hosts and of Skep itself, or those of all hosts but these, also of hosts that
 * are gone.
 */
export type TaskScope = { only: readonly string[] } | { except: readonly string[] }

export type TaskFilter = {
  host?: string | undefined
  state?: TaskState | undefined
  action?: string | undefined
  user?: string | undefined
  text?: string | undefined
}

/** Newest first, at most `limit`, older than the id `before`. `text` is looked for in title, action, outcome and commands. */
export function listTasks(
  db: Database,
  scope: TaskScope,
  { before, limit, host, state, action, user, text }: TaskFilter & { before?: number; limit: number },
): Task[] {
  const where: string[] = []
  const values: (string | number)[] = []
  const add = (sql: string, ...more: (string | number)[]) => {
    where.push(sql)
    values.push(...more)
  }
  if ('only' in scope) add(`host_id IN ('', ${scope.only.map(() => '?').join(', ') || "''"})`, ...scope.only)
  else if (scope.except.length > 0)
    add(`host_id NOT IN (${scope.except.map(() => '?').join(', ')})`, ...scope.except)
  if (before !== undefined) add('id < ?', before)
  if (host !== undefined) add('host_id = ?', host)
  if (state) add('state = ?', state)
  // A noun alone is every verb of it.
  if (action) add("(action = ? OR action LIKE ? ESCAPE '\\')", action, `${escapeLike(action)}.%`)
  if (user) add('user_name = ? COLLATE NOCASE', user)
  if (text) {
    const like = `%${escapeLike(text)}%`
    add(
      `(title LIKE ? ESCAPE '\\' OR action LIKE ? ESCAPE '\\' OR outcome LIKE ? ESCAPE '\\' OR EXISTS
        (SELECT 1 FROM command WHERE task_id = task.id AND argv LIKE ? ESCAPE '\\'))`,
      ...[like, like, like, like],
    )
  }
  const sql = `SELECT * FROM task ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY id DESC LIMIT ?`
  return db
    .prepare(sql)
    .all(...values, limit)
    .map(row => stored(row).task)
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** Tasks whose process ended before they did, oldest first. */
export function unfinishedTasks(db: Database): StoredTask[] {
  return db.prepare("SELECT * FROM task WHERE state = 'running' ORDER BY id").all().map(stored)
}

export function inScope(scope: TaskScope, hostId: string | null): boolean {
  if (hostId === null) return true
  return 'only' in scope ? scope.only.includes(hostId) : !scope.except.includes(hostId)
}

export function insertCommand(
  db: Database,
  taskId: number,
  command: Pick<TaskCommand, 'seq' | 'kind' | 'argv' | 'startedAt'>,
) {
  db.prepare('INSERT INTO command (task_id, seq, kind, argv, started_at) VALUES (?, ?, ?, ?, ?)').run(
    taskId,
    command.seq,
    command.kind,
    JSON.stringify(command.argv),
    command.startedAt,
  )
}

/** Writes the result of a command, and how often it has run. */
export function updateCommand(db: Database, taskId: number, command: TaskCommand) {
  db.prepare(
    `UPDATE command SET duration_ms = ?, exit = ?, stdout = ?, stderr = ?, truncated = ?, times = ?
     WHERE task_id = ? AND seq = ?`,
  ).run(
    command.durationMs,
    command.exit,
    command.stdout,
    command.stderr,
    command.truncated ? 1 : 0,
    command.times,
    taskId,
    command.seq,
  )
}

export function deleteCommand(db: Database, taskId: number, seq: number) {
  db.prepare('DELETE FROM command WHERE task_id = ? AND seq = ?').run(taskId, seq)
}

export function commandsOf(db: Database, taskId: number): TaskCommand[] {
  return db
    .prepare('SELECT * FROM command WHERE task_id = ? ORDER BY seq')
    .all(taskId)
    .map(row => {
      const { started_at, duration_ms, truncated, ...rest } = z.parse(commandRow, row)
      return { ...rest, startedAt: started_at, durationMs: duration_ms, truncated: truncated !== 0 }
    })
}

export type CommandOfTask = {
  taskId: number
  userName: string
  argv: string[]
  startedAt: number
  durationMs: number
}

const commandOfTask = z.object({
  task_id: z.number(),
  user_name: z.string(),
  argv: z.pipe(json, z.array(z.string())),
  started_at: z.number(),
  duration_ms: z.number(),
})

/** Commands of zfs and zpool that went well on a host and speak of a pool, from a moment on (Unix ms), oldest first. */
export function commandsSince(db: Database, hostId: string, from: number, pool: string): CommandOfTask[] {
  return db
    .prepare(
      `SELECT task_id, user_name, argv, command.started_at, duration_ms FROM command JOIN task ON task.id = task_id
       WHERE host_id = ? AND kind = 'run' AND exit = 0 AND command.started_at >= ? AND duration_ms IS NOT NULL
         AND argv LIKE '["z%' AND argv LIKE ? ESCAPE '\\'
       ORDER BY command.started_at`,
    )
    .all(hostId, from, `%${escapeLike(pool)}%`)
    .map(row => {
      const parsed = z.parse(commandOfTask, row)
      return {
        taskId: parsed.task_id,
        userName: parsed.user_name,
        argv: parsed.argv,
        startedAt: parsed.started_at,
        durationMs: parsed.duration_ms,
      }
    })
}
