import { describe, expect, test } from 'vitest'
import type { PciChange } from './model.ts'
import { comparePci, pciDevices } from './pci.ts'

const argv = (text: string) => ['bhyve', ...text.split(' ').flatMap(word => ['-s', word]), 'web1']
const words = (each: PciChange) => {
  const at = (device: PciChange['now']) =>
    device ? `${device.bus}:${device.slot}:${device.func} ${device.emulation}` : '-'
  return `${each.change} ${at(each.now)} ${at(each.next)}`
}
const compare = (now: string, next: string) =>
  comparePci(pciDevices(argv(now)), pciDevices(argv(next))).map(words)

test('devices are listed in the order of their slots, not of the command line', () => {
  expect(pciDevices(argv('31,lpc 0:4:1,nvme,/a 1:0:0,xhci,tablet 4,virtio-blk,/b,ro'))).toEqual([
    { bus: 0, slot: 4, func: 0, emulation: 'virtio-blk', backing: '/b,ro' },
    { bus: 0, slot: 4, func: 1, emulation: 'nvme', backing: '/a' },
    { bus: 0, slot: 31, func: 0, emulation: 'lpc', backing: '' },
    { bus: 1, slot: 0, func: 0, emulation: 'xhci', backing: 'tablet' },
  ])
})

describe('what becomes of a device', () => {
  const cases: [string, string, string, string[]][] = [
    [
      'another tap is the same card',
      '5,virtio-net,tap3,mac=a',
      '5,virtio-net,tap0,mac=a',
      ['same 0:5:0 virtio-net 0:5:0 virtio-net'],
    ],
    [
      'a disk before it moves the card',
      '4,nvme,/a 5,e1000,tap0,mac=a',
      '4,nvme,/a 5,nvme,/b 6,e1000,tap0,mac=a',
      ['same 0:4:0 nvme 0:4:0 nvme', 'moved 0:5:0 e1000 0:6:0 e1000', 'new - 0:5:0 nvme'],
    ],
    ['options change a disk', '4,nvme,/a', '4,nvme,/a,ro', ['changed 0:4:0 nvme 0:4:0 nvme']],
    [
      'another emulation is the same disk',
      '4,nvme,/a',
      '4,virtio-blk,/a',
      ['changed 0:4:0 nvme 0:4:0 virtio-blk'],
    ],
    [
      'another disk in its place is another disk',
      '4,nvme,/a',
      '4,nvme,/b',
      ['gone 0:4:0 nvme -', 'new - 0:4:0 nvme'],
    ],
    [
      'the screen stays the screen',
      '6,fbuf,tcp=1:1',
      '7,fbuf,tcp=1:1,w=800',
      ['changed 0:6:0 fbuf 0:7:0 fbuf'],
    ],
    [
      'two disks on one file are two',
      '4,nvme,/a 5,nvme,/a',
      '4,nvme,/a',
      ['same 0:4:0 nvme 0:4:0 nvme', 'gone 0:5:0 nvme -'],
    ],
  ]
  test.each(cases)('%s', (_name, now, next, expected) => {
    expect(compare(now, next)).toEqual(expected)
  })
})
