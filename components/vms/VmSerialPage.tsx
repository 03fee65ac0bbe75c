'use client'
import { Play } from 'lucide-react'
import { useState } from 'react'
import type { VmDetail } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { doToVm, vmReason } from './menu.tsx'
import { Serial } from './serial/Serial.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmSerialPage({ name }: { name: string }) {
  return (
    <VmFrame name={name} filling>
      {vm => <SerialOf vm={vm} />}
    </VmFrame>
  )
}

function SerialOf({ vm }: { vm: VmDetail }) {
  const tools = useTools()
  const [chosen, setChosen] = useState('com1')
  const { comPorts } = vm
  const port = comPorts.includes(chosen) ? chosen : comPorts[0]
  if (port === undefined)
    return (
      <EmptyState title={`${vm.name} has no serial port`}>
        Its conf says <code>comports=""</code>. Give it one on its Hardware page.
      </EmptyState>
    )
  return (
    <Serial
      key={port}
      vm={vm}
      port={port}
      choice={
        comPorts.length > 1 && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
          <div role="group" aria-label="Port" className="flex gap-1">
            {comPorts.map(each => (
              <Button key={each} aria-pressed={each === port} onClick={() => setChosen(each)}>
                {each}
              </Button>
            ))}
          </div>
        )
      }
      startAction={
        <Button
          small
          icon={<Play size={14} />}
          disabled={vmReason(vm, 'start', tools)}
          onClick={() => doToVm(vm, 'start', tools)}
        >
          Start {vm.name}
        </Button>
      }
    />
  )
}
