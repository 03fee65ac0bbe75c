/** Changing a guest's conf, its name, and whether it starts by itself. Pure. */

import { addWordArgv, removeWordArgv, setArgv } from '../host/sysrc.ts'
import { renameArgv } from '../host/zfs/change.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { type Conf, confText, editConf, parseConf } from './conf.ts'
import type { EditVmInput } from './input.ts'
import type { Vm } from './model.ts'
import { vmLock } from './plan.ts'
import { cpuKeys } from './presets.ts'
import type { GuestFiles } from './state.ts'
import { newProblem, whyBadName } from './validate.ts'

export type EditFacts = {
  vm: Vm
  guest: GuestFiles
  /** sha256 of the conf as it is now. */
  revision: string
  system: Conf
  vmList: readonly string[]
  /** Names of all guests and of everything in the datastore's directory. */
  taken: readonly string[]
  /** Dataset mounted at the guest's directory, null for a plain directory. */
  own: string | null
  maxCpus: number
  memoryOfHostBytes: number | null
}

const ACTION = 'vms.edit'

function no(code: Refusal['code'], message: string, field?: string, next?: string): Refusal {
  return { code, message, detail: { ...(field ? { field } : {}), ...(next ? { next } : {}) } }
}

/** The conf after the edit. */
function editedConf(text: string, input: EditVmInput): string {
  const changes: Record<string, string> = {}
  if (input.cpus !== undefined) Object.assign(changes, cpuChanges(parseConf(text), input.cpus))
  if (input.memoryMiB !== undefined) changes.memory = `${input.memoryMiB}M`
  return editConf(text, changes)
}

/** A conf with a topology keeps one, with one socket; one without stays without. */
function cpuChanges(conf: Conf, cpus: number): Record<string, string> {
  const hasTopology = ['cpu_sockets', 'cpu_cores', 'cpu_threads'].some(key => confText(conf, key) !== '')
  return hasTopology ? cpuKeys(cpus) : { cpu: String(cpus) }
}

export function planEdit(input: EditVmInput, facts: EditFacts): Plan {
  const { vm, guest } = facts
  const title = `Change ${vm.name}`
  const text = guest.conf ?? ''
  const name = input.name !== undefined && input.name !== vm.name ? input.name : null
  const refused = editRefusal(input, facts, name)
  if (refused) return refusedPlan(ACTION, title, refused)
  const after = editedConf(text, input)
  const problem = newProblem(guest.place, { before: text, after }, facts.system)
  if (problem) {
    return refusedPlan(ACTION, title, no('invalid', problem.message, problem.field))
  }
  const steps: Step[] = []
  if (after !== text) {
    const file = { path: `${vm.directory}/${vm.name}.conf`, before: text, after }
    steps.push({ title: `Write the configuration of ${vm.name}`, file })
  }
  if (name !== null) steps.push(...renameSteps(vm, name, after, facts.own))
  steps.push(...autostartStep(input, facts, name))
  if (steps.length === 0) return refusedPlan(ACTION, title, no('refused', 'Nothing would change.'))
  const runs = vm.pid !== null && after !== text
  return withDigest({
    action: ACTION,
    title: name === null ? title : `${title} and name it ${name}`,
    steps,
    victims: [],
    warnings: runs
      ? [`${vm.name} runs: this takes effect when it has been shut down and started again.`]
      : [],
    locks: [
      vmLock(vm.name),
      ...(name === null ? [] : [vmLock(name)]),
      ...(name && facts.own ? [`dataset:${facts.own}`] : []),
    ],
  })
}

function editRefusal(input: EditVmInput, facts: EditFacts, name: string | null): Refusal | null {
  const { vm, guest } = facts
  if (guest.conf === null) return no('unreadable', guest.confError ?? `${vm.name}.conf cannot be read.`)
  if (input.revision !== facts.revision) {
    return no(
      'changed',
      `${vm.name}.conf was changed by somebody else since this form was opened.`,
      undefined,
      'Look at it again.',
    )
  }
  if (input.cpus !== undefined && input.cpus > facts.maxCpus) {
    return no('invalid', `This machine gives a guest at most ${facts.maxCpus} CPUs.`, 'cpus')
  }
  const memory = facts.memoryOfHostBytes
  if (input.memoryMiB !== undefined && memory !== null && input.memoryMiB * 1024 ** 2 > memory) {
    return no('invalid', 'That is more memory than this machine has.', 'memoryMiB')
  }
  if (name === null) return null
  const bad = whyBadName(name)
  if (bad) return no('invalid', bad, 'name')
  if (facts.taken.includes(name)) return no('exists', `${name} exists already.`, 'name')
  const off = vm.state === 'stopped' || vm.state === 'crashed'
  return off
    ? null
    : no('refused', `${vm.name} can be renamed only when it is off.`, 'name', 'Shut it down first.')
}

/** The dataset (or directory) first, then the conf under its new name; what was in the old file is in the new one. */
function renameSteps(vm: Vm, name: string, conf: string, own: string | null): Step[] {
  const store = vm.directory.slice(0, vm.directory.lastIndexOf('/'))
  const directory = `${store}/${name}`
  const move: Step =
    own === null
      ? { title: `Rename its directory`, argv: ['mv', vm.directory, directory] }
      : {
          title: `Rename its dataset`,
          argv: renameArgv({ from: own, to: `${own.slice(0, own.lastIndexOf('/'))}/${name}` }),
        }
  return [
    move,
    { title: `Write ${name}.conf`, file: { path: `${directory}/${name}.conf`, before: null, after: conf } },
    { title: `Remove ${vm.name}.conf`, note: `rm ${directory}/${vm.name}.conf` },
  ]
}

function autostartStep(input: EditVmInput, facts: EditFacts, name: string | null): Step[] {
  const { vm, vmList } = facts
  const wanted = input.autostart ?? vm.autostart !== null
  const renamed = vmList.map(one => (one === vm.name ? (name ?? one) : one))
  const now = name ?? vm.name
  const list = wanted
    ? renamed.includes(now)
      ? renamed
      : [...renamed, now]
    : renamed.filter(one => one !== now)
  if (list.join(' ') === vmList.join(' ')) return []
  const title = wanted ? `Start ${now} by itself with the machine` : `Do not start ${now} by itself`
  if (name !== null) return [{ title, argv: setArgv('vm_list', list.join(' ')) }]
  // One word in or out: what others change in the list meanwhile stays.
  return [{ title, argv: (wanted ? addWordArgv : removeWordArgv)('vm_list', now) }]
}
