'use client'
import type { Task } from '../../server/tasks/model.ts'
import { useHostName, useSeveralHosts } from '../shell/useHostList.ts'

/** On which host it is, where there are several; nothing for work on Skep itself. */
export function TaskHost({ task }: { task: Pick<Task, 'hostId'> }) {
  const several = useSeveralHosts()
  const nameOf = useHostName()
  if (!several || task.hostId === null) return null
  return <span className="shrink-0 text-muted">on {nameOf(task.hostId)}</span>
}
