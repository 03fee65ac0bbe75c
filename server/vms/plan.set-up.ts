/**
 * Making a machine a home of guests: what a person does once before the first `vm create`, and what `vm init` does after.
 * Only what is missing is done, so that a set-up that was cut short is gone on with. Pure: facts in, plan out.
 * vm-bhyve: README (Quick-Start), lib/vm-util (util::setup).
 */
import { type NewNameFacts, newNameProblem, refusal } from '../datasets/plan.ts'
import { kldloadArgv } from '../host/kldload.ts'
import { addWordArgv, setArgv } from '../host/sysrc.ts'
import { createFilesystemArgv } from '../host/zfs/create.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'

export type SetUpFacts = {
  /** Path of vm_dir; null where it is not set or is nowhere. */
  vmDir: string | null
  /** The setting as it stands in rc.conf. */
  vmDirSetting: string
  enabled: boolean
  newName: NewNameFacts
  /** Paths below the directory to come that are there already. */
  there: ReadonlySet<string>
  /** vm-bhyve's own example of a template. */
  hasExample: boolean
  /** Of the modules that guests need, those that are not loaded. */
  missingModules: readonly string[]
}

const ACTION = 'vms.setUp'
const TITLE = 'Set up guests on this machine'

/** vm-bhyve makes them when it first runs. */
export const DIRECTORIES = ['.config', '.templates', '.iso', '.img'] as const
/** Directories are made through the door, not by a program. */
export const MKDIR = 'mkdir -p '
export const EXAMPLE = '/usr/local/share/examples/vm-bhyve/default.conf'
export const MODULES = ['vmm', 'nmdm', 'if_bridge', 'if_tuntap'] as const

/** Where a dataset is or would be mounted; null where it is nowhere. */
export function mountOf(dataset: string, datasets: NewNameFacts['datasets']): string | null {
  const row = datasets.find(each => each.name === dataset)
  if (row) return row.mounted && row.mountpoint?.startsWith('/') ? row.mountpoint : null
  const slash = dataset.lastIndexOf('/')
  const parent = slash < 0 ? undefined : datasets.find(each => each.name === dataset.slice(0, slash))
  if (!parent?.mountpoint?.startsWith('/')) return null
  return `${parent.mountpoint === '/' ? '' : parent.mountpoint}/${dataset.slice(slash + 1)}`
}

export function planSetUp(dataset: string, facts: SetUpFacts): Plan {
  const row = facts.newName.datasets.find(each => each.name === dataset)
  const directory = mountOf(dataset, facts.newName.datasets)
  const refused = problem(dataset, facts, directory)
  if (refused || directory === null)
    return refusedPlan(ACTION, TITLE, refused ?? refusal('refused', `${dataset} is mounted nowhere.`))
  const setting = `zfs:${dataset}`
  const missing = DIRECTORIES.map(name => `${directory}/${name}`).filter(path => !facts.there.has(path))
  const conf = `${directory}/.config/system.conf`
  const template = `${directory}/.templates/default.conf`
  const steps: Step[] = [
    ...(row ? [] : [{ title: `Create the dataset ${dataset}`, argv: createFilesystemArgv({ dataset }) }]),
    ...missing.map(path => ({ title: `Make the directory ${path}`, note: `${MKDIR}${path}` })),
    ...(facts.there.has(conf)
      ? []
      : [{ title: 'Begin vm-bhyve’s settings', file: { path: conf, before: null, after: '' } }]),
    ...(facts.hasExample && !facts.there.has(template)
      ? [{ title: 'Copy vm-bhyve’s own template', argv: ['cp', EXAMPLE, template] }]
      : []),
    ...facts.missingModules.flatMap(module => [
      { title: `Load ${module}`, argv: kldloadArgv(module) },
      { title: `Load ${module} at every start`, argv: addWordArgv('kld_list', module) },
    ]),
    ...(facts.enabled ? [] : [{ title: 'Enable vm-bhyve', argv: setArgv('vm_enable', 'YES') }]),
    { title: 'Tell vm-bhyve its place', argv: setArgv('vm_dir', setting) },
  ]
  return withDigest({
    action: ACTION,
    title: TITLE,
    steps,
    victims: [],
    ...(row && { subjects: [{ name: row.name, guid: row.guid }] }),
    warnings:
      facts.vmDirSetting === ''
        ? []
        : [`vm_dir is “${facts.vmDirSetting}” now, which is nowhere on this machine: it is replaced.`],
    locks: ['setting:vm_dir', `dataset:${dataset}`],
  })
}

function problem(dataset: string, facts: SetUpFacts, directory: string | null): Refusal | null {
  const { vmDir, vmDirSetting, enabled, newName, missingModules } = facts
  if (vmDir !== null && enabled && missingModules.length === 0)
    return refusal('exists', `Guests are at home in ${vmDir} already.`)
  if (vmDir !== null && vmDirSetting !== `zfs:${dataset}`)
    return refusal(
      'exists',
      `Guests are at home in ${vmDir} already, and what is there would be lost from view.`,
      `Choose that place (${vmDirSetting}), or set vm_dir by hand.`,
    )
  const known = newName.datasets.find(each => `zfs:${each.name}` === vmDirSetting)
  if (vmDir === null && known)
    return refusal(
      'refused',
      `vm_dir is ${known.name}, which is there and not mounted.`,
      'Mount it, and its guests are back.',
    )
  const row = newName.datasets.find(each => each.name === dataset)
  if (row?.type === 'volume') return atField('invalid', `${dataset} is a zvol, and has no directories.`)
  if (row && directory === null)
    return atField('refused', `${dataset} is not mounted.`, 'Mount it, or choose another one.')
  if (!row) {
    const bad = newNameProblem(dataset, newName)
    if (bad) return { ...bad, detail: { ...bad.detail, field: 'dataset' } }
    if (directory === null)
      return atField('refused', 'The dataset above it is mounted nowhere, and so would this one be.')
  }
  // vm-bhyve cuts its settings at blanks.
  if (/\s/.test(dataset) || (directory !== null && /\s/.test(directory)))
    return atField('refused', 'vm-bhyve cannot live in a place whose name holds a blank.')
  return null
}

function atField(code: Refusal['code'], message: string, next?: string): Refusal {
  return { code, message, detail: { field: 'dataset', ...(next !== undefined && { next }) } }
}
