import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { imageFacts } from './image-format.ts'

const head = (name: string) => readFileSync(new URL(`./golden/image-format/${name}.head`, import.meta.url))
const MIB_123 = 123 * 1024 ** 2

// What qemu-img 7.2, sfdisk, xorriso, xz, gzip, zstd and bzip2 have made, as far as its beginning.
test.each([
  ['qcow2', 'qcow2', MIB_123],
  ['vmdk', 'vmdk', MIB_123],
  ['vmdk-stream', 'vmdk', MIB_123],
  ['vhdx', 'vhdx', null],
  ['vdi', 'vdi', MIB_123],
  ['raw-gpt', 'raw', null],
  ['raw-mbr', 'raw', null],
  ['iso', 'iso', null],
  ['xz', 'xz', null],
  ['gz', 'gzip', null],
  ['zst', 'zstd', null],
  ['bz2', 'bzip2', null],
])('%s', (name, format, virtualBytes) => {
  expect(imageFacts(head(name))).toEqual({ format, virtualBytes })
})

test('a file that is cut off, empty or something else is none of them', () => {
  for (const bytes of [
    head('qcow2').subarray(0, 20),
    new Uint8Array(0),
    Buffer.from('hello'),
    new Uint8Array(600),
  ])
    expect(imageFacts(bytes)).toEqual({ format: null, virtualBytes: null })
})
