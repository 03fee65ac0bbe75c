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
  expect(host.world.resolve('/a/../../../etc')).toBe(`${host.dir}/root/etc`)
})
