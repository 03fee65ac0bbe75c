/**
 * What zfs(8) says on standard error, as codes. A message counts only where it is anchored and names one of the very
 * objects asked for; everything else stays `failed` with argv and stderr. Texts of OpenZFS 2.1 to 2.4.
 */
import { AppError, type ErrorCode, type ErrorDetail } from '../../errors.ts'
import { type Recogniser, runOrThrow } from '../answer.ts'
import type { Host, RunOptions } from '../host.ts'
import { isBookmarkName, isDatasetName, isSnapshotName } from './names.ts'

/** What the reason behind "cannot VERB 'NAME': " means. `lines` are the lines after the first. */
type Reason = {
  says: RegExp
  code: ErrorCode
  message: (name: string, match: RegExpExecArray, names: string[]) => string
  next?: string
}

const REASONS: Reason[] = [
  {
    says: /^(?:dataset|snapshot|bookmark|filesystem|volume) does not exist$/,
    code: 'not_found',
    message: name => `“${name}” does not exist.`,
  },
  {
    says: /^no such pool(?: '(.+)'| or dataset)?$/,
    code: 'not_found',
    message: (name, match) => (match[1] ? `There is no pool “${match[1]}”.` : `“${name}” does not exist.`),
  },
  {
    says: /^parent does not exist$/,
    code: 'not_found',
    message: name => `The dataset above “${name}” does not exist.`,
    next: 'Create it first.',
  },
  {
    says: /^parent is not a filesystem$/,
    code: 'invalid',
    message: name =>
      `“${name}” cannot be there: what is above it is a volume, and only filesystems have children.`,
  },
  {
    says: /^(?:dataset already exists|bookmark exists|snapshot exists)$/,
    code: 'exists',
    message: name => `“${name}” exists already.`,
  },
  {
    says: /^tag already exists on this dataset$/,
    code: 'exists',
    message: name => `“${name}” is held with this tag already.`,
  },
  {
    says: /^no such tag on this dataset$/,
    code: 'not_found',
    message: name => `“${name}” is not held with this tag.`,
  },
  {
    says: /^tag too long$/,
    code: 'invalid',
    message: name => `The tag is too long to hold “${name}” with it.`,
  },
  {
    says: /^(?:out of space|size is greater than available space|no space left on device)$/i,
    code: 'no_space',
    message: name => `There is not enough room in the pool or quota for “${name}”.`,
  },
  {
    says: /^size is less than current used or reserved space$/,
    code: 'no_space',
    message: name => `“${name}” already uses or reserves more than that.`,
  },
  {
    says: /^(?:disk quota exceeded|quota exceeded)$/i,
    code: 'no_space',
    message: name => `A quota leaves no room for “${name}”.`,
  },
  {
    says: /^permission denied$/,
    code: 'denied',
    message: name => `The host does not permit this on “${name}”.`,
  },
  {
    says: /^it's being held\. Run 'zfs holds -r .+' to see holders\.$/,
    code: 'held',
    message: name => `“${name}” is held.`,
    next: 'Release its holds first.',
  },
  {
    says: /^(?:dataset is busy|pool or dataset is busy)$/,
    code: 'in_use',
    message: name =>
      name.includes('@') ? `“${name}” is held or in use.` : `“${name}” is in use on the host.`,
    next: 'Stop what uses it, or release its holds.',
  },
  {
    says: /^(?:snapshot|filesystem|volume) has dependent clones$/,
    code: 'has_clones',
    message: (name, _match, names) => `“${name}” has ${listed('a clone', 'clones', names)}.`,
    next: 'Promote the clone, or destroy it first.',
  },
  {
    says: /^(?:filesystem|volume) has children$/,
    code: 'refused',
    message: (name, _match, names) =>
      `“${name}” still has ${listed('one thing below it', 'snapshots or children', names)}.`,
    next: 'Destroy those first, or together with it.',
  },
  {
    says: /^more recent snapshots or bookmarks exist$/,
    code: 'newer_snapshots',
    message: (name, _match, names) =>
      `“${name}” is not the newest: there ${names.length === 1 ? 'is' : 'are'} ${listed('a newer snapshot or bookmark', 'newer snapshots or bookmarks', names)}.`,
  },
  {
    says: /^clones of previous snapshots exist$/,
    code: 'has_clones',
    message: (name, _match, names) =>
      `Snapshots newer than “${name}” have ${listed('a clone', 'clones', names)}.`,
    next: 'Promote the clone, or destroy it first.',
  },
  {
    says: /^not a cloned filesystem$/,
    code: 'refused',
    message: name => `“${name}” is not a clone, so there is nothing to promote.`,
  },
  {
    says: /^conflicting snapshot '(.+)' from parent '.+'$/,
    code: 'exists',
    message: (name, match) => `“${name}” and its origin both have a snapshot @${match[1] ?? ''}.`,
    next: 'Rename or destroy one of the two.',
  },
  {
    says: /^source and target pools differ$|^datasets must be within same pool$/,
    code: 'invalid',
    message: name => `“${name}” would be in another pool; this works only within one pool.`,
  },
  {
    says: /^New dataset name cannot be a descendant of current dataset name$/,
    code: 'invalid',
    message: name => `“${name}” would be inside itself.`,
  },
  {
    says: /^pool I\/O is currently suspended$/,
    code: 'refused',
    message: name => `The pool of “${name}” is suspended: it has lost its disks.`,
    next: 'Bring the disks back, then clear the pool.',
  },
  {
    says: /^(?:pool is read-only|read-only file system)$/i,
    code: 'refused',
    message: name => `The pool of “${name}” is imported read-only.`,
  },
  {
    says: /^operation does not apply to pools$/,
    code: 'refused',
    message: name => `“${name}” is a whole pool; a pool is not destroyed like a dataset.`,
  },
  {
    says: /^('[^']+') (?:is readonly|does not apply to datasets of this type)$/,
    code: 'invalid',
    message: (name, match) => `The property ${match[1] ?? ''} cannot be set on “${name}”.`,
  },
  {
    says: /^invalid property ('.+')$/,
    code: 'invalid',
    message: (_name, match) => `There is no property ${match[1] ?? ''}.`,
  },
  {
    says: /^('[^']+' must be .+|bad numeric value '.*'|property value too long|volume size cannot be zero|keylocation must be .+)$/,
    code: 'invalid',
    message: (name, match) => `The value is not possible for “${name}”: ${match[1] ?? ''}.`,
  },
  {
    says: /^(?:invalid character '?.+'? in name|trailing slash in name|self reference, .+|parent reference, .+|empty component .+|(?:bookmark|snapshot) delimiter .+|name is too long|maximum name nesting depth .+|missing dataset name|leading slash in name|dataset name is too long)$/i,
    code: 'invalid',
    message: (name, match) => `“${name}” is no possible name: ${match[0]}.`,
  },
]

