/** What the plans of switches stand on, read from the host now. */
import type { PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { parseRelease } from '../host/freebsd-version.ts'
import type { Host } from '../host/host.ts'
import { listInterfaces } from '../host/ifconfig.ts'
import { listProcesses } from '../host/ps.ts'
import { readSysctls } from '../host/sysctl.ts'
import { uname } from '../host/uname.ts'
import { readIfThere, readSetup } from '../vms/read.ts'
import type { TrialState } from './plan.edit.ts'
import type { NetworkFacts } from './plan.ts'
import { networkState } from './read.ts'
import { trialPaths } from './trial.ts'

export async function readFacts(context: PlanContext): Promise<NetworkFacts> {
  const { host } = context
  const [setup, interfaces, vms, membersMayHaveAddresses] = await Promise.all([
    readSetup(host),
    listInterfaces(host),
    freshVms(context),
    mayMembersHaveAddresses(host),
  ])
  const state = networkState(setup.vmDir, setup.system, interfaces)
  const system = state.settings === null ? null : await readIfThere(host, state.settings)
  return { state, system, vms, membersMayHaveAddresses }
}

/** bridge(4): from FreeBSD 15 on not, unless a setting allows it. */
async function mayMembersHaveAddresses(host: Host): Promise<boolean> {
  const [{ release }, settings] = await Promise.all([uname(host), readSysctls(host, [ALLOWS])])
  const major = parseRelease(release)?.major
  return settings.has(ALLOWS) ? settings.get(ALLOWS) === '1' : major !== undefined && major < 15
}

const ALLOWS = 'net.link.bridge.member_ifaddrs'

/** What is there of an earlier change of this switch that was on trial. */
export async function readTrial(host: Host, name: string): Promise<TrialState> {
  const { script: path, taken } = trialPaths(name)
  const [script, isTaking, processes] = await Promise.all([
    readIfThere(host, path),
    host.stat(taken),
    listProcesses(host),
  ])
  const runs = processes.some(({ args }) => /^(\S*\/)?sh /.test(args) && args.endsWith(` ${path}`))
  return { script, isUnderWay: runs && (script !== null || isTaking !== null) }
}
