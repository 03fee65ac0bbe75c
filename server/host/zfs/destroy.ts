/** zfs-destroy(8): exactly what is named, and what that would free. */
import { commandError, unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { type About, runZfs, zfsRecognisers } from './errors.ts'
import { isDatasetName, isSnapshotName } from './names.ts'

/**
 * Snapshots of one dataset (one command destroys all or none of them); a bookmark; a dataset, alone or with all that is
 * below it. `recursive` exists only where it is asked for by name: the first form never destroys what it does not name.
 */
export type Destroy =
  | { dataset: string; tags: readonly string[] }
  | { bookmark: string }
  | { dataset: string; recursive: 'nothing else' | 'snapshots and children' | 'clones too' }

function target(spec: Destroy): string[] {
  if ('bookmark' in spec) return [spec.bookmark]
  if ('tags' in spec) return [`${spec.dataset}@${spec.tags.join(',')}`]
  if (spec.recursive === 'nothing else') return [spec.dataset]
  return [spec.recursive === 'clones too' ? '-R' : '-r', spec.dataset]
}

export function destroyArgv(spec: Destroy): string[] {
  return ['zfs', 'destroy', ...target(spec)]
}

function about(spec: Destroy): About {
  if ('bookmark' in spec) return { names: [spec.bookmark] }
  if ('tags' in spec) return { names: [spec.dataset, ...spec.tags.map(tag => `${spec.dataset}@${tag}`)] }
  return { names: [spec.dataset], below: spec.recursive === 'nothing else' ? [] : [spec.dataset] }
}

/**
 * AppError `held`, `has_clones`, `in_use` (then no snapshot of the selection was destroyed), `refused` (children),
 * `not_found`, `denied`. Tags that are gone already are passed over by zfs. With `snapshots and children` a busy volume
 * loses its snapshots before zfs notices (seen on OpenZFS 2.4.4): see to its users first.
 */
export async function destroy(host: Host, spec: Destroy): Promise<void> {
  await runZfs(host, destroyArgv(spec), about(spec), { timeoutMs: 300_000 })
}

/** Bookmarks have no dry run (zfs refuses it). */
export type DryRun = Exclude<Destroy, { bookmark: string }>

export function destroyDryRunArgv(spec: DryRun): string[] {
  return ['zfs', 'destroy', '-nvp', ...target(spec)]
}

export type Reclaim = {
  /** Full names of everything that would be destroyed, each once, in the order zfs prints them. */
  victims: string[]
  /** Null where zfs tells no figure (a dataset with all below it). */
  reclaimBytes: number | null
}

/** `zfs destroy -nvp [-r|-R] TARGET`: "destroy<TAB>NAME" lines, then "reclaim<TAB>BYTES" for snapshots. */
export function parseDestroyDryRun(text: string): Reclaim {
  const victims = new Set<string>()
  let reclaimBytes: number | null = null
  if (text !== '' && !text.endsWith('\n'))
    throw unreadable('zfs destroy -nvp', text, 'it breaks off within a row')
  for (const line of text.split('\n').slice(0, -1)) {
    const [word, value = '', ...more] = line.split('\t')
    if (more.length > 0 || reclaimBytes !== null)
      throw unreadable('zfs destroy -nvp', text, `“${line}” is too much`)
    if (word === 'destroy' && (isDatasetName(value) || isSnapshotName(value))) victims.add(value)
    else if (word === 'reclaim' && /^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) {
      reclaimBytes = Number(value)
    } else throw unreadable('zfs destroy -nvp', text, `“${line}” is neither a victim nor a sum`)
  }
  return { victims: [...victims], reclaimBytes }
}

/**
 * What `destroy` would destroy and free, said by zfs itself; it does not notice holds.
 * AppError `has_clones` (zfs names the clones), `not_found`, `refused` (children), `denied`.
 */
export async function destroyDryRun(host: Host, spec: DryRun): Promise<Reclaim> {
  const argv = destroyDryRunArgv(spec)
  const result = await host.run(argv, { timeoutMs: 120_000 })
  // With clones zfs prints its rows first and fails then: rows of a failed run are no answer.
  if (result.exit !== 0) throw commandError(argv, result, zfsRecognisers(about(spec)))
  return parseDestroyDryRun(result.stdout)
}
