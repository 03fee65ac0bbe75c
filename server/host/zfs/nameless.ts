/** What zfs(8) says of a failure without naming a dataset in front. */
import { AppError, type ErrorCode } from '../../errors.ts'
import type { Recogniser } from '../answer.ts'

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
    says: /^bad volume (?:block )?size '(.*)': .+$/,
    code: 'invalid',
    message: match => `“${match[1] ?? ''}” is no possible size.`,
  },
  {
    says: /^property '(.+)' specified multiple times$/,
    code: 'invalid',
    message: match => `The property ${match[1] ?? ''} is given twice.`,
  },
  {
    says: /^'(.+)' is not a snapshot$/,
    code: 'invalid',
    message: match => `“${match[1] ?? ''}” is no snapshot.`,
  },
  {
    says: /^Key (?:load|change) error: Incorrect key provided for '(.+)'\.$/,
    code: 'denied',
    message: match => `This is not the key of “${match[1] ?? ''}”.`,
  },
  {
    says: /^Key load error: Key already loaded for '(.+)'\.$/,
    code: 'refused',
    message: match => `The key of “${match[1] ?? ''}” is loaded already.`,
  },
  {
    says: /^Key unload error: Key already unloaded for '(.+)'\.$/,
    code: 'refused',
    message: match => `The key of “${match[1] ?? ''}” is not loaded.`,
  },
  {
    says: /^Key unload error: '(.+)' is busy\.$/,
    code: 'in_use',
    message: match => `“${match[1] ?? ''}” is in use: its key stays.`,
    next: 'Unmount it, or stop what uses it.',
  },
  {
    says: /^Key (?:load|unload|change) error: (?:'(.+)' is not encrypted|Dataset not encrypted)\.$/,
    code: 'refused',
    message: match => `${match[1] ? `“${match[1]}”` : 'This'} is not encrypted.`,
  },
  {
    says: /^Key (?:load|unload) error: Keys must be (?:un)?loaded for encryption root of '(.+)' \((.+)\)\.$/,
    code: 'refused',
    message: match => `“${match[1] ?? ''}” has no key of its own: it uses that of “${match[2] ?? ''}”.`,
  },
  {
    says: /^Key change error: (?:Key must be loaded|Parent key must be loaded)\.$/,
    code: 'refused',
    message: () => 'The key is not loaded.',
    next: 'Load it first.',
  },
  {
    says: /^Key (?:load|change) error: ((?:Passphrase|Raw key|Hex key) too .+|Keyformat required .+|Invalid .+|Only .+|Parent must be encrypted|Key inheritting .+|Keys cannot be changed on clones|Root dataset cannot inherit key)\.$/,
    code: 'invalid',
    message: match => `The key is not possible: ${match[1] ?? ''}.`,
  },
  {
    says: /^cannot receive(?: .+)? stream: destination '(.+)' exists$/,
    code: 'exists',
    message: match => `“${match[1] ?? ''}” exists already.`,
  },
  {
    says: /^cannot receive(?: .+)? stream: destination (?:has snapshots|has children) \(eg\. (.+)\)$/,
    code: 'exists',
    message: match => `There is something already: “${match[1] ?? ''}”.`,
    next: 'Destroy it first, or receive elsewhere.',
  },
  {
    says: /^cannot receive(?: .+)? stream: destination '(.+)' does not exist$/,
    code: 'not_found',
    message: match => `“${match[1] ?? ''}” does not exist; what came since needs the whole first.`,
  },
  {
    says: /^cannot receive(?: .+)? stream: most recent snapshot of (.+) does not$/,
    code: 'refused',
    message: match => `“${match[1] ?? ''}” has not the snapshot this stream begins at, or has newer ones.`,
  },
  {
    says: /^cannot receive(?: .+)? stream: destination (.+) has been modified$/,
    code: 'refused',
    message: match => `“${match[1] ?? ''}” was changed since its newest snapshot.`,
    next: 'Roll it back to that snapshot first.',
  },
  {
    says: /^cannot receive(?: .+)? stream: (?:destination (.+) contains partially-complete state .+|target is busy.*)$/,
    code: 'in_use',
    message: match => `${match[1] ? `“${match[1]}” is half received` : 'The destination is in use'}.`,
  },
  {
    says: /^cannot receive(?: .+)?: (?:failed to read from stream|checksum mismatch or incomplete stream\.?|invalid (?:backup )?stream.*|incomplete stream|checksum mismatch)$/,
    code: 'failed',
    message: () => 'The stream broke off, or is none.',
  },
  {
    says: /^cannot receive(?: .+)?: (?:out of space|destination .+ space quota exceeded\.?)$/,
    code: 'no_space',
    message: () => 'There is not enough room in the pool or quota for what is received.',
  },
  {
    says: /^cannot resume send: (.+)$/,
    code: 'refused',
    message: match => `The sending cannot be gone on with: ${match[1] ?? ''}.`,
  },
  {
    says: /^'(.+)' does not have any resumable receive state to abort$/,
    code: 'refused',
    message: match => `“${match[1] ?? ''}” is not half received: there is nothing to give up.`,
  },
  {
    says: /^incremental source (?:\((.+)\) )?(?:does not exist|could not be found)$/,
    code: 'not_found',
    message: match => `The snapshot to begin at${match[1] ? `, ${match[1]},` : ''} does not exist.`,
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

export const recogniseNameless: Recogniser = stderr => {
  const line = stderr.split('\n', 1)[0] ?? ''
  for (const known of NAMELESS) {
    const match = known.says.exec(line)
    if (!match) continue
    return new AppError(known.code, known.message(match), known.next ? { next: known.next } : {})
  }
  return null
}
