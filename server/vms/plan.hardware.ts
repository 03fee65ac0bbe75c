/** Changing a guest's devices. Pure. */
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { type Conf, changedKeys, maskedConf, parseConf } from './conf.ts'
import { unheardBootIndex } from './edits/disks.ts'
import type { Edit } from './edits/edit.ts'
import type { HardwarePlanFacts, PciChange, Vm } from './model.ts'
import { comparePci, pciDevices } from './pci.ts'
import { vmLock } from './plan.ts'
import { PROTECTION } from './policy.ts'
import type { GuestFiles } from './state.ts'
import { newProblem } from './validate.ts'

export type HardwareFacts = {
  vm: Vm
  guest: GuestFiles
  /** sha256 of the conf as it is now. */
  revision: string
  system: Conf
  /** The bhyve command that a conf of this guest would start with, without passwords. */
  commandOf: (conf: string) => string[]
}

/** One edit of the conf as a plan: the same rules, warnings and facts for every device. */
export function planConfEdit(
  action: string,
  title: string,
  input: { revision: string },
  facts: HardwareFacts,
  make: (text: string) => Edit,
): Plan {
  const { vm, guest } = facts
  const text = guest.conf
  const no = (refusal: Refusal) => refusedPlan(action, title, refusal)
  if (text === null) {
    return no({ code: 'unreadable', message: guest.confError ?? `${vm.name}.conf cannot be read.` })
  }
  if (input.revision !== facts.revision) {
    const message = `${vm.name}.conf was changed by somebody else since this form was opened.`
    return no({ code: 'changed', message, detail: { next: 'Look at it again.' } })
  }
  const edit = make(text)
  if (edit.refused) return no(edit.refused)
  const { after } = edit
  if (after === text) return no({ code: 'refused', message: 'Nothing would change.' })
  const problem = newProblem(guest.place, { before: text, after }, facts.system)
  if (problem) return no({ code: 'invalid', message: problem.message, detail: { field: problem.field } })
  const [argvBefore, argvAfter] = [facts.commandOf(text), facts.commandOf(after)]
  const write: Step = {
    title: `Write the configuration of ${vm.name}`,
    file: { path: `${vm.directory}/${vm.name}.conf`, before: text, after },
  }
  return withDigest({
    action,
    title,
    steps: [...edit.steps, write],
    victims: [],
    warnings: [
      ...edit.warnings,
      ...moveWarnings(argvBefore, argvAfter),
      ...generalWarnings(vm, { before: text, after }),
    ],
    locks: [vmLock(vm.name), ...edit.datasets.map(name => `dataset:${name}`)],
    facts: {
      before: maskedConf(text),
      after: maskedConf(after),
      argvBefore,
      argvAfter,
    } satisfies HardwarePlanFacts,
  })
}

/** What runs is not touched; what the firmware never hears of is said. */
function generalWarnings(vm: Vm, { before, after }: { before: string; after: string }): string[] {
  const changed = changedKeys(parseConf(before), parseConf(after))
  return [
    ...(vm.pid === null || changed.every(key => key === PROTECTION)
      ? []
      : [`${vm.name} runs: this is pending until it has been shut down and started again.`]),
    ...(unheardBootIndex(parseConf(after))
      ? [
          'A boot position counts only with the extra option -o lpc.fwcfg=qemu; without, the firmware never hears of it.',
        ]
      : []),
  ]
}

/** A guest knows its devices by their places: a card that moves is another card to it. */
function moveWarnings(before: readonly string[], after: readonly string[]): string[] {
  return comparePci(pciDevices(before), pciDevices(after)).flatMap(each => {
    const move = movedTo(each)
    if (!move || !/^(virtio-net|e1000)$/.test(move.next.emulation)) return []
    const mac = /(?:^|,)mac=([^,]+)/.exec(move.next.backing)?.[1]
    return [
      `The network card ${mac ?? move.next.emulation} moves from PCI ${place(move.now)} to ${place(move.next)}: the guest may give it a new name, and not find its settings.`,
    ]
  })
}

function movedTo(each: PciChange) {
  if (each.change !== 'moved' && each.change !== 'changed') return null
  return place(each.now) === place(each.next) ? null : each
}

function place({ bus, slot, func }: { bus: number; slot: number; func: number }): string {
  return `${bus}:${slot}:${func}`
}

/** Back to the conf that the guest was started with. */
export function planDiscardPending(input: { revision: string }, facts: HardwareFacts): Plan {
  const action = 'vms.discardPending'
  const { vm, guest } = facts
  const title = `Discard what is pending of ${vm.name}`
  const { startedConf } = guest
  if (vm.pending.length === 0 || startedConf === null) {
    const message = vm.pid === null ? `${vm.name} does not run: nothing is pending.` : 'Nothing is pending.'
    return refusedPlan(action, title, { code: 'refused', message })
  }
  return planConfEdit(action, title, input, facts, () => ({
    after: startedConf,
    steps: [],
    datasets: [],
    warnings: [],
  }))
}
