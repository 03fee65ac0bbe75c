/** Carrying out a keep or a swap: each step has its way back, and the host is asked what the state is. */
import type { ActionContext, PlanContext } from '../action.ts'
import { mustBeIdle, mustBeThere } from '../datasets/guard.ts'
import { type DatasetRow, KEPT_CONF, KEPT_FROM } from '../datasets/model.ts'
import { asAppError, runStep, withWords } from '../datasets/steps.ts'
import { AppError, isUnheard } from '../errors.ts'
import { renameArgv } from '../host/zfs/change.ts'
import { destroyArgv } from '../host/zfs/destroy.ts'
import { getProperty, inheritPropertyArgv, setPropertyArgv } from '../host/zfs/properties.ts'
import { listSnapshotIndex } from '../host/zfs/snapshots.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan, Step } from '../tasks/model.ts'
import type { KeepFacts } from './plan.keep.ts'
import { storageSteps } from './rollback.run.ts'

/**
 * Where a keep or a swap stands, told from names, guids and origins alone. `moved`: the present is under its kept name and
 * nothing is in its place. `placed`: something is in its place, but its snapshots still hang on the kept one.
 */
export type KeepState = 'untouched' | 'moved' | 'placed' | 'done' | 'unclear'

export function keepState(datasets: readonly DatasetRow[], keep: KeepFacts): KeepState {
  const own = datasets.find(each => each.name === keep.dataset)
  const kept = datasets.find(each => each.name === keep.keptAs)
  if (own?.guid === keep.guid) return kept ? 'unclear' : 'untouched'
  if (kept?.guid !== keep.guid) return 'unclear'
  if (!own) return 'moved'
  if (kept.origin?.startsWith(`${keep.dataset}@`)) return 'done'
  return own.origin ? 'placed' : 'unclear'
}

/** The state in words, and how to go on by hand. */
export function keepWords(state: KeepState, keep: KeepFacts): { words: string; next: string } {
  const { dataset, keptAs } = keep
  switch (state) {
    case 'untouched':
      return { words: `${dataset} is as it was.`, next: 'Try again.' }
    case 'moved':
      return {
        words: `${dataset} is under the name ${keptAs} now, whole, and nothing is in its place.`,
        next: `“zfs rename ${keptAs} ${dataset}” puts everything back as it was.`,
      }
    case 'placed':
      return {
        words: `The state before is whole as ${keptAs}; ${dataset} is the older state, but its older snapshots are still with ${keptAs}.`,
        next: `“zfs promote ${dataset}” finishes it.`,
      }
    case 'done':
      return {
        words: `${dataset} is in its older state, and the state before is whole as ${keptAs}.`,
        next: '',
      }
    case 'unclear':
      return {
        words: `What is there under ${dataset} and ${keptAs} is not what was expected; nothing was destroyed.`,
        next: 'Look at both datasets before anything else is done.',
      }
  }
}

/** Commands after the last promote whose effect is not there yet: children to put back, the note that marks the pair. */
export function leftToDo(plan: Plan, datasets: readonly DatasetRow[]): string[][] {
  const commands = storageSteps(plan).flatMap(each => (each.argv ? [each.argv] : []))
  const after = commands.slice(commands.findLastIndex(argv => argv[1] === 'promote') + 1)
  const rowOf = (name: string | undefined): DatasetRow | undefined =>
    datasets.find(each => each.name === name)
  return after.filter(argv => {
    const [value = '', name] = argv.slice(-2)
    if (argv[1] === 'rename') return rowOf(value) !== undefined && rowOf(name) === undefined
    // The conf is noted just before the mark, and taken off just before it.
    if (argv[1] === 'inherit') return [KEPT_FROM, KEPT_CONF].includes(value) && rowOf(name)?.keptFrom !== null
    if (argv[1] === 'mount') return rowOf(name)?.mounted === false
    if (argv[1] !== 'set') return false
    const [property, asked = ''] = [value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1)]
    if (property === KEPT_CONF) return rowOf(name)?.keptFrom === null
    if (property === KEPT_FROM) return rowOf(name)?.keptFrom !== asked
    return property === 'mountpoint' && rowOf(name)?.mountpoint !== asked
  })
}

