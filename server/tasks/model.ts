import type { ErrorCode, ErrorDetail } from '../errors.ts'

/** One thing a plan will do, in order. What is shown is what runs: `argv` is the exact argv. */
export type Step = {
  /** A short sentence in the user's nouns: "Destroy 2 newer snapshots". */
  title: string
  /** The command, when the step is one. */
  argv?: string[]
  /** The file written, when the step writes one; `before` null when it is new. */
  file?: { path: string; before: string | null; after: string }
  /** Anything else the step waits for or does, in words: "ACPI power button, up to 90 s, then ask again". */
  note?: string
}

/** A thing that will be destroyed or lost, named. */
export type Victim = {
  kind: 'snapshot' | 'bookmark' | 'clone' | 'filesystem' | 'volume' | 'hold' | 'data' | 'disk' | 'vm' | 'file'
  name: string
  /** ZFS guid (decimal string): the same name with another guid is another thing. */
  guid?: string
  bytes?: number
  createdAt?: number
}

/** A reason the plan cannot be carried out as asked, found before any command runs. */
export type Refusal = { code: ErrorCode; message: string; detail?: ErrorDetail }

/**
 * Facts in, exactly what will happen out. A refused plan has no steps; its refusal says why and what next.
 * `digest` covers steps, victims and subjects with their guids, not byte counts, which drift while people read.
 */
export type Plan = {
  /** `snapshots.rollback`: noun and verb of the action. */
  action: string
  /** One sentence: "Roll back tank/vms/debian to @before-upgrade". */
  title: string
  steps: Step[]
  victims: Victim[]
  /** What the plan stands on without destroying it (the snapshot it goes back to), so that another one is no longer it. */
  subjects?: { name: string; guid: string }[]
  /** Sentences a person should read before they press the button. */
  warnings: string[]
  /** Resource names this holds while it runs: `vm:web1`, `dataset:tank/vms/web1`, `pool:tank`. */
  locks: string[]
  /** Bytes that become free, where ZFS's own dry run says so. */
  freedBytes?: number
  refused?: Refusal
  /** Verb-specific facts that the dialog shows. */
  facts?: unknown
  digest: string
}

export const TASK_STATES = ['running', 'done', 'failed', 'interrupted'] as const
export type TaskState = (typeof TASK_STATES)[number]

/** One command of a task with its result; output is cut at 64 KiB, `truncated` says so. */
export type TaskCommand = {
  seq: number
  /** `run`: a program. Otherwise a file of the host that was written, removed or made; argv is then the verb and its path. */
  kind: 'run' | 'write' | 'remove' | 'mkdir' | 'rename'
  argv: string[]
  /** How often the same command ran in a row with the same result (a wait that looks again and again). */
  times: number
  startedAt: number
  /** null while it runs. */
  durationMs: number | null
  exit: number | null
  stdout: string
  stderr: string
  truncated: boolean
}

export type Task = {
  id: number
  /** `snapshots.rollback` */
  action: string
  title: string
  userName: string
  /** Null for work on Skep's own things: accounts. */
  hostId: string | null
  state: TaskState
  startedAt: number
  endedAt: number | null
  locks: string[]
  /** What it is doing now: "Waiting for debian01 to shut down". */
  progress: string | null
  /** 0 to 1 where known. */
  fraction: number | null
  /** How it ended, one sentence. */
  outcome: string | null
  error: { code: ErrorCode; message: string; detail: ErrorDetail } | null
}

export type TaskWithDetail = Task & { plan: Plan; commands: TaskCommand[] }
