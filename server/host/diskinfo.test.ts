import { expect, test } from 'vitest'
import { parseDiskinfo, readDiskSizes } from './diskinfo.ts'
import { answering } from './golden/answering.testing.ts'
import { sandboxForTest } from './sandbox/testing.ts'

// The columns are those of diskinfo.c; the figures are a 4 TB disk's and a memory disk's.
const TWO =
  'da0\t512\t4000787030016\t7814037168\t4096\t0\t486401\t255\t63\nmd0\t512\t1073741824\t2097152\t0\t0\n'

test('a line a disk, with and without what the firmware says', () => {
  expect([...parseDiskinfo(TWO)]).toEqual([
    ['da0', { sectorBytes: 512, sizeBytes: 4000787030016 }],
    ['md0', { sectorBytes: 512, sizeBytes: 1073741824 }],
  ])
  expect(() => parseDiskinfo('da0\t512\t1024\t3\t0\t0\n')).toThrow('no disk')
})

test('a drive without a medium hides none of the others', async () => {
  const host = answering({ exit: 1, stdout: TWO, stderr: 'cd0: Device not configured\n' })
  expect((await readDiskSizes(host, ['da0', 'cd0', 'md0'])).size).toBe(2)
  expect(host.asked).toEqual([['diskinfo', 'da0', 'cd0', 'md0']])
})

test('the sandbox tells its disks in the same way', async () => {
  await using host = await sandboxForTest({ seed: 'small' })
  const size = host.world.state.disks.da1?.sizeBytes
  expect((await readDiskSizes(host, ['da1', 'da77'])).get('da1')).toEqual({
    sectorBytes: 512,
    sizeBytes: size,
  })
})
