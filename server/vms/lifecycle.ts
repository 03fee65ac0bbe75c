/** Starting and stopping a guest, for the guests' own verbs and for the nouns that need one stopped for a while. */
import { setTimeout as delay } from 'node:timers/promises'
import type { ActionContext } from '../action.ts'
import { writeAsShown } from '../datasets/steps.ts'
import { AppError } from '../errors.ts'
import { commandError, runOrThrow } from '../host/answer.ts'
import { forcePoweroffArgv, isGone } from '../host/bhyvectl.ts'
import { isAlive, killArgv } from '../host/kill.ts'
import { listProcesses, pidOfTitle } from '../host/ps.ts'
import type { Plan } from '../tasks/model.ts'
import type { GuestPlace } from './devices.ts'
import { readStartFacts } from './launch.ts'
import { shutdownWait, type Vm } from './model.ts'
import { leftoverStep, planStart } from './plan.ts'
import { listVmm, readGuestNamed, readIfThere } from './read.ts'
import { parseRuns, type RecordedRun } from './runs.ts'
import { leftoversOf, processesOf } from './state.ts'

export { startSteps, stopSteps } from './plan.ts'

/** How often a wait looks, ms. */
const LOOK_MS = 200
/** How often a wait asks whether the process is still there, ms; and how long its supervisor may take to tidy up. */
const PROBE_MS = 2000
/** How long bhyve may take to make its devices. */
const START_MS = 60_000
/** How long the node of a zvol may take to appear, as vm-bhyve waits. */
const NODE_MS = 30_000
/** How long bhyve may take to end after its power was cut. */
const END_MS = 10_000

/** The guest that has this dataset as a disk, or null. */
export function vmUsing(vms: readonly Vm[], dataset: string): Vm | null {
  return vms.find(vm => vm.disks.some(disk => disk.dataset === dataset)) ?? null
}

/** Looks again and again until `look` answers, the time is over (null) or the signal comes (null). */
export async function waitFor<T>(
  look: () => Promise<T | null>,
  options: { timeoutMs: number; signal?: AbortSignal; now: () => number },
): Promise<T | null> {
  const until = options.now() + options.timeoutMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (options.now() >= until || options.signal?.aborted) return null
    try {
      await delay(LOOK_MS, undefined, options.signal ? { signal: options.signal } : {})
    } catch {
      // The wait was cut short by the signal: look a last time.
    }
  }
}

/** Time that passes whatever the host's clock says. */
const elapsed = () => performance.now()

async function lastRun(context: ActionContext, directory: string): Promise<RecordedRun | undefined> {
  return parseRuns((await readIfThere(context.host, `${directory}/.skep/runs.jsonl`)) ?? '').at(-1)
}

/**
 * Starts a guest from fresh facts and waits for the evidence: bhyve's title, or its end with the reason. AppError of the
 * refusal, `failed` with bhyve's words, `timeout`.
 */
export async function startGuest(context: ActionContext, name: string): Promise<void> {
  const facts = await readStartFacts(context.host, name, context.now())
  const plan = planStart(facts)
  if (plan.refused) throw new AppError(plan.refused.code, plan.refused.message, plan.refused.detail)
  await runStart(context, plan, facts.read.vm, facts.shown.launch?.argv ?? [])
}

