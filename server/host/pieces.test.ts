/** Files too long to be read and written whole, over each door. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../testing.ts'
import type { Host } from './host.ts'
import { localHost } from './local.ts'
import { sandboxForTest } from './sandbox/testing.ts'
import { startSshd } from './ssh/testing.ts'

const MIB = 1024 * 1024

type Door = { host: Host; dir: string; dispose: () => Promise<void> }

async function overSsh(
  config: string[],
  change: Parameters<Awaited<ReturnType<typeof startSshd>>['host']>[0],
) {
  const sshd = await startSshd(config)
  const host = sshd.host(change)
  const dispose = async () => {
    await host.close()
    await sshd.dispose()
  }
  return { host, dir: sshd.dir, dispose }
}

const DOORS: Record<string, () => Promise<Door>> = {
  sandbox: async () => {
    const host = await sandboxForTest()
    await host.mkdir('/var/pieces')
    return { host, dir: '/var/pieces', dispose: () => host.close() }
  },
  'this machine': async () => {
    const sshd = await startSshd([])
    return { host: localHost(), dir: sshd.dir, dispose: () => sshd.dispose() }
  },
  sftp: () => overSsh([], {}),
  'commands over SSH': () => overSsh(['Subsystem sftp /bin/false'], {}),
  'commands with borrowed rights': () => overSsh([], { privilege: 'sudo' }),
}

describe.each(Object.keys(DOORS))('in pieces, by %s', name => {
  let door: Door
  let at: (file: string) => string
  beforeAll(async () => {
    const open = DOORS[name]
    if (!open) throw new Error(name)
    door = await open()
    at = file => `${door.dir}/${file}`
  })
  afterAll(() => door.dispose())

  test('a file grows piece by piece, and is read back from anywhere', async () => {
    const { host } = door
    const bytes = randomBytes(5 * MIB + 12_345)
    const file = at("pieces 'of' ünï.part")
    for (let offset = 0; offset < bytes.length; offset += 4 * MIB)
      await host.writeBytes(file, offset, bytes.subarray(offset, offset + 4 * MIB))
    expect(await host.stat(file)).toMatchObject({ sizeBytes: bytes.length, type: 'file' })
    const back: Uint8Array[] = []
    for (let offset = 0; offset < bytes.length + MIB; offset += MIB)
      back.push(await host.readBytes(file, offset, MIB))
    const sum = (parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex')
    expect(sum(back)).toBe(sum([bytes]))
    expect(back.at(-1)).toHaveLength(0)
    // Not at the beginning of a block, and nothing behind it is lost.
    await host.writeBytes(file, 4 * MIB + 3, Buffer.from('\0\n\xff', 'latin1'))
    expect(Buffer.from(await host.readBytes(file, 4 * MIB + 2, 5))).toEqual(
      Buffer.concat([
        bytes.subarray(4 * MIB + 2, 4 * MIB + 3),
        Buffer.from([0, 10, 255]),
        bytes.subarray(4 * MIB + 6, 4 * MIB + 7),
      ]),
    )
    expect(await host.stat(file)).toMatchObject({ sizeBytes: bytes.length })
  })

  test('a file gets another name, and takes none that is taken', async () => {
    const { host } = door
    await host.write(at('one'), 'one')
    await host.write(at('two'), 'two')
    expect(await failureOf(host.rename(at('one'), at('two')))).toMatchObject({
      code: expect.stringMatching(/refused|exists/),
    })
    expect(await host.read(at('two'))).toBe('two')
    await host.rename(at('one'), at('three'))
    expect(await host.stat(at('one'))).toBe(null)
    expect(await host.read(at('three'))).toBe('one')
    expect(await failureOf(host.rename(at('one'), at('four')))).toMatchObject({ code: 'not_found' })
  })

  test('what is no file, or not there', async () => {
    const { host } = door
    expect(await failureOf(host.readBytes(at('none'), 0, 1))).toMatchObject({ code: 'not_found' })
    expect(await failureOf(host.writeBytes(at('no/where'), 0, Buffer.from('x')))).toMatchObject({
      code: 'not_found',
    })
    await host.mkdir(at('directory'))
    await expect(host.writeBytes(at('directory'), 0, Buffer.from('x'))).rejects.toThrow()
    await expect(host.readBytes(at('directory'), 0, 1)).rejects.toThrow()
  })
})
