/**
 * What zfs(8) says on standard error, as codes. A message counts only where it is anchored and names one of the very
 * objects asked for; everything else stays `failed` with argv and stderr. Texts of OpenZFS 2.1 to 2.4.
 */
import { AppError } from '../../errors.ts'
import { type Recogniser, runOrThrow } from '../answer.ts'
import type { Host, RunOptions } from '../host.ts'
import { recogniseNameless } from './nameless.ts'
import { isBookmarkName, isDatasetName, isSnapshotName } from './names.ts'
import { fromReason } from './reasons.ts'

/** Which names an answer may speak of: those asked for, and with `below` all under a dataset (recursive commands). */
export type About = { names: readonly string[]; below?: readonly string[] }

function isAbout(about: About, name: string): boolean {
  if (about.names.includes(name)) return true
  return (about.below ?? []).some(
    dataset => name === dataset || ['/', '@', '#'].some(mark => name.startsWith(dataset + mark)),
  )
}

/** "cannot VERB 'NAME': REASON", also "cannot destroy snapshot NAME: REASON" (which prints its name bare). */
const CANNOT =
  /^cannot (open|create|create snapshot|create bookmark|destroy|destroy bookmark|rename|rename to|promote|rollback to|rollback|hold snapshot|release hold from snapshot|set property for|inherit .+ for|share|unshare|mount|unmount|send|receive|iterate filesystems|list snapshots) '(.+?)': (.+)$/
const CANNOT_DESTROY_SNAPSHOT = /^cannot (destroy snapshot) (.+?@.+?): (.+)$/

/** The names zfs lists below "use '-r' to …", each alone on its line. */
function namesBelow(lines: readonly string[]): string[] {
  const heading = lines.findIndex(line => /^use '-[rR]' to /.test(line))
  if (heading < 0) return []
  return lines
    .slice(heading + 1)
    .filter(line => isDatasetName(line) || isSnapshotName(line) || isBookmarkName(line))
}

/** A group fails as one: "cannot create snapshots : REASON", "cannot hold: REASON". */
const CANNOT_GROUP = /^cannot (?:create snapshots ?|destroy snapshots|hold|release): (.+)$/

/** Recognises the failures that name one of `about`. */
function recogniseNamed(about: About): Recogniser {
  return stderr => {
    const lines = stderr.split('\n')
    for (const line of lines) {
      const match = CANNOT.exec(line) ?? CANNOT_DESTROY_SNAPSHOT.exec(line)
      const [, verb = '', name = '', reason = ''] = match ?? []
      if (!match || !isAbout(about, name)) continue
      if (verb === 'rename' && reason === 'dataset already exists') {
        return new AppError('exists', `“${name}” cannot be renamed: the new name is taken.`, {
          names: [name],
        })
      }
      const known = fromReason(name, reason, namesBelow(lines))
      if (known) return known
    }
    return null
  }
}

function recogniseGroup(about: About): Recogniser {
  return stderr => {
    const reason = CANNOT_GROUP.exec(stderr.split('\n', 1)[0] ?? '')?.[1]
    const [name] = about.names
    return reason === undefined || name === undefined ? null : fromReason(name, reason)
  }
}

export function zfsRecognisers(about: About): Recogniser[] {
  return [recogniseNamed(about), recogniseNameless, recogniseGroup(about)]
}

/** Runs a zfs command about these names; AppError for every other exit status than 0. */
export function runZfs(
  host: Pick<Host, 'run'>,
  argv: readonly string[],
  about: readonly string[] | About,
  options?: RunOptions,
): Promise<string> {
  return runOrThrow(host, argv, zfsRecognisers('names' in about ? about : { names: about }), options)
}
