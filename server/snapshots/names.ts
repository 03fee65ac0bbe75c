/** Names of snapshots and tags of holds (zfs_namecheck.c, zfs-hold(8)), said in sentences. Runs in a browser. */
import { datasetNameProblem, LONGEST_NAME, partProblem, tooLong } from '../datasets/names.ts'

/** What stands behind the @ of a snapshot that may exist. */
export function tagProblem(tag: string): string | null {
  return partProblem('A snapshot’s name', tag)
}

/** What stands behind the @ of a snapshot to be made. */
export function newTagProblem(tag: string): string | null {
  const problem = tagProblem(tag)
  if (problem) return problem
  return tag.trim() === tag ? null : 'A snapshot’s name should not begin or end with a space.'
}

/** The full name of a snapshot: `tank/vms/debian@before`. */
export function snapshotNameProblem(name: string): string | null {
  const at = name.indexOf('@')
  if (at < 0) return 'A snapshot’s name is a dataset, an @ and a name.'
  const problem = datasetNameProblem(name.slice(0, at)) ?? tagProblem(name.slice(at + 1))
  if (problem) return problem
  return name.length > LONGEST_NAME ? tooLong('The whole name', name.length) : null
}

/**
 * Whether a snapshot of this name fits every one of these datasets: with `-r`, one that is too long fails them all.
 */
export function tagFitsProblem(tag: string, datasets: readonly string[]): string | null {
  const longest = datasets.reduce((widest, name) => (name.length > widest.length ? name : widest), '')
  const length = longest.length + 1 + tag.length
  return length > LONGEST_NAME ? tooLong(`The snapshot’s full name below “${longest}”`, length) : null
}

/** The tag of a hold: one line of text. */
export function holdTagProblem(tag: string): string | null {
  if (tag === '') return 'Give the hold a tag, such as keep.'
  const hasControl = [...tag].some(character => character < ' ' || character === '\u007f')
  if (hasControl) return 'A tag is one line without tabs.'
  const bytes = new TextEncoder().encode(tag).length
  return bytes > LONGEST_NAME ? `A tag has at most ${LONGEST_NAME} bytes, this one has ${bytes}.` : null
}
