'use client'
import Link from 'next/link'
import type { Vm } from '../../server/vms/model.ts'
import { usePaths } from '../host.tsx'
import { StateMark } from '../ui/State.tsx'
import { Thumbnail } from './screen/Thumbnail.tsx'
import { VM_STATES } from './words.ts'

/** Everybody's screen at one look: a card a guest, its picture with its state. */
export function ScreenCards({ vms }: { vms: readonly Vm[] }) {
  const paths = usePaths()
  return (
    <section aria-label="Screens" className="mb-4">
      <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-5">
        {vms.map(vm => (
          <li key={vm.name}>
            <Link
              href={paths.vm(vm.name, 'console')}
              className="block rounded-lg border border-line bg-panel p-2 hover:border-edge"
            >
              <Thumbnail guest={vm.name} missing={whyNoPicture(vm)} />
              <span className="mt-2 flex flex-wrap items-baseline gap-x-2">
                <span className="min-w-0 truncate font-medium">{vm.name}</span>
                <StateMark {...VM_STATES[vm.state]} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-muted text-sm">
        While these pictures are shown, Skep holds the one connection that bhyve gives to each running guest’s
        screen: a VNC client outside of Skep has to wait.
      </p>
    </section>
  )
}

function whyNoPicture(vm: Vm): string {
  if (vm.state === 'waiting') return 'Waits for its first viewer'
  if (vm.state !== 'running') return 'No picture'
  return vm.vnc ? 'No picture yet' : 'No framebuffer'
}
