/** What the verbs of a running life will do: start, shut down, force off, reset, clean up. Pure: facts in, plan out. */
import { destroyArgv, forcePoweroffArgv, forceResetArgv, injectNmiArgv } from '../host/bhyvectl.ts'
import { daemonArgv } from '../host/daemon.ts'
import { destroyInterfaceArgv } from '../host/ifconfig.ts'
import { killArgv } from '../host/kill.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { StartFacts } from './launch.ts'
import { type Vm, type VmVerb, whyNot } from './model.ts'
import { type Leftover, leftoverWords, sentenceList, writtenDisks } from './state.ts'
import { whyBadName } from './validate.ts'

export function vmLock(name: string): string {
  return `vm:${name}`
}

function no(message: string, next?: string, field?: string): Refusal {
  return { code: 'refused', message, detail: { ...(next ? { next } : {}), ...(field ? { field } : {}) } }
}

/** The refusal of a verb that the guest's state does not allow, or null. */
export function stateRefusal(vm: Vm, verb: VmVerb): Refusal | null {
  const why = whyNot(vm, verb)
  return why === null ? null : no(`${vm.name}: ${why}`)
}

function scriptPath(vm: Pick<Vm, 'directory'>): string {
  return `${vm.directory}/.skep/run.sh`
}

/** The last two steps of every start: what other nouns show when they start a guest again. */
export function startSteps(vm: Pick<Vm, 'name' | 'directory'>): Step[] {
  return [
    { title: `Start ${vm.name}`, argv: daemonArgv(['/bin/sh', scriptPath(vm)]) },
    { title: `Wait until ${vm.name} runs`, note: 'until bhyve shows its title, or has ended with a reason' },
  ]
}

export function planStart(facts: StartFacts): Plan {
  const { vm, guest } = facts.read
  const title = `Start ${vm.name}`
  const refused = stateRefusal(vm, 'start') ?? startRefusal(facts)
  if (refused) return refusedPlan('vms.start', title, refused)
  const confPath = `${vm.directory}/${vm.name}.conf`
  const steps: Step[] = facts.missingModules.map(module => ({
    title: `Load the kernel module ${module}`,
    argv: ['kldload', '-n', module],
  }))
  if (facts.conf !== guest.conf) {
    steps.push({
      title: `Give ${vm.name} a uuid and network addresses that stay`,
      file: { path: confPath, before: guest.conf, after: facts.conf },
    })
  }
  const copy = facts.marked.launch?.copyVars
  if (copy) steps.push({ title: 'Copy the firmware variables', argv: ['cp', copy.from, copy.to] })
  steps.push(
    {
      title: 'Write the run script',
      file: { path: scriptPath(vm), before: facts.oldScript, after: facts.script ?? '' },
    },
    {
      title: 'Keep the configuration it is started with',
      file: { path: `${vm.directory}/.skep/started.conf`, before: facts.oldStartedConf, after: facts.conf },
    },
    ...startSteps(vm),
  )
  return withDigest({
    action: 'vms.start',
    title,
    steps,
    victims: [],
    warnings: startWarnings(facts),
    // Of two guests with one disk that are started at once, neither shows yet that it runs.
    locks: [vmLock(vm.name), ...writtenDisks(vm).map(path => `disk:${path}`)],
    facts: { argv: facts.shown.launch?.argv ?? [], vnc: facts.shown.launch?.vnc ?? null },
  })
}

function startRefusal(facts: StartFacts): Refusal | null {
  const { vm } = facts.read
  if (facts.marked.refused) return facts.marked.refused
  const disk = facts.missingDisks[0]
  if (disk) {
    return no(
      `Disk ${disk.index} of ${vm.name}, ${disk.path || 'an iSCSI target'}, is not there.`,
      undefined,
      `disk${disk.index}_name`,
    )
  }
  const shared = facts.sharing[0]
  if (shared) {
    const message = `${shared.guest} is running on ${shared.path}, which is a disk of ${vm.name} too: two writers would ruin what is on it.`
    return { ...no(message, `Shut ${shared.guest} down first.`), code: 'in_use' }
  }
  const bad = whyBadName(vm.name)
  if (bad)
    return no(
      `${vm.name} has a name that vm-bhyve does not take. ${bad}`,
      'Rename its directory and its conf.',
    )
  const memory = facts.memoryOfHostBytes
  if (memory !== null && vm.memoryBytes !== null && vm.memoryBytes > memory) {
    return no(`${vm.name} wants more memory than this machine has.`, 'Give it less memory.', 'memory')
  }
  return null
}

