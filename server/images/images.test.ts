import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Stage, stage } from '../actions.testing.ts'
import { filesystem } from '../datasets/testing.ts'
import { failureOf } from '../testing.ts'
import { vmRow } from '../vms/row.testing.ts'
import * as actions from './actions.ts'
import type { FetchInput, UploadInput } from './input.ts'
import { cleanedName, imageRows, kindOfName, nameOfPart, partName, whyBadImageName } from './model.ts'
import { planDestroy, stampOf, uploadPart, urlProblem } from './plan.ts'
import { librariesOf, readImages } from './read.ts'
import { receive, receptionOf } from './receptions.ts'

const MIB = 1024 * 1024
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('names that bhyve and vm-bhyve can take', () => {
  for (const good of ['debian-12.9.0-amd64-netinst.iso', 'a', 'FreeBSD-15.0_x+y~1.img', 'a@b=c'])
    expect(whyBadImageName(good), good).toBe(null)
  for (const bad of ['', '.hidden', '-rf', 'a b', 'a,b', 'a%b', 'a/b', 'ä.iso', 'x'.repeat(201)])
    expect(whyBadImageName(bad), bad).not.toBe(null)
  for (const name of ['Windows 11 (24H2).iso', '..\\..\\x', 'Ünïcode, and more.img', '-dash'])
    expect(whyBadImageName(cleanedName(name)), name).toBe(null)
  expect(cleanedName('Windows 11 (24H2).iso')).toBe('Windows-11-24H2-.iso')
  expect([kindOfName('a.ISO'), kindOfName('a.iso.xz'), kindOfName('a.qcow2')]).toEqual(['iso', 'iso', 'img'])
  expect(nameOfPart(partName('a.b.iso', '0123abcd'))).toBe('a.b.iso')
  expect(nameOfPart('.hidden.part')).toBe(null)
})

test('libraries are those of vm_dir and of datastores of these kinds, each with the room of its dataset', () => {
  const system =
    'datastore_list="big cd local"\npath_big="img:/mnt/big/"\npath_cd="iso:/cd"\npath_local="zfs:tank/x"\n'
  const datasets = [
    filesystem('tank', { mountpoint: '/', availableBytes: 1 }),
    filesystem('tank/vm', { mountpoint: '/vm', availableBytes: 2 }),
    filesystem('tank/big', { mountpoint: '/mnt/big', availableBytes: 3 }),
    filesystem('tank/away', { mountpoint: '/vm/.iso', mounted: false, availableBytes: 4 }),
  ]
  const found = librariesOf({ vmDir: '/vm', system }, datasets)
  expect(found).toEqual([
    { datastore: 'default', kind: 'iso', path: '/vm/.iso', availableBytes: 2 },
    { datastore: 'default', kind: 'img', path: '/vm/.img', availableBytes: 2 },
    { datastore: 'big', kind: 'img', path: '/mnt/big', availableBytes: 3 },
    { datastore: 'cd', kind: 'iso', path: '/cd', availableBytes: 1 },
  ])
  expect(librariesOf({ vmDir: null, system: '' }, [])).toEqual([])
})

test('an address for fetch(1) is of the web, and holds no password', () => {
  expect(urlProblem('https://download.example/a.iso')).toBe(null)
  for (const bad of [
    '',
    'a.iso',
    'file:///etc/master.passwd',
    'ftp://x/y',
    'https://u:p@x/y',
    ' https://x/y',
  ])
    expect(urlProblem(bad), bad).not.toBe(null)
})

test('a medium of a guest is not destroyed, and its plan names the very file', () => {
  const image = {
    ...{ path: '/vm/.iso/a.iso', name: 'a.iso', datastore: 'default', kind: 'iso' as const },
    ...{ sizeBytes: 7, mtimeMs: 1_700_000_000_900, format: null, virtualBytes: null, isPart: false },
  }
  const state = { libraries: [], images: [image], opened: [{ pid: 4, path: image.path }] }
  const disk = { index: 0, emulation: 'nvme', backing: 'custom', path: image.path, dataset: null }
  const [used] = imageRows(state, [
    vmRow('runs', { pid: 4 }),
    vmRow('off', { pid: null, disks: [disk] }),
    vmRow('other', { pid: 5 }),
  ])
  expect(used?.users).toEqual([
    { vm: 'runs', how: 'running' },
    { vm: 'off', how: 'disk' },
  ])
  expect(planDestroy(image.path, used ?? null).refused).toMatchObject({ code: 'in_use' })
  const free = { ...image, users: [] }
  expect(planDestroy(image.path, free)).toMatchObject({ victims: [{ name: image.path, bytes: 7 }] })
  const later = { ...free, mtimeMs: image.mtimeMs + 2000 }
  expect(planDestroy(image.path, later).digest).not.toBe(planDestroy(image.path, free).digest)
  // sftp tells whole seconds.
  expect(stampOf({ ...free, mtimeMs: 1_700_000_000_000 })).toBe(stampOf(free))
  expect(planDestroy('/etc/passwd', null).refused).toMatchObject({ code: 'not_found' })
})

