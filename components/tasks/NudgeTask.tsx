'use client'
import { useState } from 'react'
import { roleOn } from '../../server/accounts/model.ts'
import type { Task } from '../../server/tasks/model.ts'
import { explain } from '../errors.ts'
import { useHosts } from '../host.tsx'
import { roleReason, useMe } from '../shell/me.ts'
import { Button } from '../ui/Button.tsx'
import { toastError } from '../ui/Toast.tsx'

/** Makes a task that waits go on at once: it cuts the power of the guest it waits for, waits for no more bytes, or lets a change stay. */
export function NudgeTask({ task, label }: { task: Pick<Task, 'id' | 'hostId'>; label: string }) {
  const access = useHosts()
  const me = useMe()
  const host = task.hostId ?? ''
  const [pressed, setPressed] = useState(false)
  async function nudge() {
    setPressed(true)
    try {
      await access(host).api.tasks.nudge.mutate({ id: task.id })
    } catch (error) {
      toastError(explain(error))
      setPressed(false)
    }
  }
  return (
    <Button small disabled={roleReason(me && roleOn(me, host), 'operator')} busy={pressed} onClick={nudge}>
      {label}
    </Button>
  )
}
