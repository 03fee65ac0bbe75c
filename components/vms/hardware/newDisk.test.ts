import { describe, expect, test } from 'vitest'
import type { VmChoices, VmDetail } from '../../../server/vms/model.ts'
import { diskDevice, diskDraft } from './newDisk.ts'

const GIB = 2 ** 30
const choices: Pick<VmChoices, 'parents' | 'freeVolumes' | 'isos'> = {
  parents: [
    { name: 'tank', availableBytes: GIB },
    { name: 'tank/vms/web1', availableBytes: GIB },
  ],
  freeVolumes: [{ name: 'tank/vms/web1/disk1', sizeBytes: GIB }],
  isos: [{ name: 'a.iso', datastore: 'default', sizeBytes: GIB }],
}
const disk = (emulation: string, backing: string) => ({
  index: 0,
  emulation,
  backing,
  path: '/dev/zvol/tank/vms/web1/disk0',
  dataset: 'tank/vms/web1/disk0',
  options: '',
})
const guest = (...disks: ReturnType<typeof disk>[]): Pick<VmDetail, 'dataset' | 'disks' | 'hardware'> => ({
  dataset: 'tank/vms/web1',
  disks,
  hardware: {
    cpu: { cpus: '1', sockets: '', cores: '', threads: '', pins: [] },
    memory: { size: '1G', wired: false },
    firmwareVariables: false,
    localTime: false,
    limits: { priority: '', pcpu: '', rbps: '', wbps: '', riops: '', wiops: '' },
    disks,
    nics: [],
    screen: null,
    tablet: false,
    random: false,
    sound: null,
    comPorts: [],
    consolePorts: [],
    passthru: [],
    tpm: null,
    hostBridge: 'standard',
    options: '',
  },
})

describe('the form for another disk begins with', () => {
  test('what the first disk is, below the guest, under a name that is free', () => {
    expect(diskDraft(guest(disk('nvme', 'sparse-zvol')), choices, 'new')).toMatchObject({
      emulation: 'nvme',
      parent: 'tank/vms/web1',
      // disk1 is a zvol already, though no disk of the guest.
      leaf: 'disk2',
      sparse: true,
    })
    expect(diskDraft(guest(), choices, 'new')).toMatchObject({ emulation: 'virtio-blk', leaf: 'disk0' })
  })

  test('a CD drive for an ISO', () => {
    const draft = diskDraft(guest(disk('ahci-cd', 'custom')), choices, 'iso')
    expect(diskDevice(draft)).toEqual({
      kind: 'disk',
      emulation: 'ahci-cd',
      options: 'ro',
      source: { from: 'iso', name: 'a.iso' },
    })
    expect(diskDraft(guest(disk('ahci-cd', 'custom')), choices, 'new').emulation).toBe('ahci-hd')
  })
})

test('what is missing is said in a sentence', () => {
  const draft = diskDraft(guest(), choices, 'new')
  expect(diskDevice({ ...draft, size: 'much' })).toBe('The disk needs a size such as 40G.')
  expect(diskDevice({ ...draft, leaf: '' })).toBe('Give the zvol a name.')
  expect(diskDevice({ ...draft, parent: '' })).toMatch(/create a pool first/)
  expect(diskDevice({ ...draft, from: 'zvol', volume: '' })).toBe('Choose a zvol.')
  expect(diskDevice({ ...draft, from: 'file', path: 'a.img' })).toBe('Give the whole path of the image.')
  expect(diskDevice({ ...draft, size: '1.5 GiB' })).toMatchObject({ source: { sizeBytes: 1.5 * GIB } })
})
