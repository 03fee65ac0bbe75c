/** Changing a guest. */
import path from 'node:path'
import { defineAction, type PlanContext } from '../../action.ts'
import { runStep, withWords } from '../../datasets/steps.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { isAsSet, readSetting } from '../../host/sysrc.ts'
import type { Step } from '../../tasks/model.ts'
import { parseConf } from '../conf.ts'
import { type EditVmInput, editVmInput } from '../input.ts'
import { type EditFacts, planEdit } from '../plan.edit.ts'
import { listIfThere, readGuestNamed, readGuests, readIfThere, revisionOf } from '../read.ts'
import { toVm } from '../state.ts'
import { readSysctl } from './create.ts'
import { orNotFound } from './life.ts'

async function readFacts(context: PlanContext, name: string): Promise<EditFacts> {
  const { setup, guests, view } = await readGuests(context.host, context.now())
  const guest = guests.find(one => one.place.name === name)
  if (!guest) throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
  const [entries, maxCpus, memory] = await Promise.all([
    listIfThere(context.host, guest.place.datastorePath),
    readSysctl(context, 'hw.vmm.maxcpu'),
    readSysctl(context, 'hw.physmem'),
  ])
  return {
    vm: toVm(guest, view),
    guest,
    revision: revisionOf(guest.conf ?? ''),
    system: parseConf(setup.system),
    vmList: setup.rc.vmList,
    taken: [...guests.map(one => one.place.name), ...entries.map(entry => entry.name)],
    own: setup.datasetAt.get(guest.place.directory) ?? null,
    maxCpus: maxCpus ?? 16,
    memoryOfHostBytes: memory,
  }
}

/** Nobody locks a conf: an editor may have written it a moment ago, or somebody started the guest that gets a new name. */
async function mustBeAsShown(context: PlanContext, input: EditVmInput): Promise<void> {
  const { vm, guest } = await readGuestNamed(context.host, input.vm, context.now())
  if (revisionOf(guest.conf ?? '') !== input.revision)
    throw new AppError('changed', `${vm.name}.conf was changed by somebody else just now.`)
  const isRenamed = input.name !== undefined && input.name !== vm.name
  if (isRenamed && vm.state !== 'stopped' && vm.state !== 'crashed')
    throw new AppError('in_use', `${vm.name} was started meanwhile: it is ${vm.state}.`)
}

export const edit = defineAction({
  name: 'vms.edit',
  role: 'operator',
  input: editVmInput,
  plan: (context, input) =>
    orNotFound('vms.edit', `Change ${input.vm}`, async () =>
      planEdit(input, await readFacts(context, input.vm)),
    ),
  async run(context, plan, input) {
    await mustBeAsShown(context, input)
    const done: string[] = []
    for (const [index, step] of plan.steps.entries()) {
      context.progress(step.title, index / plan.steps.length)
      try {
        // Into a directory that is there mv(1) would move it, under its old name.
        if (step.argv?.[0] === 'mv' && (await context.host.stat(step.argv[2] ?? '')) !== null)
          throw new AppError(
            'exists',
            `${step.argv[2]} is there already: somebody else has made it just now.`,
          )
        if (step.note?.startsWith('rm ')) await context.host.remove(step.note.slice('rm '.length))
        else if (step.argv && step.argv[0] !== 'zfs') await runOrThrow(context.host, step.argv, [])
        else await runStep(context, step)
        done.push(step.title)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        throw done.length > 0 ? withWords(error, `Done before that: ${done.join('; ')}.`) : error
      }
    }
  },
  async settle(context, plan) {
    // A rename takes the first file along: it may lie in either directory, and is gone when the last one is written.
    const last = plan.steps.findLast(step => step.file)?.file
    const directory = path.dirname(last?.path ?? '/')
    const isLastWritten = last !== undefined && (await readIfThere(context.host, last.path)) === last.after
    const isMoved = (await context.host.stat(directory)) !== null

    async function isDone({ file, argv, note }: Step): Promise<boolean> {
      if (file) {
        if (isLastWritten) return true
        const places = [file.path, path.join(directory, path.basename(file.path))]
        const texts = await Promise.all(places.map(place => readIfThere(context.host, place)))
        return texts.includes(file.after)
      }
      if (argv?.[0] === 'sysrc') return isAsSet(argv, await readSetting(context.host, 'vm_list'))
      if (!note?.startsWith('rm ')) return isMoved
      return isMoved && (await context.host.stat(note.slice('rm '.length))) === null
    }

    const undone: string[] = []
    for (const step of plan.steps) if (!(await isDone(step))) undone.push(step.title)
    if (undone.length === 0) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    return {
      state: 'interrupted',
      outcome: `${plan.title}: it was cut short. Not done: ${undone.join('; ')}.`,
    }
  },
})
