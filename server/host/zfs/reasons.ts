/** What the reasons mean that zfs(8) gives behind "cannot VERB 'NAME': ". Texts of OpenZFS 2.1 to 2.4 (libzfs). */
import { AppError, type ErrorCode, type ErrorDetail } from '../../errors.ts'

/** What the reason behind "cannot VERB 'NAME': " means. `lines` are the lines after the first. */
type Reason = {
  says: RegExp
  code: ErrorCode
  message: (name: string, match: RegExpExecArray, names: string[]) => string
  next?: string
}

const REASONS: readonly Reason[] = [
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
    says: /^(?:parent does not exist|no such parent '.+')$/,
    code: 'not_found',
    message: name => `The dataset above “${name}” does not exist.`,
    next: 'Create it first.',
  },
  {
    says: /^parent (?:'.+' )?is not a filesystem$/,
    code: 'invalid',
    message: name =>
      `“${name}” cannot be there: what is above it is a volume, and only filesystems have children.`,
  },
  {
    says: /^(?:(?:pool or )?dataset (?:already )?exists|bookmark exists|snapshot exists)$/,
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
    says: /^(?:disk quota exceeded|quota exceeded|destination .+ space quota exceeded\.?)$/i,
    code: 'no_space',
    message: name => `A quota leaves no room for “${name}”.`,
  },
  {
    says: /^(?:permission denied|Insufficient privileges)$/i,
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
    says: /^(?:dataset is busy|pool is busy|pool or dataset is busy|mountpoint or dataset is busy|unmount failed)$/,
    code: 'in_use',
    message: name =>
      name.includes('@') ? `“${name}” is held or in use.` : `“${name}” is in use on the host.`,
    next: 'Stop what uses it, or release its holds.',
  },
  {
    says: /^(?:(?:snapshot|filesystem|volume) has dependent clones|snapshot is cloned)$/,
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
    says: /^there is a snapshot or bookmark more recent than '.+'$/,
    code: 'newer_snapshots',
    message: name => `“${name}” is not the newest: there are newer snapshots or bookmarks.`,
  },
  {
    says: /^'.+' is not found among snapshots of '.+'$/,
    code: 'not_found',
    message: name => `“${name}” does not exist.`,
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
    says: /^a child dataset already has a snapshot with the new name$/,
    code: 'exists',
    message: name => `“${name}” cannot be renamed: a dataset below has a snapshot of the new name.`,
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
    says: /^snapshots must be part of same dataset$/,
    code: 'invalid',
    message: name => `“${name}” would be of another dataset; a snapshot stays with its own.`,
  },
  {
    says: /^cannot (?:move encrypted child|promote dataset) outside (?:of )?its encryption root$/,
    code: 'refused',
    message: name => `“${name}” shares its key with what is above it and cannot leave that.`,
    next: 'Give it a key of its own first.',
  },
  {
    says: /^(?:encryption key not loaded|encryption root's key is not loaded or provided|(?:dataset|source|inherited) key must be loaded|(?:Parent key|Key) must be loaded\.|Key is not currently loaded\.)$/,
    code: 'refused',
    message: name => `The key of “${name}” is not loaded.`,
    next: 'Load its key first.',
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
    says: /^one or more devices is currently unavailable$/,
    code: 'refused',
    message: name => `A disk that “${name}” needs is not there.`,
  },
  {
    says: /^filesystem already mounted$/,
    code: 'refused',
    message: name => `“${name}” is mounted already.`,
  },
  {
    says: /^not currently mounted$/,
    code: 'refused',
    message: name => `“${name}” is not mounted.`,
  },
  {
    says: /^'canmount' property is set to 'off'$/,
    code: 'refused',
    message: name => `“${name}” is not to be mounted: its property canmount is off.`,
  },
  {
    says: /^(?:legacy mountpoint|no mountpoint set)$/,
    code: 'refused',
    message: name => `“${name}” has no mount point that zfs looks after.`,
    next: 'Set its property mountpoint to a path.',
  },
  {
    says: /^directory is not empty$/,
    code: 'refused',
    message: name => `“${name}” cannot be mounted: something lies in its mount point.`,
  },
  {
    says: /^(?:failed to create mountpoint: )(.+)$/,
    code: 'refused',
    message: (name, match) => `The mount point of “${name}” cannot be made: ${match[1] ?? ''}.`,
  },
  {
    says: /^Contains partially-completed state from "zfs receive -s"/,
    code: 'refused',
    message: name => `“${name}” is half received.`,
    next: 'Go on with its stream, or give it up.',
  },
  {
    says: /^operation not applicable to datasets of this type$/,
    code: 'invalid',
    message: name => `This cannot be done with “${name}”.`,
  },
  {
    says: /^(?:pool (?:and or dataset )?must be upgraded.*|the loaded zfs module does not support .+|operation not supported .+|Encryption feature not enabled\.)$/,
    code: 'unsupported',
    message: name => `The pool or the zfs of this host is too old for this on “${name}”.`,
  },
  {
    says: /^operation does not apply to pools$/,
    code: 'refused',
    message: name => `“${name}” is a whole pool; a pool is not destroyed like a dataset.`,
  },
  {
    says: /^(?:property )?('[^']+') (?:is readonly|does not apply to datasets of this type)$/,
    code: 'invalid',
    message: (name, match) => `The property ${match[1] ?? ''} cannot be set on “${name}”.`,
  },
  {
    says: /^this property can not be modified for snapshots$/,
    code: 'invalid',
    message: name => `Snapshots take only properties of the user: “${name}” cannot have this one.`,
  },
  {
    says: /^invalid property ('.+')$/,
    code: 'invalid',
    message: (_name, match) => `There is no property ${match[1] ?? ''}.`,
  },
  {
    says: /^('[^']+' (?:must be|cannot be|has an invalid|is too long|only allowed).*|'auto' is invalid value .*|bad numeric value '.*'|invalid numeric suffix '.*'|numeric value is too large|property value too long|property name '.*' is too long|component of '.*' is too long|volume size (?:cannot be zero|must be .+)|missing volume (?:block )?size|block size out of range .*|invalid '.+' property: must be .+|invalid property value\(s\) specified|keylocation (?:must|may) .+|[Ii]nvalid keylocation\.?|encrypted datasets cannot have 3 copies|minimum pbkdf2 iterations is \d+|Keyformat required for new encryption root\.|Encryption (?:must be turned on|properties must inherit) .+|Cannot specify pbkdf2iters .+|(?:Passphrase|Raw key|Hex key) too (?:short|long) \(.+\)\.|Invalid hex (?:key|character) .+|Provided keys do not match\.)$/,
    code: 'invalid',
    message: (name, match) =>
      `The value is not possible for “${name}”: ${(match[1] ?? '').replace(/\.$/, '')}.`,
  },
  {
    says: /^(?:invalid character '?.+'? in (?:pool )?name|multiple '@' and\/or '#' delimiters in name|missing '[@#]' delimiter in .+ name|name is reserved|reserved disk name|pool doesn't begin with a letter|name must begin with a letter|trailing slash in name|self reference, .+|parent reference, .+|empty component .+|(?:bookmark|snapshot) delimiter .+|name is too long|maximum name nesting depth .+|missing dataset name|leading slash in name|dataset name is too long)$/i,
    code: 'invalid',
    message: (name, match) => `“${name}” is no possible name: ${match[0]}.`,
  },
]

function listed(one: string, many: string, names: readonly string[]): string {
  if (names.length === 0) return many
  return names.length === 1 ? `${one}, “${names[0] ?? ''}”` : `${names.length} ${many}`
}

/** The error a reason means, about this name; `names` are those zfs lists below. Null where the reason is unknown. */
export function fromReason(name: string, reason: string, names: readonly string[] = []): AppError | null {
  for (const known of REASONS) {
    const match = known.says.exec(reason)
    if (!match) continue
    const detail: ErrorDetail = { names: names.length > 0 ? [...names] : [name] }
    if (known.next) detail.next = known.next
    return new AppError(known.code, known.message(name, match, [...names]), detail)
  }
  return null
}