function listed(one: string, many: string, names: readonly string[]): string {
  if (names.length === 0) return many
  return names.length === 1 ? `${one}, “${names[0] ?? ''}”` : `${names.length} ${many}`
}

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
  /^cannot (open|create|create snapshot|create bookmark|destroy|destroy bookmark|rename|rename to|promote|rollback to|rollback|hold snapshot|release hold from snapshot|set property for|inherit .+ for|share|mount|unmount) '(.+?)': (.+)$/
const CANNOT_DESTROY_SNAPSHOT = /^cannot (destroy snapshot) (.+?@.+?): (.+)$/

/** The names zfs lists below "use '-r' to …", each alone on its line. */
function namesBelow(lines: readonly string[]): string[] {
  const heading = lines.findIndex(line => /^use '-[rR]' to /.test(line))
  if (heading < 0) return []
  return lines
    .slice(heading + 1)
    .filter(line => isDatasetName(line) || isSnapshotName(line) || isBookmarkName(line))
}

function fromReason(verb: string, name: string, reason: string, names: string[]): AppError | null {
  if (verb === 'rename' && reason === 'dataset already exists') {
    return new AppError('exists', `“${name}” cannot be renamed: the new name is taken.`, { names: [name] })
  }
  for (const known of REASONS) {
    const match = known.says.exec(reason)
    if (!match) continue
    const detail: ErrorDetail = { names: names.length > 0 ? names : [name] }
    if (known.next) detail.next = known.next
    return new AppError(known.code, known.message(name, match, names), detail)
  }
  return null
}

