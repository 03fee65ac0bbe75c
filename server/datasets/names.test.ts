import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { isDatasetName, isSnapshotName } from '../host/zfs/names.ts'
import { newTagProblem, snapshotNameProblem, tagFitsProblem, tagProblem } from '../snapshots/names.ts'
import { datasetName, sizeText } from './input.ts'
import {
  datasetNameProblem,
  newDatasetNameProblem,
  parseSize,
  poolNameProblem,
  roundUp,
  sizeProblem,
  userPropertyProblem,
  userValueProblem,
  volblocksizeProblem,
  volumeSizeProblem,
} from './names.ts'

const GOLDEN = new URL('../host/golden/zfs/', import.meta.url)

describe('names of datasets', () => {
  test.each([
    ['tank', null],
    ['tank/vms/debian 12', null],
    ['tank/-dash/.dot/_x:y-z', null],
    ['tank/ lead', null],
    ['', 'A dataset’s name must not be empty.'],
    ['/tank/x', 'A dataset’s name begins with its pool, not with a slash.'],
    ['tank/', 'A dataset’s name must not end with a slash.'],
    ['tank//x', 'Each part of a dataset’s name must not be empty.'],
    ['tank/..', 'Each part of a dataset’s name must not be “..”.'],
    ['-tank/x', 'A pool’s name begins with a letter.'],
    ['9lives', 'A pool’s name begins with a letter.'],
    ['tank/a@b', 'Each part of a dataset’s name must not hold “@”.'],
    ['tank/a%b', 'Each part of a dataset’s name may hold letters, digits, spaces and - _ . : but not “%”.'],
    ['tank/ü', 'Each part of a dataset’s name may hold letters, digits, spaces and - _ . : but not “ü”.'],
    [
      'tank/a\tb',
      'Each part of a dataset’s name may hold letters, digits, spaces and - _ . : but not tabs or line breaks.',
    ],
  ])('%j', (name, problem) => {
    expect(datasetNameProblem(name)).toBe(problem)
    expect(z.safeParse(datasetName, name).success).toBe(problem === null)
  })

  test('at most 255 characters and 50 levels', () => {
    expect(datasetNameProblem(`tank/${'x'.repeat(250)}`)).toBeNull()
    expect(datasetNameProblem(`tank/${'x'.repeat(251)}`)).toBe(
      'The whole name would have 256 characters; ZFS takes at most 255.',
    )
    expect(datasetNameProblem(`t${'/d'.repeat(49)}`)).toBeNull()
    expect(datasetNameProblem(`t${'/d'.repeat(50)}`)).toBe('Datasets nest at most 50 deep.')
  })

  test('new ones are below a pool and have no blank at an end', () => {
    expect(newDatasetNameProblem('tank/a b')).toBeNull()
    expect(newDatasetNameProblem('tank')).toMatch(/below a pool/)
    expect(newDatasetNameProblem('tank/a ')).toMatch(/begins or ends with a space/)
  })

  // Every name that real zfs was asked to create, in all three versions: the same verdict.
  const asked = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
    .filter(file => /(^|\/)name\.[a-z0-9-]+\.cmd$/.test(file))
    .map(file => {
      const argv = readFileSync(new URL(file, GOLDEN), 'utf8').split('\n').slice(0, -1)
      const error = new URL(file.replace(/cmd$/, 'err'), GOLDEN)
      return { file, argv, stderr: readOr(error) }
    })
    .filter(({ argv }) => argv[1] === 'create' || argv[1] === 'snapshot')
  test.each(asked)('$file: as zfs itself says', ({ argv, stderr }) => {
    const name = argv.at(-1) ?? ''
    const isSnapshot = argv[1] === 'snapshot'
    const isRefusedName =
      / in name|name is too long|nesting depth|misplaced|delimiter|^usage:|reference/.test(stderr)
    const verdict = isSnapshot ? snapshotNameProblem(name) : datasetNameProblem(name)
    // `snapshot -r` fails by a child's name, which is not in its argv.
    if (argv.includes('-r')) return
    expect(verdict !== null).toBe(isRefusedName)
  })
  test('there are such names', () => {
    expect(asked.length).toBeGreaterThan(60)
  })

  test('what is legal for a person is legal for the readers of zfs’s answers', () => {
    const character = fc.constantFrom(...'abZ09_.: -', ...'@#%/\tü')
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 30 }), rest => {
        const name = `tank/${rest}`
        if (datasetNameProblem(name) === null) expect(isDatasetName(name)).toBe(true)
        if (snapshotNameProblem(name) === null) expect(isSnapshotName(name)).toBe(true)
        expect(isDatasetName(name) && isSnapshotName(name)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})

function readOr(url: URL): string {
  try {
    return readFileSync(url, 'utf8')
  } catch {
    return ''
  }
}

describe('names of pools, snapshots and properties', () => {
  test('pools', () => {
    expect(poolNameProblem('a b')).toBeNull()
    expect(poolNameProblem('a/b')).toBe('A pool’s name must not hold “/”.')
  })

  test('snapshots', () => {
    expect(tagProblem('-before 1')).toBeNull()
    expect(tagProblem('a,b')).toMatch(/but not “,”/)
    expect(newTagProblem('x ')).toMatch(/space/)
    expect(snapshotNameProblem('tank')).toBe('A snapshot’s name is a dataset, an @ and a name.')
    expect(snapshotNameProblem('tank@a@b')).toBe('A snapshot’s name must not hold “@”.')
    expect(tagFitsProblem('t'.repeat(200), ['tank', `tank/${'x'.repeat(60)}`])).toMatch(
      /would have 266 characters/,
    )
    expect(tagFitsProblem('t', ['tank'])).toBeNull()
  })

  test('properties of one’s own', () => {
    expect(userPropertyProblem('skep:conf')).toBeNull()
    expect(userPropertyProblem('note')).toMatch(/colon/)
    expect(userPropertyProblem('Org:x')).toMatch(/“O”/)
    expect(userPropertyProblem('-o:x')).toMatch(/hyphen/)
    expect(userPropertyProblem(`a:${'b'.repeat(254)}`)).toMatch(/at most 255/)
    expect(userValueProblem('ü'.repeat(4095))).toBeNull()
    expect(userValueProblem('ü'.repeat(4096))).toMatch(/8192 bytes/)
    expect(userValueProblem('a\0')).toMatch(/NUL/)
  })
})

describe('sizes', () => {
  test.each([
    ['40G', 40 * 2 ** 30],
    [' 1.5 T ', 1.5 * 2 ** 40],
    ['512MiB', 512 * 2 ** 20],
    ['16k', 16384],
    ['1048576', 1048576],
    ['7b', 7],
    ['1.1K', 1126],
    ['', null],
    ['G', null],
    ['-5G', null],
    ['1,5G', null],
    ['40GG', null],
    ['1e3', null],
    ['9999P', null],
    ['0x10', null],
  ])('%j', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
    expect(sizeProblem(text) === null).toBe(bytes !== null)
    if (bytes !== null) expect(z.parse(sizeText, text)).toBe(bytes)
  })

  test('zero is none', () => {
    expect(sizeProblem('0')).toBe('The size must not be zero.')
  })

  test('block sizes are powers of two, volumes whole blocks', () => {
    expect(volblocksizeProblem(16384)).toBeNull()
    for (const bytes of [0, 256, 3000, 2 ** 25, Number.NaN, -512])
      expect(volblocksizeProblem(bytes)).not.toBeNull()
    expect(volumeSizeProblem(1_000_001, 8192)).toBe(
      'The size must be a multiple of the block size: the next one is 1007616 bytes.',
    )
    expect(volumeSizeProblem(roundUp(1_000_001, 8192), 8192)).toBeNull()
    expect(volumeSizeProblem(0, 512)).not.toBeNull()
  })
})
