import { describe, expect, it } from 'vitest'
import type { HostTrial } from '../../server/hosts/model.ts'
import { foundWords } from './found.ts'

const FREEBSD: HostTrial['facts'] = {
  system: 'FreeBSD',
  whyNoGuests: null,
  hostname: 'nas.example',
  kernelVersion: '14.5-RELEASE-p2',
  userlandVersion: '14.5-RELEASE-p2',
  architecture: 'amd64',
  cpuModel: 'x',
  cpus: 4,
  memoryBytes: 2 ** 34,
  bootedAt: 0,
  zfsVersion: '2.2.9-FreeBSD_g1',
}
const capability = (id: string, state: 'ok' | 'missing' | 'warning', reason: string) => ({
  id,
  title: id,
  state,
  reason,
  mend: null,
})

describe('what was found', () => {
  it('names the system, OpenZFS and guests', () => {
    const capabilities = [
      capability('zfs', 'ok', 'OpenZFS 2.2.9.'),
      capability('vmm', 'ok', 'vmm is loaded.'),
    ]
    expect(foundWords({ facts: FREEBSD, capabilities })).toBe(
      'nas.example runs FreeBSD 14.5-RELEASE-p2. It has OpenZFS 2.2.9-FreeBSD_g1. It can run guests of bhyve.',
    )
  })

  it('says why there can be no guests yet; what is only to be looked at is not why', () => {
    const capabilities = [
      capability('tap_up', 'missing', 'There are no taps.'),
      capability('firmware', 'warning', 'Old firmware.'),
      capability('vmm', 'missing', 'vmm is not loaded: no guest can run.'),
    ]
    expect(foundWords({ facts: FREEBSD, capabilities })).toMatch(
      / It can run no guests yet: vmm is not loaded: no guest can run\.$/,
    )
  })

  it('says so when the module of ZFS is missing', () => {
    const capabilities = [capability('zfs', 'missing', 'The ZFS module is not loaded.')]
    expect(foundWords({ facts: FREEBSD, capabilities })).toContain(
      'Its pools cannot be used: The ZFS module is not loaded.',
    )
  })

  it('of a Linux gives its own name and why guests are not for it, whatever else is missing', () => {
    const facts: HostTrial['facts'] = {
      ...FREEBSD,
      system: 'Linux',
      userlandVersion: 'Debian GNU/Linux 13 (trixie)',
      whyNoGuests: 'This machine runs Linux.',
    }
    const capabilities = [capability('bhyve', 'missing', 'There is no bhyve.')]
    expect(foundWords({ facts, capabilities })).toBe(
      'nas.example runs Debian GNU/Linux 13 (trixie). It has OpenZFS 2.2.9-FreeBSD_g1. This machine runs Linux.',
    )
  })
})
