/** Changing a guest's devices: what vm-bhyve's conf can say, written so that no other byte of it changes. */
import type * as z from 'zod/mini'
import { type Action, type ActionContext, defineAction, type PlanContext } from '../../action.ts'
import { readPoolOf } from '../../datasets/actions.ts'
import { newNameProblem, newVolumeProblem } from '../../datasets/plan.ts'
import { AppError } from '../../errors.ts'
import { bhyveObjection } from '../../host/bhyve-dump.ts'
import { readDatasets } from '../../inventory/reader.ts'
import { refusedPlan } from '../../tasks/digest.ts'
import type { Plan } from '../../tasks/model.ts'
import { parseConf } from '../conf.ts'
import { setOptions as withOptions } from '../edits/board.ts'
import {
  addDevice as added,
  changeDevice as changed,
  REMOVABLE,
  removeDevice as removed,
} from '../edits/devices.ts'
import { shareDevice } from '../edits/disks.ts'
import type { Edit, EditKnowledge } from '../edits/edit.ts'
import { FIRMWARE_DIRECTORY } from '../firmware.ts'
import {
  addDeviceInput,
  changeDeviceInput,
  type DiskSource,
  discardPendingInput,
  removeDeviceInput,
  setOptionsInput,
  shareInput,
} from '../input.hardware.ts'
import { setPolicyInput } from '../input.ts'
import { commandOfGuest, madeUp, readBusyPorts, readHostSeed } from '../launch.ts'
import { hardwarePlanFactsOf } from '../model.ts'
import { readPci } from '../passthru.ts'
import { type HardwareFacts, planConfEdit, planDiscardPending } from '../plan.hardware.ts'
import { setPolicy as policySet } from '../policy.ts'
import { readGuests, readIfThere, revisionOf } from '../read.ts'
import { toVm } from '../state.ts'
import { switches } from '../system-conf.ts'
import { findIso, readSysctl, runOrUndo } from './create.ts'
import { orNotFound } from './life.ts'

type Asked = {
  vm: string
  /** Where the bytes of a disk are to be. */
  source?: DiskSource | null
  /** A path of the machine that has to be there. */
  path?: string | null
  /** It is about PCI devices of the machine. */
  pci?: boolean
}

async function readFacts(
  context: PlanContext,
  asked: Asked,
): Promise<{ facts: HardwareFacts; known: EditKnowledge }> {
  const { host } = context
  const { setup, guests, view } = await readGuests(host, context.now())
  const guest = guests.find(one => one.place.name === asked.vm)
  if (!guest) throw new AppError('not_found', `There is no guest named ${asked.vm}.`, { names: [asked.vm] })
  const { source = null } = asked
  const others = guests.filter(one => one !== guest)
  const [datasets, pool, busyPorts, template, seed, memory, maxCpus, hostCpus, racct, path] =
    await Promise.all([
      source?.from === 'new' || source?.from === 'zvol' ? readDatasets(host) : [],
      source?.from === 'new' ? readPoolOf(context, source.dataset) : null,
      readBusyPorts(host, others, guest),
      host.stat(`${FIRMWARE_DIRECTORY}/BHYVE_UEFI_VARS.fd`),
      readHostSeed(host),
      readSysctl(context, 'hw.physmem'),
      readSysctl(context, 'hw.vmm.maxcpu'),
      readSysctl(context, 'hw.ncpu'),
      host.run(['sysctl', '-n', 'kern.racct.enable']),
      source?.from === 'iso'
        ? findIso(context, setup.vmDir ?? '', setup.system, source.name)
        : source?.from === 'file'
          ? source.path
          : (asked.path ?? null),
    ])
  const found = path === null ? null : await host.stat(path)
  const pci = asked.pci ? await readPci(host, guests) : []
  const made = madeUp(`${seed} ${guest.place.directory}`)
  const system = parseConf(setup.system)
  return {
    facts: {
      vm: toVm(guest, view),
      guest,
      revision: revisionOf(guest.conf ?? ''),
      system,
      commandOf: text =>
        commandOfGuest(guest, text, { view, busyPorts, made, keepsVariables: template !== null }),
    },
    known: {
      place: guest.place,
      others: others.map(one => toVm(one, view)),
      datasets,
      switches: switches(system).map(one => one.name),
      newVolumeProblem: volume =>
        newNameProblem(volume.dataset, { datasets, pool }) ?? newVolumeProblem(volume, datasets),
      stores: setup.stores.map(store => store.path),
      found: path === null || found === null ? null : { path, type: found.type },
      pci: new Map(pci.map(({ address, ...one }) => [address, one])),
      racct: racct.exit === 0 ? racct.stdout.trim() === '1' : null,
      mac: made.mac,
      busyPorts,
      maxCpus: maxCpus ?? 16,
      hostCpus,
      memoryOfHostBytes: memory,
    },
  }
}

type Settling = Awaited<ReturnType<Action['settle']>>

