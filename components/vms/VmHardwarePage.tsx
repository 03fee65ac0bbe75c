'use client'
import { Pencil, Plus } from 'lucide-react'
import type { VmDetail } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { listing } from '../ui/format.ts'
import { MenuButton } from '../ui/Menu.tsx'
import { Section } from '../ui/Page.tsx'
import { commandLines } from './argv.ts'
import { DeviceList } from './hardware/DeviceList.tsx'
import { Diff } from './hardware/Diff.tsx'
import { addMenu, discardPending } from './hardware/menu.tsx'
import { doToVm, vmReason } from './menu.tsx'
import { PciChanges, PciMap } from './PciMap.tsx'
import { VmFrame } from './VmFrame.tsx'
import { isAlive } from './words.ts'

export function VmHardwarePage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Hardware vm={vm} />}</VmFrame>
}

function Hardware({ vm }: { vm: VmDetail }) {
  const tools = useTools()
  return (
    <>
      {vm.pending.length > 0 && (
        <Banner
          className="mb-4"
          title={`Pending: ${listing(vm.pending)}`}
          action={
            <Button small disabled={vmReason(vm, 'edit', tools)} onClick={() => discardPending(vm, tools)}>
              Discard
            </Button>
          }
        >
          The conf differs from the one it was started with. The change takes effect at its next cold start:
          shut it down and start it; a reset or a reboot inside the guest keeps the old hardware.
          {vm.startedConf !== null && (
            <div className="mt-2">
              <Diff label="Pending changes" before={vm.startedConf} after={vm.conf} />
            </div>
          )}
        </Banner>
      )}
      <Section
        title="Devices"
        actions={
          <>
            <MenuButton
              label="Add a device"
              items={() => addMenu(vm, tools)}
              className="inline-flex h-6 shrink-0 items-center gap-1.5 rounded-md border border-edge bg-panel px-2 font-medium text-sm hover:bg-sunken"
            >
              <Plus aria-hidden size={14} /> Add device
            </MenuButton>
            <Button
              small
              icon={<Pencil size={14} />}
              disabled={vmReason(vm, 'edit', tools)}
              onClick={() => doToVm(vm, 'edit', tools)}
            >
              Edit
            </Button>
          </>
        }
      >
        <DeviceList vm={vm} />
      </Section>
      <Section title="PCI map">
        <p className="mb-1 text-muted">{mapWords(vm)}</p>
        {vm.next ? <PciChanges changes={vm.next.devices} /> : <PciMap devices={vm.devices} />}
      </Section>
      <Section title={vm.argvOf === 'run' ? "bhyve's command line now" : "bhyve's command line"}>
        <CodeBlock text={commandLines(vm.argv)} label="bhyve's command line" />
      </Section>
      {vm.next && vm.next.argv.join(' ') !== vm.argv.join(' ') && (
        <Section title="bhyve's command line at its next cold start">
          <CodeBlock text={commandLines(vm.next.argv)} label="bhyve's next command line" />
        </Section>
      )}
      <Section title={`${vm.name}.conf`}>
        <CodeBlock text={vm.conf} label={`${vm.name}.conf`} />
      </Section>
    </>
  )
}

/** Of when the map is. */
function mapWords(vm: VmDetail): string {
  if (vm.next) return 'As it runs now, and what its next cold start makes of each device.'
  if (vm.argvOf === 'run') return 'As it runs now; its next cold start changes nothing.'
  if (isAlive(vm.state))
    return 'As its conf says. What it was started with is not known: Skep has not started it.'
  return 'As its next start will make it.'
}
