import { expect, it } from 'vitest'
import type { VmChoices } from '../../server/vms/model.ts'
import { draftFor, inputOf } from './newVm.ts'

const preset = {
  cpus: 4,
  memoryMiB: 2048,
  diskBytes: 20 * 2 ** 30,
  emulation: 'virtio-blk',
  resolution: '1024x768',
} as const
const choices: VmChoices = {
  datastores: [{ name: 'default', path: '/vm', dataset: 'tank/vms' }],
  switches: ['public'],
  isos: [],
  images: [],
  reserved: [],
  freeVolumes: [],
  parents: [{ name: 'tank', availableBytes: 1 }],
  maxCpus: 2,
  memoryBytes: 2 ** 34,
  presets: {
    freebsd: preset,
    linux: preset,
    windows: preset,
    openbsd: preset,
    netbsd: preset,
    other: preset,
  },
}

it('begins with what suits the kind, and never with more CPUs than the host gives', () => {
  const input = inputOf({ ...draftFor('linux', choices, null), name: 'web1' })
  expect(input).toMatchObject({
    name: 'web1',
    cpus: 2,
    memoryMiB: 2048,
    switchName: 'public',
    iso: null,
    disk: { from: 'new', dataset: 'tank/vms/web1/disk0', sizeBytes: 20 * 2 ** 30 },
  })
})

it('takes the zvol it was opened for', () => {
  const input = inputOf({ ...draftFor('linux', choices, 'tank/disk'), name: 'web1' })
  expect(input).toMatchObject({ disk: { from: 'existing', dataset: 'tank/disk' } })
})

it.each([
  [{ name: '' }, 'Give it a name.'],
  [{ cpus: '1.5' }, 'CPUs are a whole number.'],
  [{ memory: 'lots' }, 'Memory is a size such as 4G.'],
  [{ memory: '4' }, 'Memory is a size such as 4G.'],
  [{ size: '' }, 'The disk needs a size such as 40G.'],
  [{ diskFrom: 'existing' as const, volume: '' }, 'Choose a zvol.'],
  [{ parent: '' }, 'There is no filesystem for its disk: create a pool first.'],
])('says what is missing of %o', (change, words) => {
  expect(inputOf({ ...draftFor('linux', choices, null), name: 'web1', ...change })).toBe(words)
})