/** Recognises the failures that name one of `about`. */
function recogniseNamed(about: About): Recogniser {
  return stderr => {
    const lines = stderr.split('\n')
    for (const line of lines) {
      const match = CANNOT.exec(line) ?? CANNOT_DESTROY_SNAPSHOT.exec(line)
      const [, verb = '', name = '', reason = ''] = match ?? []
      if (!match || !isAbout(about, name)) continue
      const known = fromReason(verb, name, reason, namesBelow(lines))
      if (known) return known
    }
    return null
  }
}

/** Failures that name no dataset, each the whole first line. */
const NAMELESS: {
  says: RegExp
  code: ErrorCode
  message: (match: RegExpExecArray) => string
  next?: string
}[] = [
  {
    says: /^Permission denied the ZFS utilities must be run as root\.$/,
    code: 'denied',
    message: () => 'The ZFS utilities must be run as root here.',
  },
  {
    says: /^cannot (?:create snapshots ?|destroy snapshots|hold|release): permission denied$/,
    code: 'denied',
    message: () => 'The host does not permit this on these snapshots.',
  },
  {
    says: /^cannot create snapshots ?: multiple snapshots of same fs not allowed$/,
    code: 'invalid',
    message: () => 'One dataset is named twice: a command takes one snapshot of each dataset.',
  },
  {
    says: /^cannot create snapshots ?: (?:out of space|no space left on device)$/i,
    code: 'no_space',
    message: () => 'There is not enough room in the pool or quota for a snapshot.',
  },
  {
    says: /^cannot create snapshots ?: (?:dataset already exists|snapshot exists)$/,
    code: 'exists',
    message: () => 'A snapshot of this name exists already.',
  },
  {
    says: /^cannot create snapshots ?: pool is read-only$/,
    code: 'refused',
    message: () => 'The pool is imported read-only.',
  },
  {
    says: /^could not find any snapshots to destroy; check snapshot names\.$/,
    code: 'not_found',
    message: () => 'None of these snapshots exists any more.',
  },
  {
    says: /^bookmark '(.+)' does not exist\.$/,
    code: 'not_found',
    message: match => `The bookmark “${match[1] ?? ''}” does not exist.`,
  },
  {
    says: /^'(.+)' property cannot be inherited$/,
    code: 'invalid',
    message: match => `The property ${match[1] ?? ''} cannot be inherited.`,
  },
  {
    says: /^(\S+) property is read-only$/,
    code: 'invalid',
    message: match => `The property ${match[1] ?? ''} is read-only.`,
  },
  {
    says: /^(?:bad property list: invalid property|invalid option) '(.+)'$/,
    code: 'unsupported',
    message: match => `The zfs of this host does not know “${match[1] ?? ''}”.`,
  },
  {
    says: /^dryrun is not supported with bookmark$/,
    code: 'unsupported',
    message: () => 'What destroying a bookmark would free cannot be asked for.',
  },
  {
    says: /^cannot unmount '(\/.*)': (?:pool or dataset is busy|unmount failed|Device busy|target is busy)$/,
    code: 'in_use',
    message: match => `“${match[1] ?? ''}” is in use: something has a file or its working directory there.`,
    next: 'Stop what uses it, then try again.',
  },
]

const recogniseNameless: Recogniser = stderr => {
  const line = stderr.split('\n', 1)[0] ?? ''
  for (const known of NAMELESS) {
    const match = known.says.exec(line)
    if (!match) continue
    return new AppError(known.code, known.message(match), known.next ? { next: known.next } : {})
  }
  return null
}

export function zfsRecognisers(about: About): Recogniser[] {
  return [recogniseNamed(about), recogniseNameless]
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
