import type { ReactNode } from 'react'
import type { VmDetail } from '../../../server/vms/model.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { Time } from '../../ui/Time.tsx'
import { ME_ELSEWHERE } from '../screen/keyboard.ts'
import { isAlive } from '../words.ts'
import type { SerialStatus } from './session.ts'

/** What stands in the way; nothing while all is well. */
export function Obstacle({
  vm,
  status,
  startAction,
  onTake,
}: {
  vm: VmDetail
  status: SerialStatus | null
  startAction: ReactNode
  onTake: () => void
}) {
  if (!status || status.connection === 'connecting')
    return (
      <p role="status" className="mb-2 flex items-center gap-2 text-muted">
        <Spinner /> Connecting to the serial port…
      </p>
    )
  if (status.connection === 'signed-out')
    return <Banner live tone="warning" className="mb-2" title="You are signed out. Sign in again to go on." />
  if (status.connection === 'ended')
    return <Banner live tone="warning" className="mb-2" title={status.message} />
  if (status.connection === 'lost')
    return (
      <Banner live tone="warning" className="mb-2" title={status.message ?? 'The connection to Skep broke.'}>
        It is tried again by itself; the guest is not affected.
      </Banner>
    )
  const { held, keyboard } = status
  if (held?.open === false)
    return (
      <Banner live tone="warning" className="mb-2" title={held.message}>
        {held.next} What {vm.name} says until then will not be here.
      </Banner>
    )
  if (keyboard?.takenBy)
    return (
      <Banner
        live
        className="mb-2"
        action={
          <Button small onClick={onTake}>
            Take it back
          </Button>
        }
      >
        {keyboard.takenBy === ME_ELSEWHERE
          ? 'You took the keyboard in another window.'
          : `${keyboard.takenBy} took the keyboard.`}{' '}
        You still see what comes.
      </Banner>
    )
  if (status.dropped)
    return (
      <Banner live tone="warning" className="mb-2" title={`What you typed last did not reach ${vm.name}.`}>
        It does not read its serial port just now.
      </Banner>
    )
  if (isAlive(vm.state)) return null
  return (
    <Banner live className="mb-2" title={`${vm.name} is not running.`}>
      What it said before stays here, and what it says from power-on follows. {startAction}
    </Banner>
  )
}

/** Where keys go, how to get out of the terminal, and since when Skep listens. */
export function Foot({ vm, status }: { vm: VmDetail; status: SerialStatus | null }) {
  const held = status?.connection === 'live' && status.held?.open ? status.held : null
  const missed = held !== null && vm.startedAt !== null && vm.startedAt < held.since
  return (
    <p className="mt-1 text-muted text-sm">
      <Keys status={status} />
      {held && (
        <>
          {' '}
          Skep listens since <Time at={held.since} />
          {missed && `; ${vm.name} was started before that, and what it said meanwhile is not here`}.
        </>
      )}
    </p>
  )
}

function Keys({ status }: { status: SerialStatus | null }) {
  if (status?.connection !== 'live') return 'Nothing is typed while there is no connection.'
  if (!status.keyboard?.mine) return 'Your keys do not go to the guest.'
  return (
    <>
      Every key goes to the guest. <kbd>Ctrl</kbd>+<kbd>F6</kbd> leaves the terminal.
    </>
  )
}
