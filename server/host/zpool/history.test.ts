import { expect, test } from 'vitest'
import { failureOf } from '../../testing.ts'
import { goldenCases } from '../golden/cases.testing.ts'
import { poolHistoryArgv, readPoolCommands, rolledBackAfter } from './history.ts'

const HISTORIES = goldenCases('zpool').filter(each => each.argv[2] === '-il')

test('is asked as it was captured', () => {
  expect(HISTORIES.map(each => each.argv)).toEqual(HISTORIES.map(() => poolHistoryArgv('tank')))
  expect(HISTORIES).toHaveLength(3)
})

test.each(HISTORIES.map(each => [each.name, each.stdout] as const))(
  'tells a roll back after a destroy from one before it (%s)',
  (_, text) => {
    expect(rolledBackAfter(text, 'tank/data', ['tank/data@s3'])).toBe(true)
    expect(rolledBackAfter(text, 'tank/vm/disk0', ['tank/data@s3'])).toBe(false)
    expect(rolledBackAfter(text, 'tank/data', ['tank/data@never'])).toBeNull()
    expect(rolledBackAfter(text, 'tank/dat', ['tank/data@s3'])).toBe(false)
  },
)

test.each(['2.1.11', '2.3.9', '2.4.4'])(
  'commands and users of %s are those that zpool names without -i',
  async version => {
    const text = (name: string) =>
      goldenCases('zpool').find(each => each.name === `${version}/${name}`)?.stdout ?? ''
    const plain = await readPoolCommands(text('hist').split('\n'), 'tank', 1000)
    expect(plain.commands.length).toBeGreaterThan(10)
    expect(plain.commands.map(each => each.user)).toEqual(plain.commands.map(() => null))
    const long = text('final.history-il')
      .split('\n')
      .filter(line => /^History|^[\d.:-]+ (?:zfs|zpool) /.test(line))
    const { commands } = await readPoolCommands(long, 'tank', 100_000)
    expect(commands.slice(0, plain.commands.length).map(({ at, command }) => ({ at, command }))).toEqual(
      plain.commands.map(({ at, command }) => ({ at, command })),
    )
    // Those with line breaks have lost their user with the rest of their lines here.
    const users = commands.flatMap(each => each.user ?? [])
    expect(new Set(users)).toEqual(new Set(['root', 'op']))
  },
)

test('what is no history is an error that keeps the text', async () => {
  const of = (...lines: string[]) => failureOf(readPoolCommands(lines, 'tank', 10))
  expect(await of("History for 'other':")).toMatchObject({ code: 'unreadable' })
  expect(await of("History for 'tank':", 'zfs create tank/a')).toMatchObject({
    code: 'unreadable',
    detail: { output: 'zfs create tank/a' },
  })
})

test('a command with line breaks is one; only the newest are kept, and how many are not is told', async () => {
  const line = (n: number) => `2026-11-22.10:17:05 zfs create tank/${n} [user 0 (root) on nas]`
  const many = Array.from({ length: 25 }, (_, n) => line(n))
  const found = await readPoolCommands(["History for 'tank':", ...many, ''], 'tank', 4)
  expect(found.older).toBe(21)
  expect(found.commands.map(each => each.command)).toEqual([21, 22, 23, 24].map(n => `zfs create tank/${n}`))
  const broken = ["History for 'tank':", '2026-11-22.10:17:05 zfs set a:b=one', 'two tank [user 1001 on nas]']
  expect((await readPoolCommands(broken, 'tank', 4)).commands).toEqual([
    { at: '2026-11-22 10:17:05', command: 'zfs set a:b=one\ntwo tank', user: '1001' },
  ])
})
