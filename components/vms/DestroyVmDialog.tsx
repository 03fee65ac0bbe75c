'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import type { VmDialogProps } from './dialog.ts'

/** Destroys a guest; each of its zvols only when it is ticked. The name is typed once more before the button is live. */
export default function DestroyVmDialog({ vm, onClose }: VmDialogProps) {
  const paths = usePaths()
  const router = useRouter()
  const volumes = vm.disks.flatMap(disk => (disk.dataset ? [disk.dataset] : []))
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [typed, setTyped] = useState('')
  const zvols = volumes.filter(name => ticked.has(name))
  const action = useAction(
    useApi().vms.destroy,
    { vm: vm.name, zvols },
    {
      onDone: () => {
        onClose()
        router.push(paths.vms())
      },
    },
  )
  return (
    <PlanDialog
      title={`Destroy ${vm.name}`}
      subtitle="Its conf and its directory go. A zvol goes only when you tick it."
      verb={zvols.length > 0 ? `Destroy it and ${plural(zvols.length, 'zvol')}` : 'Destroy, keep its zvols'}
      danger
      blocked={typed === vm.name ? null : `Type ${vm.name} to confirm.`}
      action={action}
      onClose={onClose}
    >
      {volumes.map(name => (
        <Checkbox
          key={name}
          label={<span className="font-mono text-sm">{name}</span>}
          checked={ticked.has(name)}
          onChecked={on =>
            setTicked(new Set(on ? [...ticked, name] : [...ticked].filter(each => each !== name)))
          }
        />
      ))}
      <Field label={`Type ${vm.name} to confirm`}>
        <Input mono data-autofocus value={typed} onChange={event => setTyped(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
