import type { Task } from '../../server/tasks/model.ts'
import { duration } from '../ui/format.ts'

/** One line about a task: what it does now, or how it ended. */
export function taskLine(task: Task): string {
  if (task.state === 'running') return task.progress ?? 'Working'
  const line = task.error?.message ?? task.outcome ?? ''
  // It stands beside the title: "Start web1: done." is said shorter there.
  const rest = line.startsWith(`${task.title}: `) ? line.slice(task.title.length + 2) : line
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** How long it took, or has taken until `now`. */
export function taskDuration(task: Task, now: number): string {
  return duration((task.endedAt ?? Math.max(now, task.startedAt)) - task.startedAt)
}
