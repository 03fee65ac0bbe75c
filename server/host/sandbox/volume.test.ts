/** Block devices over the socket, as the guest's emulator uses them. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readObjsetIds, readObjsetIo } from '../zfs/objset.ts'
import { KernelClient } from './protocol.ts'
import { sandboxForTest } from './testing.ts'

async function machine() {
  const host = await sandboxForTest({ seed: 'empty' })
  await host.run(['zfs', 'create', '-s', '-V', '1M', 'tank/disk'])
  return host
}

test('a guest writes on while a snapshot is taken; each write is in it or not', async () => {
  await using host = await machine()
  const guest = await KernelClient.connect(host.dir)
  const disk = await guest.openVolume('/dev/zvol/tank/disk', 'write')
  expect(disk).toMatchObject({ sizeBytes: 1024 ** 2, volblocksize: 16384 })
  const writes = []
  for (let at = 0; at < 64; at++) {
    writes.push(disk.write(at * 8192, Buffer.alloc(8192, at + 1)))
    if (at === 20) writes.push(host.run(['zfs', 'snapshot', 'tank/disk@mid']))
  }
  await Promise.all(writes)
  await host.run(['zfs', 'clone', 'tank/disk@mid', 'tank/then'])
  const then = await guest.openVolume('/dev/zvol/tank/then', 'read')
  const bytes = await then.read(0, 64 * 8192)
  for (let at = 0; at < 64; at++) {
    const piece = bytes.subarray(at * 8192, (at + 1) * 8192)
    expect(piece.every(byte => byte === at + 1) || piece.every(byte => byte === 0)).toBe(true)
  }
  expect(await disk.read(63 * 8192, 8192)).toEqual(Buffer.alloc(8192, 64))
  guest.close()
})

test('an open zvol is busy for destroy, moves with a rename, and is free when its user goes', async () => {
  await using host = await machine()
  const guest = await KernelClient.connect(host.dir)
  const disk = await guest.openVolume('/dev/zvol/tank/disk', 'write')
  expect(await host.run(['zfs', 'destroy', 'tank/disk'])).toEqual({
    exit: 1,
    stdout: '',
    stderr: "cannot destroy 'tank/disk': dataset is busy\n",
  })
  expect((await host.run(['zfs', 'rename', 'tank/disk', 'tank/other'])).exit).toBe(0)
  await disk.write(0, Buffer.from('still mine'))
  const read = await host.run(['dd', 'if=/dev/zvol/tank/other', 'bs=10', 'count=1', 'status=none'])
  expect(read.stdout).toBe('still mine')
  await expect(guest.openVolume('/dev/zvol/tank/disk', 'read')).rejects.toMatchObject({ code: 'ENOENT' })
  guest.close()
  await expect.poll(async () => (await host.run(['zfs', 'destroy', 'tank/other'])).exit).toBe(0)
})

test('a readonly volume opens for reading alone; writes past the end and into a full quota are refused', async () => {
  await using host = await machine()
  const guest = await KernelClient.connect(host.dir)
  await host.run(['zfs', 'set', 'readonly=on', 'tank/disk'])
  await expect(guest.openVolume('/dev/zvol/tank/disk', 'write')).rejects.toMatchObject({ code: 'EACCES' })
  await host.run(['zfs', 'set', 'readonly=off', 'tank/disk'])
  const disk = await guest.openVolume('/dev/zvol/tank/disk', 'write')
  await expect(disk.write(1024 ** 2 - 1, Buffer.alloc(2))).rejects.toMatchObject({ code: 'EINVAL' })
  await host.run(['zfs', 'create', '-o', 'quota=1M', 'tank/small'])
  await host.run(['zfs', 'create', '-s', '-V', '8M', 'tank/small/v'])
  const small = await guest.openVolume('/dev/zvol/tank/small/v', 'write')
  await expect(small.write(0, Buffer.alloc(2 * 1024 ** 2, 1))).rejects.toMatchObject({ code: 'ENOSPC' })
  guest.close()
})

test('files of a filesystem come back with it: snapshot, change, rollback, clone', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  await host.run(['zfs', 'create', '-p', '-o', 'mountpoint=/vm', 'tank/guests'])
  await host.mkdir('/vm/web1/.skep')
  await host.write('/vm/web1/web1.conf', 'cpu="1"\n')
  await host.run(['zfs', 'snapshot', 'tank/guests@then'])
  await host.write('/vm/web1/web1.conf', 'cpu="4"\n')
  await host.write('/vm/web1/new', 'x')
  expect(await host.read('/vm/.zfs/snapshot/then/web1/web1.conf')).toBe('cpu="1"\n')
  await expect(host.write('/vm/.zfs/snapshot/then/web1/x', '')).rejects.toMatchObject({ code: 'denied' })
  expect((await host.run(['zfs', 'list', '-Hp', '-o', 'used', 'tank/guests@then'])).stdout.trim()).toBe(
    '4096',
  )
  await host.run(['zfs', 'clone', 'tank/guests@then', 'tank/beside'])
  expect(await host.read('/tank/beside/web1/web1.conf')).toBe('cpu="1"\n')
  await host.run(['zfs', 'rollback', 'tank/guests@then'])
  expect(await host.read('/vm/web1/web1.conf')).toBe('cpu="1"\n')
  expect(await host.stat('/vm/web1/new')).toBeNull()
  await host.run(['zfs', 'unmount', 'tank/guests'])
  expect(await host.stat('/vm/web1')).toBeNull()
  await host.run(['zfs', 'mount', 'tank/guests'])
  expect(await host.stat('/vm/web1')).toMatchObject({ type: 'directory' })
})

test('a mount point with dots stays inside the machine', async () => {
  await using host = await sandboxForTest({ seed: 'empty' })
  expect((await host.run(['zfs', 'create', '-o', 'mountpoint=/../../../up', 'tank/up'])).exit).toBe(0)
  await host.write('/up/file', 'x')
  expect(existsSync(path.join(host.dir, 'root', 'up', 'file'))).toBe(true)
  expect(existsSync(path.join(host.dir, '..', 'up'))).toBe(false)
})

test('what is read of a volume and written to it is counted, by the number of its object set', async () => {
  await using host = await machine()
  const guest = await KernelClient.connect(host.dir)
  const disk = await guest.openVolume('/dev/zvol/tank/disk', 'write')
  await disk.write(0, Buffer.alloc(8192, 1))
  await disk.read(0, 512)
  const ids = await readObjsetIds(host, ['tank/disk'])
  expect(await readObjsetIo(host, ids)).toEqual(
    new Map([['tank/disk', { readBytes: 512, writtenBytes: 8192 }]]),
  )
  await host.run(['zfs', 'rename', 'tank/disk', 'tank/moved'])
  expect(await readObjsetIds(host, ['tank/moved'])).toEqual(new Map([['tank/moved', ids.get('tank/disk')]]))
  guest.close()
})
