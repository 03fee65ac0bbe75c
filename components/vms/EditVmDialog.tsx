'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { VmDetail } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'
import type { VmDialogProps } from './dialog.ts'
import { isAlive } from './words.ts'

/** Name, CPUs, memory, autostart. The form is filled once; an edit made meanwhile by somebody else is refused as changed. */
export default function EditVmDialog({ vm, onClose }: VmDialogProps) {
  const detail = useQuery({ ...useTRPC().vms.get.queryOptions({ vm: vm.name }), staleTime: 0 })
  const first = useFresh(detail)
  if (first) return <EditForm vm={first} onClose={onClose} />
  return (
    <Dialog open onClose={onClose} title={`Edit ${vm.name}`}>
      {detail.error ? <ErrorNotice error={explain(detail.error)} /> : <Loading what="its conf" />}
    </Dialog>
  )
}

function EditForm({ vm, onClose }: { vm: VmDetail; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [name, setName] = useState(vm.name)
  const [cpus, setCpus] = useState(String(vm.cpus ?? ''))
  const [memory, setMemory] = useState(vm.memoryBytes ? String(vm.memoryBytes / 2 ** 20) : '')
  const [autostart, setAutostart] = useState(vm.autostart !== null)
  const changes = {
    ...(name !== vm.name ? { name } : {}),
    ...(cpus && Number(cpus) !== vm.cpus ? { cpus: Number(cpus) } : {}),
    ...(memory && Number(memory) * 2 ** 20 !== vm.memoryBytes ? { memoryMiB: Number(memory) } : {}),
    ...(autostart !== (vm.autostart !== null) ? { autostart } : {}),
  }
  const nothing = Object.keys(changes).length === 0
  const whole = (text: string) => /^\d+$/.test(text)
  const bad = (cpus && !whole(cpus)) || (memory && !whole(memory))
  const action = useAction(
    useApi().vms.edit,
    nothing || bad || !name ? null : { vm: vm.name, revision: vm.revision, ...changes },
    {
      onDone: () => {
        onClose()
        if (name !== vm.name) router.push(paths.vm(name))
      },
    },
  )
  return (
    <PlanDialog
      title={`Edit ${vm.name}`}
      subtitle={
        isAlive(vm.state) ? 'It is running: CPU and memory take effect at its next cold start.' : undefined
      }
      verb="Save"
      action={action}
      onClose={onClose}
      blocked={bad ? 'Numbers only.' : nothing ? 'Nothing is changed yet.' : name ? null : 'It needs a name.'}
    >
      <Field
        label="Name"
        error={action.fields.name}
        hint={isAlive(vm.state) ? 'A guest is renamed while it is stopped.' : undefined}
      >
        <Input
          mono
          value={name}
          disabled={isAlive(vm.state)}
          onChange={event => setName(event.target.value)}
        />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="CPUs" error={cpus && !whole(cpus) ? 'A whole number.' : action.fields.cpus}>
          <Input
            inputMode="numeric"
            data-autofocus
            value={cpus}
            onChange={event => setCpus(event.target.value)}
          />
        </Field>
        <Field
          label="Memory in MiB"
          error={memory && !whole(memory) ? 'A whole number.' : action.fields.memoryMiB}
        >
          <Input inputMode="numeric" value={memory} onChange={event => setMemory(event.target.value)} />
        </Field>
      </div>
      <Checkbox
        label="Start with the host"
        hint="Kept in vm_list of rc.conf, as vm(8) does."
        checked={autostart}
        onChecked={setAutostart}
      />
    </PlanDialog>
  )
}
