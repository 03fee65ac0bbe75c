/** What a guest has said, kept in memory and in files. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../testing.ts'
import { BUFFER_BYTES } from './model.ts'
import { serialRecord } from './record.ts'
import { Ring } from './ring.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work()
})

describe('what is kept', () => {
  it('is there after a restart, for this account alone, and never more than two files of a megabyte', async () => {
    const { dir, remove } = await temporaryDirectory()
    cleanUp.push(remove)
    const directory = path.join(dir, 'serial')
    const trouble = vi.fn()
    const record = serialRecord(directory, 'web1', trouble)
    expect(await record.read()).toEqual({ bytes: Buffer.alloc(0), writtenAt: null })
    for (let n = 0; n < 7; n++) {
      record.append(Buffer.alloc(BUFFER_BYTES / 2, `${n}`))
      await record.settled()
    }
    expect(await readdir(directory)).toEqual(['web1.log', 'web1.log.1'])
    expect((await stat(path.join(directory, 'web1.log'))).mode & 0o777).toBe(0o600)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    const { bytes: again, writtenAt } = await serialRecord(directory, 'web1', trouble).read()
    expect(writtenAt).toBe((await stat(path.join(directory, 'web1.log'))).mtimeMs)
    expect(again.length).toBe(BUFFER_BYTES)
    expect(again.toString().replace(/(.)\1*/g, '$1')).toBe('56')
    expect(trouble).not.toHaveBeenCalled()
  })

  it('costs nothing but itself when the disk refuses', async () => {
    const trouble = vi.fn()
    const record = serialRecord('/dev/null/nowhere', 'web1', trouble)
    record.append(Buffer.from('a'))
    await record.settled()
    record.append(Buffer.from('b'))
    await record.settled()
    expect(trouble).toHaveBeenCalledOnce()
    expect(await record.read()).toEqual({ bytes: Buffer.alloc(0), writtenAt: null })
  })

  it('is always the end of what was said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 50 }),
        (parts, most) => {
          const ring = new Ring(most)
          for (const part of parts) ring.push(Buffer.from(part))
          const all = Buffer.concat(parts)
          expect(ring.bytes).toEqual(Buffer.from(all.subarray(Math.max(0, all.length - most))))
        },
      ),
    )
  })
})
