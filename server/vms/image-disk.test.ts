/** A new guest whose disk begins with an image of the library. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { type Stage, stage } from '../actions.testing.ts'
import { copyImageArgv } from '../host/image-copy.ts'
import { failureOf } from '../testing.ts'
import { create } from './actions/create.ts'
import { readChoices } from './detail.ts'
import type { CreateVmInput } from './input.ts'

const MIB = 1024 ** 2
let on: Stage & AsyncDisposable
beforeEach(async () => {
  on = await stage()
  await on.host.mkdir('/vm/.img')
  return () => on[Symbol.asyncDispose]()
})

const head = (name: string) =>
  readFileSync(new URL(`../host/golden/image-format/${name}.head`, import.meta.url))

/** A raw disk with a partition table and something behind it. */
async function rawImage(): Promise<Buffer> {
  const bytes = Buffer.concat([head('raw-gpt'), randomBytes(3 * MIB)])
  await on.host.writeBytes('/vm/.img/cloud.raw', 0, bytes)
  return bytes
}

function guest(image: string, sizeBytes = 8 * MIB): CreateVmInput {
  const disk = {
    from: 'new',
    dataset: 'tank/vms/cloud/disk0',
    sparse: true,
    volblocksizeBytes: null,
  } as const
  return {
    ...{ name: 'cloud', datastore: 'default', kind: 'linux', cpus: 1, memoryMiB: 64 },
    ...{ switchName: null, resolution: null, iso: null },
    disk: { ...disk, sizeBytes, emulation: 'virtio-blk', image },
  }
}

test('each format by the program that reads it', () => {
  expect(copyImageArgv({ path: '/a', format: 'raw' }, '/dev/zvol/t/v')).toEqual([
    'dd',
    'bs=1m',
    'if=/a',
    'of=/dev/zvol/t/v',
  ])
  expect(copyImageArgv({ path: '/a', format: null }, '/d')[0]).toBe('dd')
  expect(copyImageArgv({ path: '/a', format: 'qcow2' }, '/d').join(' ')).toBe(
    'qemu-img convert -n -f qcow2 -O raw /a /d',
  )
})

test('the volume begins with the image, and the form offers it with the size of its disk', async () => {
  const bytes = await rawImage()
  const { images } = await readChoices(on.host, on.context.inventory)
  expect(images).toEqual([{ path: '/vm/.img/cloud.raw', name: 'cloud.raw', diskBytes: bytes.length }])
  const input = guest('/vm/.img/cloud.raw')
  const plan = await create.plan(on.context, input)
  expect(plan.steps.map(step => step.title)).toContain('Copy the image cloud.raw onto it')
  await create.run(on.context, plan, input)
  const { stdout } = await on.host.run([
    'dd',
    'if=/dev/zvol/tank/vms/cloud/disk0',
    'of=/vm/.img/back',
    'bs=1m',
  ])
  expect(stdout).toBe('')
  const back = await on.host.readBytes('/vm/.img/back', 0, MIB)
  expect(Buffer.from(back).equals(bytes.subarray(0, MIB))).toBe(true)
  expect(await create.settle(on.context, plan, [])).toMatchObject({ state: 'done' })
})

test('a copy that fails leaves nothing of the guest', async () => {
  await rawImage()
  const input = guest('/vm/.img/cloud.raw')
  const plan = await create.plan(on.context, input)
  await on.host.run(['fault', 'add', 'dd', '--', 'exit', '1', 'dd: Input/output error', 'once'])
  expect((await failureOf(create.run(on.context, plan, input))).message).toContain('Nothing of it is left')
  expect((await on.host.run(['zfs', 'list', 'tank/vms/cloud'])).exit).toBe(1)
  expect(await create.settle(on.context, plan, [])).toMatchObject({ state: 'interrupted' })
})

test('what no disk can begin with is refused where it is chosen', async () => {
  await rawImage()
  await on.host.write('/vm/.img/text', 'no disk at all')
  for (const name of ['xz', 'iso', 'qcow2']) await on.host.writeBytes(`/vm/.img/${name}`, 0, head(name))
  const refused = async (path: string, sizeBytes?: number) =>
    (await create.plan(on.context, guest(path, sizeBytes))).refused
  expect(await refused('/vm/.img/none')).toMatchObject({ code: 'not_found', detail: { field: 'image' } })
  // No file of the machine but those of its libraries.
  expect(await refused('/etc/rc.conf')).toMatchObject({ code: 'not_found' })
  expect(await refused('/vm/.img/text')).toMatchObject({ message: expect.stringContaining('sectors') })
  expect(await refused('/vm/.img/xz')).toMatchObject({ message: expect.stringContaining('unpack it first') })
  expect(await refused('/vm/.img/iso')).toMatchObject({ message: expect.stringContaining('drive') })
  expect(await refused('/vm/.img/qcow2', 256 * MIB)).toMatchObject({ code: 'unsupported' })
  expect(await refused('/vm/.img/cloud.raw', 2 * MIB)).toMatchObject({ detail: { field: 'sizeBytes' } })
})
