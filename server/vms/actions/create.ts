/** Creating a guest; what a failed creation made is taken away again. */
import { type Action, type ActionContext, defineAction, type PlanContext } from '../../action.ts'
import { readPoolOf } from '../../datasets/actions.ts'
import { mustBeTheSame } from '../../datasets/guard.ts'
import { inBinary } from '../../datasets/plan.ts'
import { runStep, withWords } from '../../datasets/steps.ts'
import { AppError, isUnheard } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { followed } from '../../host/follow.ts'
import { hasQemuImg } from '../../host/image-copy.ts'
import { destroyArgv } from '../../host/zfs/destroy.ts'
import { getProperty } from '../../host/zfs/properties.ts'
import { listSnapshotIndex } from '../../host/zfs/snapshots.ts'
import { readImages } from '../../images/read.ts'
import { readDatasets } from '../../inventory/reader.ts'
import type { Plan, Step } from '../../tasks/model.ts'
import { MKDIR } from '../cloud-init.ts'
import { freePort } from '../command.ts'
import { parseConf } from '../conf.ts'
import { FIRMWARE_DIRECTORY } from '../firmware.ts'
import { type CreateVmInput, createVmInput } from '../input.ts'
import { firstCommand, madeUp, readBusyPorts, readHostSeed } from '../launch.ts'
import { untilNodes } from '../lifecycle.ts'
import { type CreateFacts, planCreate } from '../plan.create.ts'
import { listIfThere, readGuests } from '../read.ts'
import { toVm } from '../state.ts'
import { isoDirectories } from '../system-conf.ts'

/** A whole number that sysctl(8) says, null where it says none. */
export async function readSysctl(context: PlanContext, name: string): Promise<number | null> {
  const result = await context.host.run(['sysctl', '-n', name])
  const value = Number(result.stdout.trim())
  return result.exit === 0 && Number.isSafeInteger(value) && value > 0 ? value : null
}

async function readCreateFacts(context: PlanContext, input: CreateVmInput): Promise<CreateFacts> {
  const { host } = context
  const { whyNoGuests } = (await context.inventory.facts()).value
  if (whyNoGuests !== null) throw new AppError('unsupported', whyNoGuests)
  const { setup, guests, view } = await readGuests(host, context.now())
  const store = setup.stores.find(one => one.name === input.datastore)
  const path = input.disk.from === 'new' ? input.disk.image : undefined
  const [datasets, pool, taken, busy, template, seed, memory, maxCpus, isoPath, media, qemu] =
    await Promise.all([
      readDatasets(host),
      readPoolOf(context, input.disk.dataset),
      store ? listIfThere(host, store.path) : [],
      readBusyPorts(host, guests),
      host.stat(`${FIRMWARE_DIRECTORY}/BHYVE_UEFI_VARS.fd`),
      readHostSeed(host),
      readSysctl(context, 'hw.physmem'),
      readSysctl(context, 'hw.vmm.maxcpu'),
      findIso(context, setup.vmDir ?? '', setup.system, input.iso),
      path === undefined ? null : readImages(host, []),
      path !== undefined && hasQemuImg(host),
    ])
  const made = madeUp(`${seed} ${store?.path ?? ''}/${input.name}`)
  return {
    vms: guests.map(guest => toVm(guest, view)),
    stores: setup.stores,
    vmDir: setup.vmDir ?? '',
    system: setup.system,
    datasets,
    newName: { datasets, pool },
    taken: taken.map(entry => entry.name),
    isoPath,
    image: media?.images.find(each => each.path === path) ?? null,
    hasQemuImg: qemu,
    uuid: made.uuid,
    mac: made.mac(0),
    port: freePort(busy),
    keepsVariables: template !== null,
    memoryOfHostBytes: memory,
    maxCpus: maxCpus ?? 16,
    commandOf: (place, conf) =>
      firstCommand(place, conf, { view, busyPorts: busy, keepsVariables: template !== null }),
  }
}

/** Full path of a file of the library of install media, null where there is none. */
export async function findIso(
  context: PlanContext,
  vmDir: string,
  system: string,
  iso: string | null,
): Promise<string | null> {
  if (iso === null || iso.includes('/')) return null
  for (const directory of isoDirectories(vmDir, parseConf(system))) {
    const entry = await context.host.stat(`${directory.path}/${iso}`)
    if (entry?.type === 'file') return `${directory.path}/${iso}`
  }
  return null
}

/** A directory that is there already is somebody else's, and would be filled and later taken away. */
async function makeDirectory({ host }: ActionContext, path: string): Promise<void> {
  if ((await host.stat(path)) !== null)
    throw new AppError('exists', `${path} is there already: somebody else has made it just now.`)
  await host.mkdir(path)
}

/** An image is copied onto the volume of the step before: nothing is made that would have to be taken away by itself. */
const isCopy = ({ argv = [] }: Step): boolean => argv[0] === 'dd' || argv[0] === 'qemu-img'

/** A large image from a slow disk. */
const LONGEST_COPY_MS = 12 * 60 * 60_000

async function copyImage(context: ActionContext, argv: readonly string[]): Promise<void> {
  const { host, progress } = context
  await untilNodes(context, argv)
  const device = argv.at(-1)?.replace(/^of=/, '') ?? ''
  const dataset = device.slice('/dev/zvol/'.length)
  // What is not written yet takes no room: a figure, and no share of the whole.
  const look = async () => {
    const used = Number((await getProperty(host, 'logicalused', dataset))?.value)
    if (Number.isFinite(used)) progress(`Copying the image: ${inBinary(used)} are on the volume`)
  }
  await followed(runOrThrow(host, argv, [], { timeoutMs: LONGEST_COPY_MS }), look)
}

