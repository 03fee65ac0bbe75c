import { keepWaitOf } from '../../server/networks/model.ts'
import type { Task } from '../../server/tasks/model.ts'
import { shutdownWaitOf } from '../../server/vms/model.ts'
import { NudgeTask } from './NudgeTask.tsx'

const ARRIVALS: readonly string[] = ['images.upload', 'images.fetch']

/** The way to make a running task go on with what it would do later, or to call it off; null where there is none. */
export function jumpOf(task: Pick<Task, 'id' | 'hostId' | 'action' | 'state' | 'progress'>) {
  if (task.state !== 'running') return null
  if (shutdownWaitOf(task.progress)) return <NudgeTask key={task.id} task={task} label="Force off now" />
  if (keepWaitOf(task.progress)) return <NudgeTask key={task.id} task={task} label="Keep the change" />
  // What has arrived stays.
  return ARRIVALS.includes(task.action) ? <NudgeTask key={task.id} task={task} label="Stop" /> : null
}
