import { keepWaitOf } from '../../server/networks/model.ts'
import type { Task } from '../../server/tasks/model.ts'
import { shutdownWaitOf } from '../../server/vms/model.ts'
import { clock, duration } from '../ui/format.ts'

/** One line about a task: what it does now, or how it ended. */
export function taskLine(task: Pick<Task, 'state' | 'progress' | 'error' | 'outcome' | 'title'>): string {
  if (task.state === 'running') {
    const wait = shutdownWaitOf(task.progress)
    const trial = keepWaitOf(task.progress)
    if (trial) return `Taken back in ${clock((trial.ofSeconds - trial.seconds) * 1000)} unless kept`
    if (!wait) return task.progress ?? 'Working'
    return `Asked ${wait.vm} to shut down, forcing off in ${clock((wait.graceSeconds - wait.seconds) * 1000)}`
  }
  const line = task.error?.message ?? task.outcome ?? ''
  // It stands beside the title: "Start web1: done." is said shorter there.
  if (!line.startsWith(`${task.title}: `)) return line
  const rest = line.slice(task.title.length + 2)
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** How long it took, or has taken until `now`. */
export function taskDuration(task: Task, now: number): string {
  return duration((task.endedAt ?? Math.max(now, task.startedAt)) - task.startedAt)
}
