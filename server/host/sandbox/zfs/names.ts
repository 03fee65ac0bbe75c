/** What zfs says of names it refuses (libzfs_dataset.c, zfs_namecheck.c). */
const LONGEST = 255
const DEEPEST = 50

export type NameKind = 'dataset' | 'snapshot' | 'bookmark'

/**
 * Why a name is refused, in zfs's words; null when it is well formed.
 * `-` and `.` may begin a part; a space may stand anywhere.
 */
export function nameFault(name: string, kind: NameKind): string | null {
  if (kind === 'dataset') {
    if (name.includes('@')) return "snapshot delimiter '@' is not expected here"
    if (name.includes('#')) return "bookmark delimiter '#' is not expected here"
  }
  if (kind === 'snapshot' && !name.includes('@')) return "missing '@' delimiter in snapshot name"
  if (kind === 'bookmark' && !name.includes('#')) return "missing '#' delimiter in bookmark name"
  if (Buffer.byteLength(name) > LONGEST) return 'name is too long'
  if (name === '') return "empty component or misplaced '@' or '#' delimiter in name"
  if (name.startsWith('/')) return 'leading slash in name'
  const [dataset = '', tag, ...more] = name.split(/[@#]/)
  if (name.endsWith('/')) return 'trailing slash in name'
  for (const part of dataset.split('/')) {
    const fault = partFault(part)
    if (fault !== null) return fault
  }
  if (more.length > 0) return "multiple '@' and/or '#' delimiters in name"
  if (tag !== undefined) {
    if (tag.includes('/')) return 'trailing slash in name'
    const fault = partFault(tag)
    if (fault !== null) return fault
  }
  if (dataset.split('/').length > DEEPEST) return 'maximum name nesting depth exceeded'
  return null
}

function partFault(part: string): string | null {
  if (part === '') return "empty component or misplaced '@' or '#' delimiter in name"
  const bad = invalidCharacter(part)
  if (bad !== null) return bad === '%' ? 'invalid character % in name' : `invalid character '${bad}' in name`
  if (part === '.') return "self reference, '.' is found in name"
  if (part === '..') return "parent reference, '..' is found in name"
  return null
}

/** zfs looks at bytes: of a letter beyond ASCII it prints the first byte alone. */
function invalidCharacter(part: string): string | null {
  const found = /[^A-Za-z0-9_.: -]/u.exec(part)?.[0]
  if (found === undefined) return null
  if (found.charCodeAt(0) < 128) return found
  return Buffer.from(found).subarray(0, 1).toString('utf8')
}