/** Settles by what is there: the conf is written last, and a zvol that was made for it is named. */
async function settle(context: PlanContext, plan: Plan): Promise<Settling> {
  const names = new Set((await readDatasets(context.host)).map(each => each.name))
  const made: string[] = []
  let isDone = true
  for (const { argv, file } of plan.steps) {
    if (file) isDone &&= (await readIfThere(context.host, file.path)) === file.after
    else if (names.has(argv?.at(-1) ?? '')) made.push(argv?.at(-1) ?? '')
    else isDone = false
  }
  if (isDone) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
  const rest =
    made.length === 0 ? 'Nothing has changed.' : `This was made and is still there: ${made.join(', ')}.`
  return { state: 'interrupted', outcome: `${plan.title}: it was cut short. ${rest}` }
}

/** The plan, or a refusal where the machine's own bhyve does not read what it would be started with, and did before. */
async function heard({ host }: PlanContext, plan: Plan): Promise<Plan> {
  const facts = plan.refused ? null : hardwarePlanFactsOf(plan.facts)
  if (!facts || facts.argvAfter.length === 0) return plan
  const objection = await bhyveObjection(host, facts.argvAfter)
  if (objection === null || (await bhyveObjection(host, facts.argvBefore)) !== null) return plan
  const message = `The bhyve of this machine does not take it: ${objection}`
  return refusedPlan(plan.action, plan.title, { code: 'refused', message })
}

/** An action that edits the conf; all of them plan, run and settle in the same way. */
function hardwareAction<Schema extends z.core.$ZodType<{ vm: string; revision: string }>>(spec: {
  name: string
  role: Action['role']
  input: Schema
  title: (input: z.core.output<Schema>) => string
  asked?: (input: z.core.output<Schema>) => Omit<Asked, 'vm'>
  edit: (text: string, input: z.core.output<Schema>, known: EditKnowledge) => Edit
}): Action<Schema, void> {
  return defineAction({
    name: spec.name,
    role: spec.role,
    input: spec.input,
    plan: (context: PlanContext, input: z.core.output<Schema>) =>
      orNotFound(spec.name, spec.title(input), async () => {
        const { facts, known } = await readFacts(context, { vm: input.vm, ...spec.asked?.(input) })
        const plan = planConfEdit(spec.name, spec.title(input), input, facts, text =>
          spec.edit(text, input, known),
        )
        return heard(context, plan)
      }),
    run: (context: ActionContext, plan: Plan) => runOrUndo(context, plan),
    settle,
  })
}

export const addDevice = hardwareAction({
  name: 'vms.addDevice',
  role: 'operator',
  input: addDeviceInput,
  title: ({ vm, device }) => `Add a ${device.kind === 'disk' ? 'disk' : 'network card'} to ${vm}`,
  asked: ({ device }) => (device.kind === 'disk' ? { source: device.source } : {}),
  edit: (text, { device }, known) => added(text, device, known),
})

const CHANGED = {
  cpu: () => 'the CPUs',
  memory: () => 'the memory',
  screen: () => 'the screen',
  parts: () => 'the small devices',
  serial: () => 'the serial ports',
  console: () => 'the console ports',
  firmware: () => 'firmware and clock',
  limits: () => 'the limits',
  disk: (index: number) => `disk ${index}`,
  network: (index: number) => `network card ${index}`,
}

export const changeDevice = hardwareAction({
  name: 'vms.changeDevice',
  role: 'operator',
  input: changeDeviceInput,
  title: ({ vm, device }) => `Change ${CHANGED[device.kind]('index' in device ? device.index : 0)} of ${vm}`,
  asked: ({ device }) => (device.kind === 'disk' ? { source: device.source } : {}),
  edit: (text, { device }, known) => changed(text, device, known),
})

export const removeDevice = hardwareAction({
  name: 'vms.removeDevice',
  role: 'operator',
  input: removeDeviceInput,
  title: ({ vm, device: { kind, index } }) => `Remove ${REMOVABLE[kind]} ${index} from ${vm}`,
  edit: (text, { device }, known) => removed(text, device, known),
})

/** The machine's own files, SCSI targets and PCI devices are the administrator's to give. */
export const share = hardwareAction({
  name: 'vms.share',
  role: 'administrator',
  input: shareInput,
  title: ({ vm, device }) =>
    device.kind === 'pci' ? `Give PCI device ${device.address} to ${vm}` : `Share ${device.path} with ${vm}`,
  asked: ({ device }) => (device.kind === 'pci' ? { pci: true } : { path: device.path }),
  edit: (text, { device }, known) => shareDevice(text, device, known),
})

/** An extra option can name any file of the machine, and bhyve runs as root. */
export const setOptions = hardwareAction({
  name: 'vms.setOptions',
  role: 'administrator',
  input: setOptionsInput,
  title: ({ vm }) => `Set the extra options of ${vm}`,
  edit: (text, input) => withOptions(text, input),
})

export const setPolicy = hardwareAction({
  name: 'vms.setPolicy',
  role: 'operator',
  input: setPolicyInput,
  title: ({ vm }) => `Set the options of ${vm}`,
  edit: (text, input) => policySet(text, input),
})

export const discardPending = defineAction({
  name: 'vms.discardPending',
  role: 'operator',
  input: discardPendingInput,
  plan: (context, input) =>
    orNotFound('vms.discardPending', `Discard what is pending of ${input.vm}`, async () =>
      planDiscardPending(input, (await readFacts(context, { vm: input.vm })).facts),
    ),
  run: (context, plan) => runOrUndo(context, plan),
  settle,
})
