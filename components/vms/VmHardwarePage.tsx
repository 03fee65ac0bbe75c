'use client'
import { Pencil } from 'lucide-react'
import type { VmDetail } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { listing } from '../ui/format.ts'
import { Section } from '../ui/Page.tsx'
import { commandLines } from './argv.ts'
import { confDiff } from './confDiff.ts'
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
          {vm.startedConf !== null && <ConfDiff before={vm.startedConf} after={vm.conf} />}
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
        <CodeBlock text={commandLines(vm.argv)} label="bhyve's command line" />
      </Section>
      <Section title={`${vm.name}.conf`}>
        <CodeBlock text={vm.conf} label={`${vm.name}.conf`} />
      </Section>
    </>
  )
}

/** What the running guest was started with, and what the conf says now. */
function ConfDiff({ before, after }: { before: string; after: string }) {
  return (
    <pre className="mt-2 overflow-x-auto rounded border border-line bg-panel px-3 py-1.5 font-mono text-xs leading-5">
      {confDiff(before, after).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: equal lines are told apart by their place only
        <span key={index} className={line.sign === '-' ? 'text-bad' : 'text-ok'}>
          {`${line.sign} ${line.text}\n`}
        </span>
      ))}
    </pre>
  )
}
