/** Files of a machine over SSH, in each way that they can be reached. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../testing.ts'
import type { Host } from '../host.ts'
import { startSshd, type TestSshd } from './testing.ts'

describe.each([
  ['by sftp', [], {}],
  ['by commands, where sftp is off', ['Subsystem sftp /bin/false'], {}],
  ['by commands, where rights are borrowed', [], { privilege: 'sudo' }],
] as const)('files %s', (_how, config, change) => {
  let own: TestSshd
  let door: Host
  let dir = ''
  beforeAll(async () => {
    own = await startSshd(config)
    door = own.host(change)
    dir = path.join(own.dir, 'files')
    mkdirSync(dir)
  })
  afterAll(async () => {
    await door.close()
    await own.dispose()
  })

  test('are written whole, read back, and keep their mode', async () => {
    const file = path.join(dir, "a name with 'quotes' and\nmore")
    const text = 'first\nsecond without end ünï'
    await door.write(file, text)
    expect(await door.read(file)).toBe(text)
    expect(statSync(file).mode & 0o777).toBe(0o644)
    await door.write(file, '', { mode: 0o600 })
    expect(readFileSync(file, 'utf8')).toBe('')
    await door.write(file, 'kept')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await door.remove(file)
    await door.remove(file)
    expect(existsSync(file)).toBe(false)
  })

  test('a symbolic link is followed', async () => {
    writeFileSync(path.join(dir, 'target'), 'old')
    symlinkSync('target', path.join(dir, 'link'))
    await door.write(path.join(dir, 'link'), 'new')
    expect(readFileSync(path.join(dir, 'target'), 'utf8')).toBe('new')
    expect(await door.stat(path.join(dir, 'link'))).toMatchObject({
      name: 'link',
      type: 'file',
      sizeBytes: 3,
    })
  })

  test('are listed by name, with their kind', async () => {
    const below = path.join(dir, 'list')
    await door.mkdir(path.join(below, 'sub', 'sub'))
    await door.mkdir(path.join(below, 'sub'))
    writeFileSync(path.join(below, '.hidden'), '12345')
    writeFileSync(path.join(below, 'with blank'), '')
    symlinkSync('nowhere', path.join(below, 'astray'))
    const seen = (await door.list(below)).map(({ mtimeMs: _, ...entry }) => entry)
    expect(seen).toMatchObject([
      { name: '.hidden', type: 'file', sizeBytes: 5 },
      { name: 'astray', type: 'other', link: true },
      { name: 'sub', type: 'directory' },
      { name: 'with blank', type: 'file', sizeBytes: 0 },
    ])
    const { mtimeMs } = (await door.stat(path.join(below, '.hidden'))) ?? { mtimeMs: 0 }
    expect(Math.abs(mtimeMs - Date.now())).toBeLessThan(60_000)
    expect(await failureOf(door.remove(path.join(below, 'sub')))).toMatchObject({ code: 'refused' })
  })

  test('what is not there, or no file', async () => {
    const none = path.join(dir, 'none')
    expect(await door.stat(none)).toBe(null)
    expect(await failureOf(door.read(none))).toMatchObject({ code: 'not_found' })
    expect(await failureOf(door.list(none))).toMatchObject({ code: 'not_found' })
    expect(await failureOf(door.read(dir))).toMatchObject({ code: 'invalid' })
    expect(await failureOf(door.read('relative'))).toMatchObject({ code: 'invalid' })
    writeFileSync(path.join(dir, 'bytes'), Buffer.from([0xff, 0xfe]))
    expect(await failureOf(door.read(path.join(dir, 'bytes')))).toMatchObject({ code: 'unreadable' })
  })

  test('a full disk: said so, the old text stays, nothing is left', async () => {
    // A file that cannot grow: /dev/full is the one disk that is full on every Linux.
    const small = path.join(dir, 'small')
    mkdirSync(small)
    const mounted = await door.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small])
    expect(mounted.exit).toBe(0)
    try {
      const file = path.join(small, 'web1.conf')
      await door.write(file, 'loader="uefi"\n')
      expect(await failureOf(door.write(file, 'x'.repeat(200_000)))).toMatchObject({ code: 'no_space' })
      expect(await door.read(file)).toBe('loader="uefi"\n')
      expect((await door.list(small)).map(each => each.name)).toEqual(['web1.conf'])
    } finally {
      await door.run(['umount', small])
    }
  })
})
