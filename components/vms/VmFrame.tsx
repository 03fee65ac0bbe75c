'use client'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis, Play, Power } from 'lucide-react'
import type { ReactNode } from 'react'
import type { VmDetail } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { bytes } from '../ui/format.ts'
import { MenuButton } from '../ui/Menu.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge, StateMark } from '../ui/State.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { Time } from '../ui/Time.tsx'
import { doToVm, vmMenu, vmReason } from './menu.tsx'
import { StopLadder } from './StopLadder.tsx'
import { Uptime } from './Uptime.tsx'
import { isAlive, VM_STATES } from './words.ts'

/** The head that all tabs of a guest share: name, state, verbs. `children` gets the guest once it is known. */
export function VmFrame({
  name,
  filling,
  children,
}: {
  name: string
  /** The page is as high as the window leaves: what is below the head fills the rest. */
  filling?: boolean
  children: (vm: VmDetail) => ReactNode
}) {
  const query = useQuery(useTRPC().vms.get.queryOptions({ vm: name }))
  const vm = query.data
  return (
    <div className={cx('flex flex-col', filling && 'h-full min-h-[26rem]')}>
      {vm ? <Head vm={vm} /> : <PageHeader title={name} />}
      {query.error && !vm && <ErrorNotice error={explain(query.error)} />}
      {query.error && vm && (
        <Banner tone="warning" live className="mb-3" title={explain(query.error).what}>
          What you see is what the host said <Time at={query.dataUpdatedAt} />.
        </Banner>
      )}
      {vm ? children(vm) : !query.error && <Loading what={name} lines={6} />}
    </div>
  )
}

function Head({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const tools = useTools()
  const alive = isAlive(vm.state)
  const verb = (
    which: 'start' | 'shutdown' | 'reset' | 'cleanUp',
    label: string,
    look?: 'primary',
    icon?: ReactNode,
  ) => (
    <Button
      look={look}
      icon={icon}
      disabled={vmReason(vm, which, tools)}
      onClick={() => doToVm(vm, which, tools)}
    >
      {label}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={vm.name}
        badges={
          <>
            <Badge>
              <StateMark {...VM_STATES[vm.state]} />
              {alive && (
                <span>
                  {vm.pid !== null && `· pid ${vm.pid} `}
                  {vm.startedAt !== null && (
                    <>
                      · <Uptime since={vm.startedAt} />
                    </>
                  )}
                </span>
              )}
            </Badge>
            {vm.cpus !== null && vm.memoryBytes !== null && (
              <Badge>
                {vm.cpus} CPU · {bytes(vm.memoryBytes)}
              </Badge>
            )}
          </>
        }
        actions={
          <>
            {vm.state === 'leftover' && verb('cleanUp', 'Clean up', 'primary')}
            {alive
              ? verb('shutdown', 'Shut down', undefined, <Power size={16} />)
              : verb('start', 'Start', 'primary', <Play size={16} />)}
            {alive && verb('reset', 'Reset')}
            <MenuButton iconOnly label={`More actions of ${vm.name}`} items={() => vmMenu(vm, tools)}>
              <Ellipsis aria-hidden size={16} />
            </MenuButton>
          </>
        }
      />
      <Tabs
        label={`Pages of ${vm.name}`}
        tabs={[
          { label: 'Overview', href: paths.vm(vm.name) },
          { label: 'Console', href: paths.vm(vm.name, 'console') },
          { label: 'Serial', href: paths.vm(vm.name, 'serial') },
          {
            label: 'Hardware',
            href: paths.vm(vm.name, 'hardware'),
            ...(vm.pending.length > 0 ? { note: `${vm.pending.length} pending` } : {}),
          },
          { label: 'Options', href: paths.vm(vm.name, 'options') },
          { label: 'Snapshots', href: paths.vm(vm.name, 'snapshots') },
          { label: 'Log', href: paths.vm(vm.name, 'log'), count: vm.runs.length },
        ]}
      />
      <StopLadder vm={vm.name} className="mb-3" />
      {vm.stateReason && (
        <Banner
          live
          tone={
            vm.state === 'crashed'
              ? 'bad'
              : vm.state === 'running' || vm.state === 'waiting'
                ? 'info'
                : 'warning'
          }
          className="mb-3"
          title={vm.stateReason}
        >
          {vm.state === 'crashed' ? vm.lastExit?.next : null}
        </Banner>
      )}
      {vm.problems.map(problem => (
        <Banner key={problem} tone="warning" className="mb-3" title="Its conf cannot be started as it is.">
          {problem}
        </Banner>
      ))}
    </>
  )
}
