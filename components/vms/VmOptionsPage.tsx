'use client'
import { ListOrdered, Pencil } from 'lucide-react'
import { lazy } from 'react'
import type { VmDetail } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { KeyValues, Section } from '../ui/Page.tsx'
import { openStartOrder, vmReason } from './menu.tsx'
import { VmFrame } from './VmFrame.tsx'
import { AFTER_WORDS } from './words.ts'

const PolicyDialog = lazy(() => import('./PolicyDialog.tsx'))

export function VmOptionsPage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Options vm={vm} />}</VmFrame>
}

function Options({ vm }: { vm: VmDetail }) {
  const tools = useTools()
  const why = vmReason(vm, 'edit', tools)
  const { policy, protection } = vm
  const change = () => tools.open(close => <PolicyDialog vm={vm} onClose={close} />)
  return (
    <>
      <Section
        title="Life"
        actions={
          <Button small icon={<Pencil size={14} />} disabled={why} onClick={change}>
            Change
          </Button>
        }
      >
        <KeyValues
          items={[
            ['When it reboots', after(policy.onRestart)],
            ['When it crashes', after(policy.onFault)],
            ['When it powers off', 'Stay off'],
            ['Protected against being stopped', protection.stop ? 'Yes' : 'No'],
            ['Protected against being destroyed', protection.destroy ? 'Yes' : 'No'],
          ]}
        />
        <p className="mt-2 text-muted">
          A guest that ends within ten seconds is started again after a pause that doubles, up to a minute.
        </p>
      </Section>
      <Section
        title="Autostart"
        actions={
          <Button small icon={<ListOrdered size={14} />} disabled={why} onClick={() => openStartOrder(tools)}>
            Start order
          </Button>
        }
      >
        <p>
          {vm.autostart === null
            ? 'It does not start with the machine.'
            : `It starts with the machine, in place ${vm.autostart}.`}
        </p>
      </Section>
    </>
  )
}

function after(word: string): string {
  return AFTER_WORDS[word] ?? `${word}: stay off`
}