/** Carries out the steps of planStart. */
export async function runStart(
  context: ActionContext,
  plan: Plan,
  vm: Pick<Vm, 'name' | 'directory'>,
  argv: readonly string[],
): Promise<void> {
  const before = await lastRun(context, vm.directory)
  await untilNodes(context, argv)
  await context.host.mkdir(`${vm.directory}/.skep`)
  for (const step of plan.steps) {
    context.progress(step.title)
    if (step.file) await writeAsShown(context.host, step.file)
    if (step.argv) await runOrThrow(context.host, step.argv, [])
  }
  const waits = argv.some(word => /,fbuf,.*,wait(,|$)/.test(word))
  const { place } = (await readGuestNamed(context.host, vm.name, context.now())).guest
  let probedAt = elapsed()
  let absences = 0
  /** Somebody has ended it before it came to bhyve: no process of it is there, twice in a row. */
  const hasGone = async () => {
    if (elapsed() - probedAt < PROBE_MS) return false
    probedAt = elapsed()
    absences = (await findPid(context, place)) === null ? absences + 1 : 0
    return absences > 1
  }
  const isNew = (run: RecordedRun | undefined) => run !== undefined && run.startedAt !== before?.startedAt
  const up = await waitFor(
    async () => {
      const run = await lastRun(context, vm.directory)
      if (isNew(run) && run?.exit) {
        await untilQuiet(context, vm.name)
        throw startFailure(vm.name, run)
      }
      if (!isNew(run)) return (await hasGone()) ? 'gone' : null
      if (!(await listVmm(context.host)).includes(vm.name)) return null
      if (waits) return 'waiting'
      return (await pidOfTitle(context.host, `bhyve: ${vm.name}`)) === null ? null : 'running'
    },
    { timeoutMs: START_MS, now: elapsed },
  )
  if (up === 'gone') throw new AppError('failed', `${vm.name} was ended before bhyve had begun.`)
  if (up === null) {
    const { guest, view } = await readGuestNamed(context.host, vm.name, context.now())
    // Somebody may have stopped its countdown at the serial console.
    if (processesOf(guest.place, view.processes).loader)
      return context.progress(`${vm.name} is still in its boot loader`, 1)
    throw new AppError(
      'timeout',
      `bhyve has not come up within a minute; the start of ${vm.name} goes on without Skep.`,
      {
        next: 'Look at the guest again in a moment, or force it off.',
      },
    )
  }
  context.progress(up === 'waiting' ? `${vm.name} waits for a first viewer` : `${vm.name} runs`, 1)
}

/**
 * Waits for the device nodes of the zvols in a command: the kernel makes them, and moves them after a rename, a moment
 * after zfs(8) has ended (zvol_create_minors, zvol_rename_minors run on a task queue). AppError `not_found`.
 */
export async function untilNodes(context: ActionContext, argv: readonly string[]): Promise<void> {
  for (const node of argv.flatMap(word => word.match(/\/dev\/zvol\/[^,]+/g) ?? [])) {
    const look = async () => ((await context.host.stat(node)) === null ? null : true)
    if (await waitFor(look, { timeoutMs: NODE_MS, now: elapsed })) continue
    throw new AppError('not_found', `The volume is there, but its device ${node} has not appeared.`, {
      next: 'See what “zfs get volmode” says of it: “none” hides it, “default” follows vfs.zfs.vol.mode.',
    })
  }
}

/** Lets the supervisor of a run that failed tidy up, so that what is told next is how it stays. */
async function untilQuiet(context: ActionContext, name: string): Promise<void> {
  const { place } = (await readGuestNamed(context.host, name, context.now())).guest
  const look = async () => ((await findPid(context, place)) === null ? true : null)
  await waitFor(look, { timeoutMs: END_MS, now: elapsed })
}

function startFailure(name: string, run: RecordedRun): AppError {
  const words = run.exit?.words ?? 'bhyve ended.'
  return new AppError('failed', `${name} did not start: ${words.charAt(0).toLowerCase()}${words.slice(1)}`, {
    ...(run.argv.length > 0 ? { argv: run.argv } : {}),
    exit: run.exit?.status ?? null,
    stderr: run.stderr,
    ...(run.exit?.next ? { next: run.exit.next } : {}),
  })
}

/**
 * The ladder: the power button, the button again, then the power is cut. `graceSeconds` from the first press to the cut;
 * `context.nudged` cuts at once. Resolves when nothing of the guest runs and nothing of the run is left. AppError
 * `failed`, `timeout`.
 */
export async function stopGuest(
  context: ActionContext,
  vm: Pick<Vm, 'name'>,
  options: { graceSeconds: number },
): Promise<void> {
  const { name } = vm
  const began = elapsed()
  const graceMs = options.graceSeconds * 1000
  const again = [Math.min(1000, graceMs / 4), Math.min(15_000, graceMs / 2)]
  const { place } = (await readGuestNamed(context.host, name, context.now())).guest
  const hasEnded = endWatch(context, place, await pressButton(context, place))
  for (const until of [...again, graceMs]) {
    const stopped = await waitFor(
      async () => {
        const seconds = Math.round((elapsed() - began) / 1000)
        const text = shutdownWait(name, seconds, options.graceSeconds)
        context.progress(text, Math.min(1, (elapsed() - began) / graceMs))
        return (await hasEnded()) ? true : null
      },
      { timeoutMs: until - (elapsed() - began), signal: context.nudged, now: elapsed },
    )
    if (stopped) return
    if (context.nudged.aborted || until === graceMs) break
    await pressButton(context, place)
  }
  context.progress(`Cutting the power of ${name}`)
  await cutPower(context, name)
}

