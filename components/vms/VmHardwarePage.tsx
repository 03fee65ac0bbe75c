'use client'
import { Pencil } from 'lucide-react'
import type { VmDetail } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { listing } from '../ui/format.ts'
import { Section } from '../ui/Page.tsx'
import { commandLine } from '../ui/shell.ts'
import { doToVm, vmReason } from './menu.tsx'
import { PciMap } from './PciMap.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmHardwarePage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Hardware vm={vm} />}</VmFrame>
}

function Hardware({ vm }: { vm: VmDetail }) {
  const tools = useTools()
  return (
    <>
      {vm.pending.length > 0 && (
        <Banner className="mb-4" title={`Pending: ${listing(vm.pending)}`}>
          The conf differs from the one it was started with. The change takes effect at its next cold start:
          shut it down and start it; a reset or a reboot inside the guest keeps the old hardware.
        </Banner>
      )}
      <Section
        title="PCI devices"
        actions={
          <Button
            small
            icon={<Pencil size={14} />}
            disabled={vmReason(vm, 'edit', tools)}
            onClick={() => doToVm(vm, 'edit', tools)}
          >
            Edit
          </Button>
        }
      >
        <PciMap devices={vm.devices} />
      </Section>
      <Section title="bhyve's command line">
        <CodeBlock text={commandLine(vm.argv)} label="bhyve's command line" />
      </Section>
      <Section title={`${vm.name}.conf`}>
        <CodeBlock text={vm.conf} label={`${vm.name}.conf`} />
      </Section>
    </>
  )
}
