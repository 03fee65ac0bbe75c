import type { Dataset } from '../../server/datasets/model.ts'
import type { HostSummary } from '../../server/hosts/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Capability, HostStatus } from '../../server/system/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { percent } from '../ui/format.ts'
import { type HostPaths, pathsOf } from './paths.ts'
import { VDEV_STATES } from './state.ts'

export type Alert = { id: string; tone: 'warning' | 'bad'; text: string; href: string }

/** Beyond this share a pool slows down and soon takes no writes: a warning; beyond the second it is bad. */
const FULL_WARNING = 85
const FULL_BAD = 95

type Facts = {
  pools: readonly Pool[] | null
  datasets: readonly Dataset[] | null
  vms: readonly Vm[] | null
  capabilities: readonly Capability[] | null
  status: HostStatus | null
}

/** Everything that is not well, worst first, each with where to look. */
export function alertsOf({ pools, datasets, vms, capabilities, status }: Facts, paths: HostPaths): Alert[] {
  const alerts: Alert[] = []
  if (status?.state === 'lost') {
    alerts.push({
      id: 'host',
      tone: 'bad',
      text: status.reason ?? 'The host does not answer.',
      href: paths.machine(),
    })
  }
  for (const pool of pools ?? []) {
    if (pool.health !== 'ONLINE') {
      const { tone, word } = VDEV_STATES[pool.health]
      alerts.push({
        id: `health ${pool.name}`,
        tone: tone === 'bad' ? 'bad' : 'warning',
        text: `The pool ${pool.name} is ${word.toLowerCase()}.`,
        href: paths.pool(pool.name),
      })
    }
    if (pool.capacityPercent >= FULL_WARNING) {
      alerts.push({
        id: `full ${pool.name}`,
        tone: pool.capacityPercent >= FULL_BAD ? 'bad' : 'warning',
        text: `The pool ${pool.name} is ${percent(pool.capacityPercent / 100)} full.`,
        href: paths.pool(pool.name),
      })
    }
  }
  for (const { name, availableBytes } of datasets ?? []) {
    // Full for its users long before the pool's own figure says so: reservations, quotas and what ZFS keeps for itself.
    if (!name.includes('/') && availableBytes === 0) {
      alerts.push({
        id: `room ${name}`,
        tone: 'bad',
        text: `The pool ${name} has no room left: nothing can be written outside of what is reserved.`,
        href: paths.dataset(name),
      })
    }
  }
  for (const vm of vms ?? []) {
    if (vm.state === 'crashed' || vm.state === 'leftover') {
      alerts.push({
        id: `vm ${vm.name}`,
        tone: vm.state === 'crashed' ? 'bad' : 'warning',
        // What exactly is left stands on its page.
        text: `${vm.name}: ${vm.state === 'crashed' ? (vm.stateReason ?? 'it crashed.') : 'a bhyve that died left things behind.'}`,
        href: paths.vm(vm.name),
      })
    } else if (vm.problems[0]) {
      alerts.push({
        id: `vm ${vm.name}`,
        tone: 'warning',
        text: `${vm.name}: ${vm.problems[0]}`,
        href: paths.vm(vm.name),
      })
    }
  }
  for (const capability of capabilities ?? []) {
    if (capability.state === 'ok' || capability.state === 'absent') continue
    alerts.push({
      id: `host ${capability.id}`,
      tone: capability.state === 'missing' ? 'bad' : 'warning',
      text: capability.reason,
      href: paths.machine(),
    })
  }
  return alerts.sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'))
}

/** The same of hosts that are only glanced at: one sentence for each thing, which leads to the host. */
export function alertsOfHosts(hosts: readonly HostSummary[]): Alert[] {
  return hosts.flatMap(({ id, name, status, glance }): Alert[] => {
    const href = pathsOf(id).overview()
    if (status.state === 'lost') {
      return [{ id: `lost ${id}`, tone: 'bad', text: `${name} does not answer.`, href }]
    }
    const alerts: Alert[] = (glance?.unwell ?? []).map(pool => ({
      id: `unwell ${id} ${pool}`,
      tone: 'bad',
      text: `${name}: the pool ${pool} is not well.`,
      href: pathsOf(id).pool(pool),
    }))
    const full = glance?.fullest
    if (full && full.percent >= FULL_WARNING) {
      alerts.push({
        id: `full ${id} ${full.name}`,
        tone: full.percent >= FULL_BAD ? 'bad' : 'warning',
        text: `${name}: the pool ${full.name} is ${percent(full.percent / 100)} full.`,
        href: pathsOf(id).pool(full.name),
      })
    }
    if (glance && glance.crashed > 0) {
      const what = glance.crashed === 1 ? 'a guest has' : `${glance.crashed} guests have`
      alerts.push({
        id: `crashed ${id}`,
        tone: 'bad',
        text: `${name}: ${what} crashed.`,
        href: pathsOf(id).vms(),
      })
    }
    return alerts
  })
}