function startWarnings(facts: StartFacts): string[] {
  const warnings = facts.nics
    .filter(nic => nic.unplugged)
    .map(
      nic =>
        `The switch ${nic.switchName} has no bridge on this host: network ${nic.index} starts unplugged.`,
    )
  const { vm } = facts.read
  if (facts.shown.launch?.vnc?.startsWith('0.0.0.0:') && vm.graphics) {
    warnings.push(`Its screen listens on every address of this machine (graphics_listen is not 127.0.0.1).`)
  }
  return warnings
}

/** Steps of a shutdown, for the plan of this and of other nouns. */
export function stopSteps(vm: Vm, graceSeconds = 90): Step[] {
  const pid = vm.pid ?? 0
  return [
    { title: `Ask ${vm.name} to shut down`, argv: killArgv('TERM', pid), note: 'the ACPI power button' },
    {
      title: `Wait for ${vm.name} to shut down`,
      note: `up to ${graceSeconds} s, asked again on the way; then its power is cut`,
    },
  ]
}

export function planShutdown(vm: Vm, graceSeconds: number): Plan {
  const title = `Shut down ${vm.name}`
  const refused = stateRefusal(vm, 'shutdown')
  if (refused) return refusedPlan('vms.shutdown', title, refused)
  const early = vm.state === 'waiting' || vm.state === 'firmware'
  return withDigest({
    action: 'vms.shutdown',
    title,
    steps: stopSteps(vm, graceSeconds),
    victims: [],
    warnings: early ? [`${vm.name} has not booted yet: it ends at once, without shutting down.`] : [],
    locks: [vmLock(vm.name)],
    facts: { graceSeconds },
  })
}

export function planForceOff(vm: Vm): Plan {
  const title = `Force ${vm.name} off`
  const refused = stateRefusal(vm, 'forceOff')
  if (refused) return refusedPlan('vms.forceOff', title, refused)
  return withDigest({
    action: 'vms.forceOff',
    title,
    steps: [
      { title: `Cut the power of ${vm.name}`, argv: forcePoweroffArgv(vm.name) },
      { title: `Wait until bhyve has ended`, note: 'up to 10 s; after that its process is killed' },
      { title: 'Remove it from the kernel, if it is still there', argv: destroyArgv(vm.name) },
    ],
    victims: [{ kind: 'data', name: `what ${vm.name} has not written to its disks yet` }],
    warnings: [],
    locks: [vmLock(vm.name)],
  })
}

export function planReset(vm: Vm): Plan {
  const title = `Reset ${vm.name}`
  const refused = stateRefusal(vm, 'reset')
  if (refused) return refusedPlan('vms.reset', title, refused)
  return withDigest({
    action: 'vms.reset',
    title,
    steps: [
      { title: `Press the reset button of ${vm.name}`, argv: forceResetArgv(vm.name) },
      { title: `Wait until bhyve runs again`, note: 'its supervisor starts it' },
    ],
    victims: [{ kind: 'data', name: `what ${vm.name} has not written to its disks yet` }],
    warnings:
      vm.supervisor === 'unknown' ? ['Nothing supervises it: it will not start again by itself.'] : [],
    locks: [vmLock(vm.name)],
  })
}

export function planNmi(vm: Vm): Plan {
  const title = `Send an NMI to ${vm.name}`
  const refused = stateRefusal(vm, 'nmi')
  if (refused) return refusedPlan('vms.nmi', title, refused)
  return withDigest({
    action: 'vms.nmi',
    title,
    steps: [{ title: `Interrupt the first processor of ${vm.name}`, argv: injectNmiArgv(vm.name) }],
    victims: [],
    warnings: ['What it does is up to the guest: many systems enter their debugger, write a dump, or panic.'],
    locks: [vmLock(vm.name)],
  })
}

/** The command that removes one thing a dead run left; null where a file is removed. */
export function leftoverStep(one: Leftover): Step {
  const title = `Remove ${leftoverWords([one])[0]}`
  switch (one.kind) {
    case 'vmm':
      return { title, argv: destroyArgv(one.name) }
    case 'tap':
      return { title, argv: destroyInterfaceArgv(one.name) }
    default:
      return { title, note: `rm ${one.path}` }
  }
}

export function planCleanUp(vm: Vm, leftovers: readonly Leftover[]): Plan {
  const title = `Clean up after ${vm.name}`
  const refused = stateRefusal(vm, 'cleanUp')
  if (refused) return refusedPlan('vms.cleanUp', title, refused)
  return withDigest({
    action: 'vms.cleanUp',
    title,
    steps: leftovers.map(leftoverStep),
    victims: [],
    warnings: [],
    locks: [vmLock(vm.name)],
    facts: { leftovers, words: sentenceList(leftoverWords(leftovers)) },
  })
}
