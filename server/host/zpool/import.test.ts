import { expect, test } from 'vitest'
import { answering } from '../golden/answering.testing.ts'
import { goldenCases } from '../golden/cases.testing.ts'
import { sandboxForTest } from '../sandbox/testing.ts'
import { zpoolRecognisers } from './errors.ts'
import { importArgv, listImportable, parseImportable } from './import.ts'

const CASES = goldenCases('zpool').filter(({ argv }) => argv[1] === 'import')
const VERSIONS = ['2.1.11', '2.3.9', '2.4.4']
function the(version: string, name: string) {
  const found = CASES.find(each => each.name === `${version}/${name}`)
  if (!found) throw new Error(`There is no capture ${name} of ${version}.`)
  return found
}

test('every captured answer is read, to its last vdev', () => {
  const told = CASES.filter(({ stdout }) => stdout !== '')
  expect(told.length).toBeGreaterThan(9)
  for (const { stdout, name } of told) {
    const pools = parseImportable(stdout)
    expect(pools.length, name).toBe(stdout.match(/^ +pool: /gm)?.length)
    const states = stdout.match(/^\t {2}.*(ONLINE|DEGRADED|UNAVAIL|FAULTED)/gm)?.length
    expect(pools.flatMap(each => each.vdevs).length, name).toBe(states)
  }
})

test.each(VERSIONS)('%s: whole, and with the id that passes 2^53', version => {
  const { stdout } = the(version, 'import.one')
  expect(parseImportable(stdout)).toEqual([
    {
      name: 'rz',
      guid: /id: (\d+)/.exec(stdout)?.[1],
      state: 'ONLINE',
      isDestroyed: false,
      statusText: null,
      actionText: 'The pool can be imported using its name or numeric identifier.',
      messageId: null,
      vdevs: [
        { depth: 0, name: 'raidz1-0', state: 'ONLINE', note: null },
        ...['vdd', 'vde', 'vdf'].map(name => ({ depth: 1, name, state: 'ONLINE', note: null })),
      ],
    },
  ])
})

test.each(VERSIONS)('%s: another system had it last', version => {
  const [pool] = parseImportable(the(version, 'import.otherhost-list').stdout)
  expect(pool).toMatchObject({
    name: 'rb',
    messageId: 'ZFS-8000-EY',
    statusText: 'The pool was last accessed by another system.',
  })
})

test.each(VERSIONS)('%s: what is missing is named, and the others are read beside it', version => {
  const pools = parseImportable(the(version, 'import.corrupt').stdout)
  const lost = pools.find(each => each.state === 'UNAVAIL')
  expect(lost?.actionText).toMatch(/cannot be imported/)
  expect(lost?.vdevs.filter(each => each.note === 'cannot open')).toHaveLength(2)
  expect(pools.some(each => each.state === 'ONLINE')).toBe(true)
})

test('caches and spares have no state, and a note of zpool ends the list', () => {
  // zpool_main.c, show_import(): written by its rules, no machine here had such a pool.
  const text = `  pool: tank
    id: 42
 state: ONLINE (DESTROYED)
action: The pool can be imported using its name or numeric identifier.
comment: of the old machine
config:

\ttank        ONLINE
\t  da0       ONLINE
\tcache
\t  da1
\tspares
\t  da2

\tAdditional devices are known to be part of this pool, though their
\texact configuration cannot be determined.
`
  const [pool] = parseImportable(text)
  expect(pool?.isDestroyed).toBe(true)
  expect(pool?.vdevs.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'da0 ONLINE',
    'da1 null',
    'da2 null',
  ])
})

test.each([
  ['a stray line', '  pool: a\n    id: 1\n state: ONLINE\nwhat\nconfig:\n\n\ta  ONLINE\n'],
  ['no id', '  pool: a\n state: ONLINE\nconfig:\n\n\ta  ONLINE\n'],
  ['a state of the future', '  pool: a\n    id: 1\n state: GOOD\nconfig:\n\n\ta  GOOD\n'],
  ['no config', '  pool: a\n    id: 1\n state: ONLINE\n'],
])('refused: %s', (_, text) => {
  expect(() => parseImportable(text)).toThrow(/zpool import/)
})

test('none is no error, whatever was looked for', async () => {
  const { stderr } = the('2.4.4', 'empty.import')
  expect(await listImportable(answering({ stderr }), 'exported')).toEqual([])
  await using host = await sandboxForTest({ seed: 'small' })
  expect(await listImportable(host, 'exported')).toEqual([])
  expect(await listImportable(host, 'destroyed')).toEqual([])
})

test('by its id, with every word that was asked for', () => {
  const plain = {
    guid: '42',
    newName: null,
    readonly: false,
    force: false,
    isDestroyed: false,
    unmounted: false,
  }
  expect(importArgv(plain)).toEqual(['zpool', 'import', '42'])
  expect(
    importArgv({
      guid: '42',
      newName: 'b',
      readonly: true,
      force: true,
      isDestroyed: true,
      unmounted: true,
    }).join(' '),
  ).toBe('zpool import -f -D -N -o readonly=on 42 b')
})

test.each(VERSIONS)('%s: refusals in words', version => {
  const code = (name: string, pool: string) =>
    zpoolRecognisers(pool)
      .map(each => each(the(version, name).stderr))
      .find(each => each !== null)?.code
  expect(code('import.again', 'rz')).toBe('exists')
  expect(code('import.bad', 'nosuch')).toBe('not_found')
  expect(code('import.otherhost-try', 'rb')).toBe('refused')
})
