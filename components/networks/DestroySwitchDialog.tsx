'use client'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Takes a switch that nobody is plugged into out of the kernel and of vm-bhyve's settings. */
export default function DestroySwitchDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const pathname = usePathname()
  const [typed, setTyped] = useState('')
  const action = useAction(
    useApi().networks.destroy,
    { name },
    {
      onDone: () => {
        onClose()
        if (pathname === paths.network(name)) router.push(paths.networks())
      },
    },
  )
  return (
    <PlanDialog
      title={`Destroy the switch ${name}`}
      subtitle="Its bridge goes, and with it what vm-bhyve knows of it. Cards of the machine stay."
      verb="Destroy switch"
      danger
      action={action}
      onClose={onClose}
      blocked={typed === name ? null : `Type ${name} to confirm.`}
    >
      <Field label={`Type ${name} to confirm`}>
        <Input mono data-autofocus value={typed} onChange={event => setTyped(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
