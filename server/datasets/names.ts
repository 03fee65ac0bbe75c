/**
 * What ZFS takes as a name, a size and a property (zfs_namecheck.c, zfs_prop.c, zfsprops(7)), said in sentences.
 * A function `…Problem` returns null when there is none. Runs in a browser.
 */

/** ZFS_MAX_DATASET_NAME_LEN without its NUL; legal names are ASCII, so characters are bytes. */
export const LONGEST_NAME = 255
/** zfs_max_dataset_nesting. */
const DEEPEST = 50
/** ZAP_MAXVALUELEN without its NUL. */
const LONGEST_VALUE_BYTES = 8191

const LEGAL = /^[A-Za-z0-9_.: -]$/

/** What is wrong with one part of a name, between slashes or behind the @. `what` begins the sentence: "A name". */
export function partProblem(what: string, part: string): string | null {
  if (part === '') return `${what} must not be empty.`
  if (part === '.' || part === '..') return `${what} must not be “${part}”.`
  const wrong = [...part].find(character => !LEGAL.test(character))
  if (wrong === undefined) return null
  if (wrong === '/' || wrong === '@' || wrong === '#') return `${what} must not hold “${wrong}”.`
  const shown = /\s/.test(wrong) ? 'tabs or line breaks' : `“${wrong}”`
  return `${what} may hold letters, digits, spaces and - _ . : but not ${shown}.`
}

/** A pool's name: as a part, but it begins with a letter. */
export function poolNameProblem(name: string): string | null {
  const problem = partProblem('A pool’s name', name)
  if (problem) return problem
  if (!/^[A-Za-z]/.test(name)) return 'A pool’s name begins with a letter.'
  return name.length > LONGEST_NAME ? `A pool’s name has at most ${LONGEST_NAME} characters.` : null
}

/** The full name of a filesystem or volume that may exist: `tank/vms/debian`. */
export function datasetNameProblem(name: string): string | null {
  if (name === '') return 'A dataset’s name must not be empty.'
  if (name.startsWith('/')) return 'A dataset’s name begins with its pool, not with a slash.'
  if (name.endsWith('/')) return 'A dataset’s name must not end with a slash.'
  const [pool = '', ...parts] = name.split('/')
  const problem =
    poolNameProblem(pool) ??
    parts.map(part => partProblem('Each part of a dataset’s name', part)).find(found => found !== null) ??
    null
  if (problem) return problem
  if (parts.length >= DEEPEST) return `Datasets nest at most ${DEEPEST} deep.`
  if (name.length > LONGEST_NAME) return tooLong('The whole name', name.length)
  return null
}

/** The full name of a filesystem or volume to be made: also none that only looks like another. */
export function newDatasetNameProblem(name: string): string | null {
  const problem = datasetNameProblem(name)
  if (problem) return problem
  if (!name.includes('/')) return 'A dataset is made below a pool: give the pool, a slash and a name.'
  return name.split('/').some(part => part.trim() !== part)
    ? 'A part of the name begins or ends with a space; ZFS would take it, people would not find it.'
    : null
}

export function tooLong(what: string, length: number): string {
  return `${what} would have ${length} characters; ZFS takes at most ${LONGEST_NAME}.`
}

/** `org.example:backup`: a property of one's own has a colon. */
export function userPropertyProblem(name: string): string | null {
  if (!name.includes(':'))
    return 'A property of your own has a colon in its name, such as org.example:backup.'
  const wrong = [...name].find(character => !/^[a-z0-9:._-]$/.test(character))
  if (wrong !== undefined) return `The name may hold small letters, digits and : . _ - but not “${wrong}”.`
  if (name.startsWith('-')) return 'The name must not begin with a hyphen.'
  return name.length > LONGEST_NAME ? `The name has at most ${LONGEST_NAME} characters.` : null
}

/** The value of a property of one's own: text of every kind that fits. */
export function userValueProblem(value: string): string | null {
  if (value.includes('\0')) return 'The value must not hold a NUL character.'
  const bytes = new TextEncoder().encode(value).length
  return bytes > LONGEST_VALUE_BYTES
    ? `The value has ${bytes} bytes; ZFS keeps at most ${LONGEST_VALUE_BYTES}.`
    : null
}

const UNITS = 'KMGTPE'

/** Bytes of "40G", "1.5T", "512 MiB", "1048576"; part of a byte is let go. Null where it is no size. */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d{1,16}(?:\.\d{1,9})?)\s*(?:([KMGTPE])(?:i?B)?|B)?\s*$/i.exec(text)
  if (!match) return null
  const power = match[2] === undefined ? 0 : UNITS.indexOf(match[2].toUpperCase()) + 1
  const bytes = Math.floor(Number(match[1]) * 1024 ** power)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** What is wrong with a typed size. */
export function sizeProblem(text: string): string | null {
  if (text.trim() === '') return 'Give a size, such as 40G or 1.5T.'
  const bytes = parseSize(text)
  if (bytes === null)
    return `“${text.trim()}” is no size: give a number and K, M, G or T, such as 40G or 1.5T.`
  return bytes === 0 ? 'The size must not be zero.' : null
}

/** 512 bytes to 16 MiB; OpenZFS before 2.2 takes at most 128 KiB without large_blocks, and zfs itself then says so. */
export function volblocksizeProblem(bytes: number): string | null {
  const isPowerOfTwo = Number.isInteger(Math.log2(bytes))
  return isPowerOfTwo && bytes >= 512 && bytes <= 16 * 1024 * 1024
    ? null
    : 'The block size is a power of two from 512 bytes to 16 MiB.'
}

/** What is wrong with a volume's size, given its block size. */
export function volumeSizeProblem(sizeBytes: number, volblocksizeBytes: number): string | null {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) return 'The size must be at least one block.'
  if (sizeBytes % volblocksizeBytes === 0) return null
  return `The size must be a multiple of the block size: the next one is ${roundUp(sizeBytes, volblocksizeBytes)} bytes.`
}

/** The next multiple of a block size: 0 stays 0. */
export function roundUp(sizeBytes: number, blockBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes
}