describe('on a machine', () => {
  let on: Stage & AsyncDisposable
  beforeEach(async () => {
    on = await stage()
    return () => on[Symbol.asyncDispose]()
  })

  const bytes = randomBytes(9 * MIB + 17)
  const input: UploadInput = {
    ...{ datastore: 'default', kind: 'iso', name: 'new.iso' },
    ...{ sizeBytes: bytes.length, lastModified: 5, sha256: digestOf(bytes) },
  }

  /** Begins the upload, and waits until it is waited for. */
  async function begun(given = input) {
    const plan = await actions.upload.plan(on.context, given)
    if (plan.refused) throw new Error(plan.refused.message)
    let opened = () => {}
    const ready = new Promise<void>(resolve => {
      opened = resolve
    })
    // It says so before it waits.
    const context = { ...on.context, progress: () => queueMicrotask(opened) }
    const work = actions.upload.run(context, plan, given)
    work.catch(() => undefined)
    await Promise.race([ready, work])
    const reception = receptionOf(on.host.id, plan.digest)
    if (!reception) throw new Error('nothing waits for it')
    return { plan, work, reception }
  }

  test('an upload that is cut goes on where it stopped, and the machine has every byte', async () => {
    const first = await begun()
    expect(first.reception.offset).toBe(0)
    const cut = async function* () {
      yield bytes.subarray(0, 5 * MIB)
      throw new Error('aborted')
    }
    await expect(first.reception.receive(0, cut())).rejects.toThrow('aborted')
    expect(first.reception.offset).toBe(5 * MIB)
    expect(await failureOf(first.reception.receive(0, inChunks(bytes, MIB)))).toMatchObject({
      code: 'changed',
    })
    first.reception.stop()
    expect(await failureOf(first.work)).toMatchObject({ code: 'refused', message: /5242880 of \d+ bytes/ })
    expect(receptionOf(on.host.id, first.plan.digest)).toBe(null)
    expect(await actions.upload.settle(on.context, first.plan, [])).toMatchObject({ state: 'interrupted' })
    const parts = (await readImages(on.host, [])).images.filter(each => each.isPart)
    expect(parts).toMatchObject([{ name: 'new.iso', sizeBytes: 5 * MIB }])

    const second = await begun()
    expect(second.plan.steps[0]?.note).toContain('5,242,880 bytes are there')
    expect(second.reception.offset).toBe(5 * MIB)
    await second.reception.receive(5 * MIB, inChunks(bytes.subarray(5 * MIB), 100_000))
    await second.work
    expect((await on.sh('sha256 -q /vm/.iso/new.iso')).trim()).toBe(input.sha256)
    expect((await on.host.list('/vm/.iso')).filter(each => each.name.endsWith('.part'))).toEqual([])
    expect(await actions.upload.settle(on.context, second.plan, [])).toMatchObject({ state: 'done' })
    expect((await actions.upload.plan(on.context, input)).refused).toMatchObject({ code: 'exists' })
  })

  test('another file of the same name does not go on with it', async () => {
    const other = { ...input, lastModified: 6 }
    expect(uploadPart(other)).not.toBe(uploadPart(input))
    expect(uploadPart({ ...input, sizeBytes: 1 })).not.toBe(uploadPart(input))
  })

  test('what is not the wanted file is taken away again', async () => {
    const wrong = { ...input, sha256: '0'.repeat(64) }
    const { reception, work } = await begun(wrong)
    await reception.receive(0, inChunks(bytes, MIB))
    expect(await failureOf(work)).toMatchObject({
      code: 'refused',
      message: expect.stringContaining(digestOf(bytes)),
    })
    expect(await on.host.stat(`/vm/.iso/${uploadPart(wrong)}`)).toBe(null)
    expect(await on.host.stat('/vm/.iso/new.iso')).toBe(null)
  })

  test('a name that is taken meanwhile is not taken over', async () => {
    const { reception, work } = await begun()
    await on.host.write('/vm/.iso/new.iso', 'somebody else’s')
    await reception.receive(0, inChunks(bytes, MIB))
    expect(await failureOf(work)).toMatchObject({
      message: expect.stringContaining('All of it has arrived and stays'),
    })
    expect(await on.host.read('/vm/.iso/new.iso')).toBe('somebody else’s')
  })

  test('more than announced, or a machine that refuses, ends it', async () => {
    const { reception, work } = await begun()
    expect(await failureOf(reception.receive(0, inChunks(Buffer.concat([bytes, bytes]), MIB)))).toMatchObject(
      {
        code: 'invalid',
      },
    )
    expect(await failureOf(work)).toMatchObject({ code: 'invalid' })
  })

  test('what still comes in after the end is not written', async () => {
    const { reception, work } = await begun()
    const late = async function* () {
      yield bytes.subarray(0, 5 * MIB)
      reception.stop()
      await failureOf(work)
      yield bytes.subarray(5 * MIB)
    }
    expect(await failureOf(reception.receive(0, late()))).toMatchObject({ code: 'refused' })
    expect(await on.host.stat(`/vm/.iso/${uploadPart(input)}`)).toMatchObject({ sizeBytes: 4 * MIB })
  })

  test('a browser that does not come back is not waited for', async () => {
    const options = { host: on.host, digest: 'd', part: '/vm/.iso/x', offset: 3, totalBytes: 9 }
    const work = receive({
      ...options,
      progress: () => {},
      stopped: new AbortController().signal,
      silenceMs: 1,
    })
    expect(await failureOf(work)).toMatchObject({ code: 'timeout', message: /3 of 9 bytes/ })
  })

  test('there is room for it, a library for it, and a name', async () => {
    const refused = async (change: Partial<UploadInput>) =>
      (await actions.upload.plan(on.context, { ...input, ...change })).refused
    expect(await refused({ sizeBytes: 2 ** 52 })).toMatchObject({ code: 'no_space' })
    expect(await refused({ datastore: 'none' })).toMatchObject({ code: 'not_found' })
    expect(await refused({ name: '../x' })).toMatchObject({ code: 'invalid', detail: { field: 'name' } })
    expect(await refused({})).toBe(undefined)
  })

  test('a file that became another one since it was shown is not removed', async () => {
    await on.host.write('/vm/.iso/old.iso', 'old')
    const plan = await actions.destroy.plan(on.context, { path: '/vm/.iso/old.iso' })
    await on.host.write('/vm/.iso/old.iso', 'another one')
    const work = actions.destroy.run(on.context, plan, { path: '/vm/.iso/old.iso' })
    expect(await failureOf(work)).toMatchObject({ code: 'changed' })
    expect(await on.host.read('/vm/.iso/old.iso')).toBe('another one')
  })

  describe('fetch', () => {
    const server = createServer((request, response) => {
      if (request.url !== '/new.iso') return response.writeHead(404).end()
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      asked.push(`${request.method} ${from}`)
      response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length - from })
      if (request.method === 'HEAD') return response.end()
      if (cutAt !== null) {
        response.write(bytes.subarray(from, cutAt), () => response.destroy())
        return
      }
      response.end(bytes.subarray(from))
    })
    let asked: string[] = []
    let cutAt: number | null = null
    let url = ''
    beforeAll(async () => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/new.iso`
    })
    afterAll(() => server.close())
    const fetched = (change: Partial<FetchInput> = {}): FetchInput => ({
      ...{ datastore: 'default', kind: 'iso', name: 'new.iso' },
      ...{ url, sha256: digestOf(bytes) },
      ...change,
    })

    test('a download that is cut goes on where it stopped', async () => {
      asked = []
      cutAt = 4 * MIB
      const first = await actions.fetch.plan(on.context, fetched())
      expect(await failureOf(actions.fetch.run(on.context, first, fetched()))).toMatchObject({
        message: expect.stringContaining('What has arrived stays'),
      })
      cutAt = null
      const second = await actions.fetch.plan(on.context, fetched())
      expect(second.steps[0]?.argv?.slice(0, 4)).toEqual(['fetch', '-q', '-r', '-F'])
      await actions.fetch.run(on.context, second, fetched())
      expect(asked.at(-1)).toMatch(/^GET [1-9]/)
      expect((await on.sh('sha256 -q /vm/.iso/new.iso')).trim()).toBe(digestOf(bytes))
    })

    test('what the server has not is told at the address, before anything is done', async () => {
      const { refused } = await actions.fetch.plan(on.context, fetched({ url: url.replace('new', 'none') }))
      expect(refused).toMatchObject({
        message: 'The host cannot fetch this address: Not Found.',
        detail: { field: 'url' },
      })
      const gone = createServer().listen(0, '127.0.0.1')
      await once(gone, 'listening')
      const address = gone.address()
      await new Promise(resolve => gone.close(resolve))
      const port = typeof address === 'object' ? address?.port : ''
      const nobody = await actions.fetch.plan(on.context, fetched({ url: `http://127.0.0.1:${port}/a.iso` }))
      expect(nobody.refused?.message).toContain('Connection refused')
    })

    test('plain HTTP that is compared with nothing is warned of', async () => {
      const plan = await actions.fetch.plan(on.context, fetched({ sha256: null }))
      expect(plan.warnings).toEqual([expect.stringContaining('compared with nothing')])
    })
  })
})
