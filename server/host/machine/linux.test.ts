import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { scriptedHost } from '../../testing.ts'
import { guestMarks, readVms } from '../../vms/read.ts'
import { cpuLoad, readLoad, readMachineFacts } from '../machine.ts'
import { probeHost } from '../probe.ts'
import { parseLinuxFacts, parseLinuxLoad, parseOsRelease } from './linux.ts'

/** From a Debian 13 machine with OpenZFS 2.4.4. */
const STAT = `cpu  1000 20 300 8000 100 7 30 3 0 0
cpu0 500 10 150 4000 50 3 15 1 0 0
cpu1 500 10 150 4000 50 4 15 2 0 0
intr 1 2 3
btime 1795639200
`
const MEMINFO = `MemTotal:        2026908 kB
MemFree:          100000 kB
MemAvailable:    1024000 kB
`
const CPUINFO = `processor\t: 0
model name\t: Intel Core i7 9xx (Nehalem Class Core i7)
processor\t: 1
model name\t: Intel Core i7 9xx (Nehalem Class Core i7)
`
const ARCSTATS = `9 1 0x01 147 39984 2158541498 31516521836
name                            type data
hits                            4    11873
size                            4    41943040
`
const NOT_THERE = { exit: 127, stdout: '', stderr: 'not found' }

/** Answers what a Linux machine answers, and keeps what it was asked. */
function linuxMachine() {
  const asked: string[] = []
  const host = scriptedHost(argv => {
    const line = argv.join(' ')
    asked.push(line)
    if (line === 'uname -sr') return { exit: 0, stdout: 'Linux 6.12.117+deb13-cloud-amd64\n', stderr: '' }
    if (line === 'uname -nm') return { exit: 0, stdout: 'store x86_64\n', stderr: '' }
    if (line === 'zfs version') return { exit: 0, stdout: 'zfs-2.4.4-1\nzfs-kmod-2.4.4-1\n', stderr: '' }
    if (line.endsWith('arcstats')) return { exit: 0, stdout: STAT + MEMINFO + ARCSTATS, stderr: '' }
    if (line.startsWith('cat')) return { exit: 0, stdout: STAT + MEMINFO + CPUINFO, stderr: '' }
    return NOT_THERE
  })
  host.files.set('/etc/os-release', 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
  return { host, asked }
}

describe('a Linux machine with OpenZFS', () => {
  test('says who it is, and why no guest can be on it', async () => {
    const { host } = linuxMachine()
    expect(await readMachineFacts(host)).toEqual({
      system: 'Linux',
      whyNoGuests: expect.stringContaining('bhyve need FreeBSD'),
      hostname: 'store',
      architecture: 'x86_64',
      kernelVersion: '6.12.117+deb13-cloud-amd64',
      userlandVersion: 'Debian GNU/Linux 13 (trixie)',
      cpuModel: 'Intel Core i7 9xx (Nehalem Class Core i7)',
      cpus: 2,
      memoryBytes: 2026908 * 1024,
      bootedAt: 1795639200_000,
      zfsVersion: '2.4.4-1',
    })
  })

  test('has a load: the ARC told apart, waiting for disks is idle', async () => {
    const { host } = linuxMachine()
    const before = await readLoad(host)
    expect(before).toEqual({
      ticks: [1000, 20, 303, 37, 8100],
      memoryUsedBytes: (2026908 - 1024000) * 1024 - 41943040,
      arcBytes: 41943040,
      memoryFreeBytes: 1024000 * 1024,
    })
    const after = parseLinuxLoad((STAT + MEMINFO).replace('cpu  1000 20 300 8000', 'cpu  1050 20 300 8150'))
    expect(cpuLoad(before, after)).toBe(0.25)
    expect(after.arcBytes).toBe(0)
  })

  test('is asked for its storage only; nothing of guests counts as a fault', async () => {
    const { host, asked } = linuxMachine()
    expect(await probeHost(host)).toMatchObject([
      { id: 'zfs', state: 'ok', reason: 'OpenZFS 2.4.4-1.' },
      { id: 'bhyve', state: 'absent', reason: expect.stringContaining('runs Linux'), mend: null },
    ])
    expect(await readVms(host)).toEqual([])
    const marks = guestMarks(host)
    expect(await marks()).toEqual(new Map())
    expect(await marks()).toEqual(new Map())
    expect(asked.filter(line => line !== 'zfs version')).toEqual(['uname -sr'])
  })

  test('text that is not of /proc is refused', () => {
    expect(() => parseLinuxFacts(CPUINFO)).toThrow(AppError)
    expect(() => parseLinuxLoad(MEMINFO)).toThrow(AppError)
    expect(() => parseLinuxLoad(`cpu  1 2\n${MEMINFO}`)).toThrow(AppError)
    expect(parseOsRelease('NAME=x\n')).toBeNull()
    expect(parseOsRelease('PRETTY_NAME=Alpine\n')).toBe('Alpine')
  })

  test('of another system it says which it knows', async () => {
    const host = scriptedHost(() => ({ exit: 0, stdout: 'SunOS 5.11\n', stderr: '' }))
    await expect(readMachineFacts(host)).rejects.toMatchObject({ code: 'unsupported' })
  })
})
