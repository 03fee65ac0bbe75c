import type { Task } from '../../server/tasks/model.ts'
import { duration } from '../ui/format.ts'

/** One line about a task: what it does now, or how it ended. */
export function taskLine(task: Task): string {
  if (task.state === 'running') return task.progress ?? 'Working'
  return task.error?.message ?? task.outcome ?? ''
}

/** How long it took, or has taken until `now`. */
export function taskDuration(task: Task, now: number): string {
  return duration((task.endedAt ?? Math.max(now, task.startedAt)) - task.startedAt)
}