/** Runs a step of a creation; a directory is made through the door, not by a program. */
async function runCreateStep(context: ActionContext, step: Step): Promise<void> {
  if (step.note?.startsWith(MKDIR)) await makeDirectory(context, step.note.slice(MKDIR.length))
  else if (step.argv?.[0] === 'mkdir') await makeDirectory(context, step.argv[1] ?? '')
  else if (step.argv?.[0] === 'makefs') await runOrThrow(context.host, step.argv, [])
  else if (step.argv?.[0] === 'cp') await runOrThrow(context.host, step.argv, [])
  else if (step.argv && isCopy(step)) await copyImage(context, step.argv)
  else await runStep(context, step)
}

/** What a step has made: by name, and of a dataset or snapshot the guid, which nothing else ever bears. */
type Made = { step: Step; guids: ReadonlyMap<string, string> }

/** Full names of the datasets and snapshots that a step makes. */
function namesMadeBy({ argv = [] }: Step): string[] {
  if (argv[0] !== 'zfs') return []
  return argv[1] === 'snapshot' ? argv.slice(2) : argv.slice(-1)
}

async function guidOf(context: ActionContext, name: string): Promise<string | null> {
  return (await getProperty(context.host, 'guid', name))?.value ?? null
}

/** Empty where the host does not say them: then nothing of it is taken away again. */
async function guidsMadeBy(context: ActionContext, step: Step): Promise<Map<string, string>> {
  const guids = new Map<string, string>()
  for (const name of namesMadeBy(step)) {
    const guid = await guidOf(context, name).catch(() => null)
    if (guid !== null) guids.set(name, guid)
  }
  return guids
}

/** Takes away what a step has made: nothing that somebody else has put in its place since. */
async function undo(context: ActionContext, { step, guids }: Made): Promise<void> {
  if (step.file) {
    if ((await context.host.read(step.file.path)) !== step.file.after)
      throw new AppError('changed', `${step.file.path} was written by somebody else.`)
    return context.host.remove(step.file.path)
  }
  if (
    step.argv?.[0] === 'mkdir' ||
    step.argv?.[0] === 'cp' ||
    step.argv?.[0] === 'makefs' ||
    step.note?.startsWith(MKDIR)
  )
    return context.host.remove(madeBy(step))
  for (const name of namesMadeBy(step)) {
    if ((await guidOf(context, name)) !== guids.get(name))
      throw new AppError('changed', `${name} is not what was made here.`)
    const argv = name.includes('@')
      ? ['zfs', 'destroy', name]
      : destroyArgv({ dataset: name, recursive: 'nothing else' })
    await runOrThrow(context.host, argv, [])
  }
}

/** Names what a step makes, for the words of a failure. */
function madeBy({ file, argv, note, title }: Step): string {
  if (note?.startsWith(MKDIR)) return note.slice(MKDIR.length)
  // makefs IMAGE DIRECTORY
  return file?.path ?? argv?.at(argv[0] === 'makefs' ? -2 : -1) ?? title
}

/**
 * Runs steps that make things. When one fails, what was made before is taken away again in reverse order; the error then
 * says that nothing is left, or exactly what remains.
 */
export async function runOrUndo(context: ActionContext, plan: Plan): Promise<void> {
  const { steps } = plan
  const done: Made[] = []
  for (const [index, step] of steps.entries()) {
    context.progress(step.title, index / steps.length)
    try {
      if (step.argv) await mustBeTheSame(context.host, plan, step.argv)
      await runCreateStep(context, step)
      done.push({ step, guids: await guidsMadeBy(context, step) })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const remains: string[] = []
      for (const each of done.reverse()) {
        try {
          await undo(context, each)
        } catch {
          remains.push(madeBy(each.step))
        }
      }
      throw remains.length > 0
        ? withWords(error, `This could not be taken away again: ${remains.join(', ')}.`, 'Remove it by hand.')
        : withWords(error, isUnheard(error) ? UNSURE : 'Nothing of it is left.')
    }
  }
}

const UNSURE = 'Whether its last command has still taken effect is not known; the rest was taken away again.'

/** Settles a creation by what is there: the conf is written last. */
export async function settleCreation(
  context: PlanContext,
  plan: Plan,
): Promise<Awaited<ReturnType<Action['settle']>>> {
  const known = new Set((await readDatasets(context.host)).map(each => each.name))
  const tagged = plan.steps.flatMap(({ argv }) => (argv?.[1] === 'snapshot' ? argv.slice(2) : []))
  const parents = tagged.map(name => name.split('@')[0] ?? '').filter(name => known.has(name))
  if (parents.length > 0)
    for (const { name } of await listSnapshotIndex(context.host, { datasets: parents })) known.add(name)
  const there: string[] = []
  let complete = true
  for (const step of plan.steps) {
    if ((!step.file && !step.argv) || isCopy(step)) continue
    const name = madeBy(step)
    const exists = step.argv?.[0] === 'zfs' ? known.has(name) : (await context.host.stat(name)) !== null
    if (exists) there.push(name)
    else if (step.argv?.[1] !== 'snapshot') complete = false
  }
  if (complete) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
  return {
    state: 'interrupted',
    outcome:
      there.length === 0
        ? `${plan.title}: it was cut short before anything was made.`
        : `${plan.title}: it was cut short. This was made and is still there: ${there.join(', ')}.`,
  }
}

export const create = defineAction({
  name: 'vms.create',
  role: 'operator',
  input: createVmInput,
  plan: async (context, input) => planCreate(input, await readCreateFacts(context, input)),
  run: (context, plan) => runOrUndo(context, plan),
  settle: settleCreation,
})
