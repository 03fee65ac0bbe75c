'use client'
import { useState } from 'react'
import { AFTER_RUN, type VmDetail } from '../../server/vms/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Checkbox, Field, Select } from '../ui/Field.tsx'
import { EditDialog } from './hardware/EditDialog.tsx'
import { AFTER_WORDS } from './words.ts'

/** What follows when bhyve has ended, and what nobody may do to the guest by a slip. */
export default function PolicyDialog({ vm, onClose }: { vm: VmDetail; onClose: () => void }) {
  const [onRestart, setOnRestart] = useState(vm.policy.onRestart)
  const [onFault, setOnFault] = useState(vm.policy.onFault)
  const [stop, setStop] = useState(vm.protection.stop)
  const [destroy, setDestroy] = useState(vm.protection.destroy)
  const isSame =
    onRestart === vm.policy.onRestart &&
    onFault === vm.policy.onFault &&
    stop === vm.protection.stop &&
    destroy === vm.protection.destroy
  const action = useAction(
    useApi().vms.setPolicy,
    isSame
      ? null
      : {
          vm: vm.name,
          revision: vm.revision,
          policy: { onRestart, onFault },
          protection: { stop, destroy },
        },
    { onDone: onClose },
  )
  return (
    <EditDialog
      vm={vm}
      title={`Options of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={isSame ? 'Nothing is changed yet.' : null}
      fieldsShown={['onRestart', 'onFault']}
      onClose={onClose}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="When it reboots" error={action.fields.onRestart}>
          <Select choices={choicesWith(vm.policy.onRestart)} value={onRestart} onValue={setOnRestart} />
        </Field>
        <Field label="When it crashes" error={action.fields.onFault}>
          <Select choices={choicesWith(vm.policy.onFault)} value={onFault} onValue={setOnFault} />
        </Field>
      </div>
      <Checkbox
        label="Protect it against being stopped"
        hint="Shutting down, forcing off, resetting and roll backs of its disks while it runs are refused. It counts at once."
        checked={stop}
        onChecked={setStop}
      />
      <Checkbox
        label="Protect it against being destroyed"
        hint="Destroying it, or a dataset with its disks or its conf, is refused. It counts at once."
        checked={destroy}
        onChecked={setDestroy}
      />
    </EditDialog>
  )
}

/** What the conf says may be a word of somebody else's, which vm-bhyve takes for “stay off”. */
function choicesWith(now: string) {
  const values = AFTER_RUN.some(known => known === now) ? AFTER_RUN : [now, ...AFTER_RUN]
  return values.map(value => ({ value, label: AFTER_WORDS[value] ?? `${value}: stay off` }))
}
