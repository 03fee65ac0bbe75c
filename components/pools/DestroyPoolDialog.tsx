'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Destroys it with everything the plan names; its name is typed before the button is live. */
export default function DestroyPoolDialog({ pool, onClose }: { pool: string; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const action = useAction(
    useApi().pools.destroy,
    { pool },
    {
      onDone: () => {
        onClose()
        router.push(paths.pools())
      },
    },
  )
  return (
    <PlanDialog
      title={`Destroy the pool ${pool}`}
      subtitle="With every dataset and every snapshot in it. Its disks are free then."
      verb="Destroy the pool"
      danger
      action={action}
      onClose={onClose}
      blocked={typed === pool ? null : `Type ${pool} to confirm.`}
    >
      <Field label={`Type ${pool} to confirm`}>
        <Input mono data-autofocus value={typed} onChange={event => setTyped(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