/** Runs the storage steps of a keep or a swap; a failure before the last promote is undone. */
export async function runKeep(context: ActionContext, plan: Plan, keep: KeepFacts): Promise<void> {
  const steps = storageSteps(plan)
  const lastPromote = steps.findLastIndex(each => each.argv?.[1] === 'promote')
  const firstPromote = steps.findIndex(each => each.argv?.[1] === 'promote')
  // From here on it takes a moment only; nothing has happened yet.
  await mustBeThere(context.host, plan)
  for (const { name } of plan.subjects ?? []) {
    if (!name.includes('@')) await mustBeIdle(context, name, { below: true })
  }
  const guids = new Map((plan.subjects ?? []).map(each => [each.name, each.guid]))
  const done: Step[] = []
  for (const [index, step] of steps.entries()) {
    context.progress(step.title, index / steps.length)
    try {
      await runStep(context, step)
      done.push(step)
    } catch (caught) {
      const error = asAppError(caught)
      if (index > firstPromote)
        throw await unfinished(context, keep, error, steps.slice(index), index > lastPromote)
      throw await undone(context, keep, guids, error, [...done, step])
    }
  }
}

/** Past the promote everything is in its place; what is left is small and named. */
async function unfinished(
  context: ActionContext,
  keep: KeepFacts,
  error: AppError,
  left: readonly Step[],
  isDone: boolean,
): Promise<AppError> {
  const commands = left.flatMap(each => (each.argv ? [each.argv.join(' ')] : []))
  const next = commands.length > 0 ? `What is left to do: ${commands.join('; ')}.` : undefined
  if (isDone) return withWords(error, keepWords('done', keep).words, next)
  return withWords(error, (await stateInWords(context, keep)).words, next)
}

async function stateInWords(context: PlanContext, keep: KeepFacts): Promise<{ words: string; next: string }> {
  try {
    return keepWords(keepState(await readDatasets(context.host), keep), keep)
  } catch {
    return {
      words: 'The host cannot be asked how far it came; nothing was destroyed.',
      next: `Look at ${keep.dataset} and ${keep.keptAs} when it answers.`,
    }
  }
}

/** Takes back what was done, newest first. A silent host is left alone: its command may still be at work. */
async function undone(
  context: ActionContext,
  keep: KeepFacts,
  guids: ReadonlyMap<string, string>,
  error: AppError,
  steps: readonly Step[],
): Promise<AppError> {
  if (!isUnheard(error)) {
    context.progress('Putting everything back as it was')
    try {
      for (const step of steps.toReversed()) await takeBack(context, keep, guids, step.argv ?? [])
    } catch (caught) {
      const state = await stateInWords(context, keep)
      return withWords(
        error,
        `Putting it back failed as well: ${asAppError(caught).message} ${state.words}`,
        state.next,
      )
    }
  }
  const state = await stateInWords(context, keep)
  return withWords(error, state.words, state.next)
}

/** The way back of one command. The last one failed, so it is taken back only where it left something. */
async function takeBack(
  context: ActionContext,
  keep: KeepFacts,
  guids: ReadonlyMap<string, string>,
  argv: readonly string[],
): Promise<void> {
  const datasets = await readDatasets(context.host)
  const there = (name: string | undefined): boolean => datasets.some(each => each.name === name)
  const run = (back: string[]): Promise<void> => runStep(context, { title: '', argv: back })
  const [from = '', to = ''] = argv.slice(-2)
  if (argv[1] === 'rename' && !there(from)) {
    // Only what was moved from there goes back there: the new name may be somebody else's.
    const moved = datasets.find(each => each.name === to)
    if (moved && moved.guid === guids.get(from)) await run(renameArgv({ from: to, to: from }))
  }
  if (argv[1] === 'clone') await removeClone(context, datasets, { snapshot: from, clone: to })
  if (argv[1] === 'set' && from.startsWith('mountpoint=') && keep.mountpoint && there(to)) {
    await run(
      keep.mountpoint.received
        ? inheritPropertyArgv(to, 'mountpoint', { received: true })
        : setPropertyArgv(to, 'mountpoint', keep.mountpoint.path),
    )
  }
}

/** A clone without room for its reservation fails and is there all the same (OpenZFS 2.4.4). Only an empty one goes. */
async function removeClone(
  context: ActionContext,
  datasets: readonly DatasetRow[],
  { snapshot, clone }: { snapshot: string; clone: string },
): Promise<void> {
  const row = datasets.find(each => each.name === clone)
  if (!row) return
  const own = await listSnapshotIndex(context.host, { datasets: [clone] })
  // A mounted filesystem counts its own housekeeping; on a volume every byte is somebody's.
  const written = row.type === 'volume' ? await getProperty(context.host, 'written', clone) : null
  const isWritten = written !== null && Number(written.value) > 0
  if (row.origin !== snapshot || own.length > 0 || isWritten) {
    const [first] = own
    const why = first
      ? `${first.name} was taken meanwhile`
      : isWritten
        ? 'somebody has written to it meanwhile'
        : `it is not the clone of ${snapshot}`
    throw new AppError('refused', `${clone} is left as it is: ${why}.`)
  }
  await runStep(context, { title: '', argv: destroyArgv({ dataset: clone, recursive: 'nothing else' }) })
}
