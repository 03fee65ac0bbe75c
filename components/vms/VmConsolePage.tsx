'use client'
import { Play } from 'lucide-react'
import type { VmDetail } from '../../server/vms/model.ts'
import { usePaths } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { doToVm, vmReason } from './menu.tsx'
import { Screen } from './screen/Screen.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmConsolePage({ name }: { name: string }) {
  return (
    <VmFrame name={name} filling>
      {vm => <Console vm={vm} />}
    </VmFrame>
  )
}

function Console({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const tools = useTools()
  return (
    <Screen
      guest={vm.name}
      ownWindowHref={`${paths.vm(vm.name, 'console')}/window`}
      startAction={
        <Button
          look="primary"
          icon={<Play size={16} />}
          disabled={vmReason(vm, 'start', tools)}
          onClick={() => doToVm(vm, 'start', tools)}
        >
          Start
        </Button>
      }
    />
  )
}
