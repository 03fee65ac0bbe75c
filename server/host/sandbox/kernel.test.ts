import { symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { sandboxForTest } from './testing.ts'

test('a program answers through the door, a missing one is unsupported', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  expect(await host.run(['zfs', 'version'])).toMatchObject({ exit: 0, stderr: '' })
  await expect(host.run(['nothing-like-it'])).rejects.toMatchObject({ code: 'unsupported' })
  await expect(host.stream(['nothing-like-it'])).rejects.toMatchObject({ code: 'unsupported' })
})

test('files are written whole, listed, looked at and removed', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  await host.mkdir('/vm/web1')
  await host.write('/vm/web1/web1.conf', 'cpu="2"\n', { mode: 0o600 })
  expect(await host.read('/vm/web1/web1.conf')).toBe('cpu="2"\n')
  expect(await host.list('/vm/web1')).toMatchObject([{ name: 'web1.conf', type: 'file', sizeBytes: 8 }])
  expect(await host.stat('/vm/web1')).toMatchObject({ name: 'web1', type: 'directory' })
  await host.remove('/vm/web1/web1.conf')
  await host.remove('/vm/web1/web1.conf')
  expect(await host.stat('/vm/web1/web1.conf')).toBeNull()
  await expect(host.read('/vm/web1/web1.conf')).rejects.toMatchObject({ code: 'not_found' })
  await expect(host.list('/nowhere')).rejects.toMatchObject({ code: 'not_found' })
})

test('a path never leads out of the machine', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  await expect(host.read('/../../../etc/passwd')).rejects.toMatchObject({ code: 'not_found' })
  expect(host.world.resolve('/a/../../../etc')).toBe(path.join(host.dir, 'root', 'etc'))
})

test('a hanging program costs its deadline and no more; garbage, exits and gaps come through as they are', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  await host.run(['fault', 'add', 'zfs', 'list', '--', 'hang'])
  await expect(host.run(['zfs', 'list'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' })
  expect((await host.run(['zfs', 'version'])).exit).toBe(0)
  await host.run(['fault', 'clear'])
  await host.run(['fault', 'add', 'zfs', '--', 'exit', '1', 'internal error', 'once'])
  expect(await host.run(['zfs', 'list'])).toMatchObject({ exit: 1, stdout: '' })
  expect((await host.run(['zfs', 'list'])).exit).toBe(0)
  await host.run(['fault', 'add', 'zfs', '--', 'missing'])
  await expect(host.run(['zfs', 'list'])).rejects.toMatchObject({ code: 'unsupported' })
})

test('a stream gives lines as they come and ends when it is killed', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  const stream = await host.stream(['zpool', 'events', '-vHf'])
  const seen = (async () => {
    for await (const line of stream.lines) if (line.includes('tank@now')) return line
    return null
  })()
  await host.run(['zfs', 'snapshot', 'tank@now'])
  expect(await seen).toBe('        history_dsname = "tank@now"')
  stream.kill()
  await expect(stream.done).resolves.toMatchObject({ stderr: '' })
})

test('nothing is written outside the machine, not even through a link', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  symlinkSync(os.tmpdir(), path.join(host.dir, 'root', 'out'))
  await expect(host.write('/out/skep-was-here', 'x')).rejects.toMatchObject({ code: 'denied' })
  await expect(host.remove('/out/skep-was-here')).rejects.toMatchObject({ code: 'denied' })
  await expect(host.mkdir('/out/skep-was-here/deep')).rejects.toMatchObject({ code: 'denied' })
})