/** The pid to press a button on: the guest's process, or its supervisor where there is no other. */
async function findPid(context: ActionContext, place: GuestPlace): Promise<number | null> {
  const found = processesOf(place, await listProcesses(context.host))
  return (found.running ?? found.preparing ?? found.loader ?? found.supervisor?.process)?.pid ?? null
}

/** SIGTERM: the ACPI power button of a guest that has booted. Returns the pid it went to. */
async function pressButton(context: ActionContext, place: GuestPlace): Promise<number | null> {
  const pid = await findPid(context, place)
  if (pid === null) return null
  const argv = killArgv('TERM', pid)
  const result = await context.host.run(argv)
  if (result.exit !== 0 && (await isAlive(context.host, pid))) throw commandError(argv, result, [])
  return pid
}

/**
 * Tells whether the guest is off and tidied up. Looks at files, which costs nothing and is not recorded; the process is
 * asked for now and then. Where it is gone and its supervisor has not tidied up for a while, that is done here.
 */
function endWatch(context: ActionContext, place: GuestPlace, first: number | null): () => Promise<boolean> {
  let pid = first
  let probedAt = elapsed()
  let goneAt: number | null = null
  return async () => {
    const inKernel = (await listVmm(context.host)).includes(place.name)
    const locked = (await context.host.stat(`${place.directory}/run.lock`)) !== null
    // The supervisor ends a moment after it has removed the lock.
    if (!inKernel && !locked && (await findPid(context, place)) === null) return true
    if (elapsed() - probedAt >= PROBE_MS || pid === null) {
      probedAt = elapsed()
      const isThere = pid !== null && (await isAlive(context.host, pid))
      goneAt = isThere ? null : (goneAt ?? elapsed())
    }
    if (goneAt === null || elapsed() - goneAt < PROBE_MS) return false
    // Gone for good, or started again under another pid?
    pid = await findPid(context, place)
    if (pid !== null) {
      goneAt = null
      return false
    }
    await cleanUpGuest(context, place.name)
    return true
  }
}

/** Cuts the power: bhyvectl, then SIGKILL, then what is left is removed. AppError `timeout` when it still runs. */
export async function cutPower(context: ActionContext, name: string): Promise<void> {
  const argv = forcePoweroffArgv(name)
  const result = await context.host.run(argv)
  const { place } = (await readGuestNamed(context.host, name, context.now())).guest
  const hasEnded = endWatch(context, place, await findPid(context, place))
  const isOff = () => hasEnded().then(ended => (ended ? true : null))
  if (result.exit !== 0 && !isGone(name)(result.stderr))
    context.progress('bhyvectl was refused; killing bhyve')
  if (await waitFor(isOff, { timeoutMs: result.exit === 0 ? END_MS : 0, now: elapsed })) return
  const found = processesOf(place, await listProcesses(context.host))
  // The supervisor first, so that it does not start the guest again.
  for (const process of [found.supervisor?.process, found.running, found.preparing, found.loader]) {
    if (process) await context.host.run(killArgv('KILL', process.pid))
  }
  if (await waitFor(isOff, { timeoutMs: END_MS, now: elapsed })) return
  throw new AppError('timeout', `bhyve of ${name} does not end, not even when it is killed.`, {
    argv,
    exit: result.exit,
    stderr: result.stderr,
    next: 'It hangs in the kernel: only a restart of the machine helps.',
  })
}

/**
 * Removes what a dead run of this guest left, each thing by its name. Quiet about what is gone already. AppError `in_use`
 * where somebody starts it meanwhile: what lies there is no leftover then.
 */
export async function cleanUpGuest(context: ActionContext, name: string): Promise<void> {
  const { guest, view } = await readGuestNamed(context.host, name, context.now())
  for (const one of leftoversOf(guest, view, processesOf(guest.place, view.processes))) {
    const step = leftoverStep(one)
    if ((await findPid(context, guest.place)) !== null)
      throw new AppError('in_use', `${name} was started meanwhile.`, {
        names: [name],
        next: 'Look at it again.',
      })
    context.progress(step.title)
    if (one.kind === 'lock' || one.kind === 'console') await context.host.remove(one.path)
    else if (step.argv) await runOrThrow(context.host, step.argv, [])
  }
}
