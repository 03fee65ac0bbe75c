import { expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { scriptedHost } from '../testing.ts'
import { isGone } from './bhyvectl.ts'
import { parseInterfaces } from './ifconfig.ts'
import { freeLink } from './ngctl.ts'
import { parseProcesses, parseProcessTimes, processTimesArgv, psArgv, readProcessTimes } from './ps.ts'

test('ifconfig -a: a description may look like any other line', () => {
  const text = [
    'em0: flags=8963<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST> metric 0 mtu 1500',
    '\toptions=4e504bb<RXCSUM,TXCSUM>',
    '\tether 58:9c:fc:00:00:01',
    '\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255',
    '\tinet6 fe80::1%em0 prefixlen 64 scopeid 0x1',
    '\tstatus: active',
    'vm-public: flags=1008843<UP,BROADCAST,RUNNING> metric 0 mtu 9000',
    '\tdescription: groups: none',
    '\tgroups: bridge vm-switch viid-4c918@',
    '\tmember: tap0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>',
    '\t        ifmaxaddr 0 port 5 priority 128 path cost 2000000',
    '\tmember: em0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>',
    'tap0: flags=8943<UP,BROADCAST> metric 0 mtu 9000',
    '\tdescription: vmnet/web1/0/public',
    '\tgroups: tap vm-port',
    '\tOpened by PID 4242',
    '',
  ].join('\n')
  expect(parseInterfaces(text)).toMatchObject([
    { name: 'em0', mtu: 1500, addresses: ['192.0.2.10', 'fe80::1%em0'] },
    { name: 'vm-public', mtu: 9000, description: 'groups: none', members: ['tap0', 'em0'] },
    { name: 'tap0', description: 'vmnet/web1/0/public', groups: ['tap', 'vm-port'], openedBy: 4242 },
  ])
  expect(() => parseInterfaces('nonsense\n')).toThrow(/could not be read/)
})

test('ps: titles keep their blanks', () => {
  const text =
    ' 4242     1   0 1048576 2097152  12.5  3600 SC   bhyve    bhyve: web1 (bhyve)\n    1     0   0  1000 2000  0.0  9 ILs  init     /sbin/init\n'
  expect(parseProcesses(text)[0]).toEqual({
    pid: 4242,
    ppid: 1,
    residentBytes: 1048576 * 1024,
    cpuPercent: 12.5,
    elapsedSeconds: 3600,
    command: 'bhyve',
    args: 'bhyve: web1 (bhyve)',
  })
  expect(() => parseProcesses('garbage\n')).toThrow(/could not be read/)
})

test('ps: each column has its own -o, for FreeBSD takes all behind the first = for a heading', () => {
  expect(psArgv().slice(0, 6)).toEqual(['ps', '-axww', '-o', 'pid=', '-o', 'ppid='])
  expect(psArgv().filter(word => word.includes(','))).toEqual([])
})

test('ps: swapped out processes, a clock set back and kernel names with blanks are processes too', () => {
  const text = [
    '    0     0   0       0       0   0.0  8640 DLs  kernel     [kernel]',
    '   14     0   0       0      16   0.0 -3599 DL   pf purge   [pf purge]',
    ' 1044     1   0       0   13020   0.0 -     IWs  getty      <getty>',
    ' 1045  1044   0       0       0   0.0     2 Z    sh         <defunct>',
    '',
  ].join('\n')
  expect(parseProcesses(text)).toMatchObject([
    { pid: 0, command: 'kernel', elapsedSeconds: 8640 },
    { pid: 14, command: 'pf', elapsedSeconds: 0 },
    { pid: 1044, command: 'getty', elapsedSeconds: 0 },
    { pid: 1045, args: '<defunct>' },
  ])
})

test('ps: a number is written in one way, or one process would come twice', () => {
  expect(() => parseProcessTimes('    7    0:00.00   2048\n  007    0:01.00   2048\n')).toThrow(
    /could not be read/,
  )
  expect(parseProcessTimes('    7    0:00.00   2048\n')).toMatchObject([{ pid: 7 }])
})

test('bhyvectl: only the very guest counts as gone', () => {
  const text = 'vm_open: web1 could not be opened: No such file or directory\n'
  expect(isGone('web1')(text)?.code).toBe('not_found')
  expect(isGone('web')(text)).toBeNull()
})

test('ngctl: the first link that tells no counters is free', async () => {
  const asked: string[][] = []
  const bridge = {
    run: async (argv: readonly string[]) => {
      asked.push([...argv])
      return { exit: Number(argv[4]) < 4 ? 0 : 71, stdout: '', stderr: '' }
    },
  }
  expect(await freeLink(bridge, 'ng0')).toBe(4)
  expect(asked.at(-1)).toEqual(['ngctl', 'msg', 'ng0:', 'getstats', '4'])
  const without = { run: () => Promise.reject(new AppError('unsupported', 'There is no ngctl.')) }
  expect(await freeLink(without, 'ng0')).toBe(2)
})

test('ps: the time of processes is minutes without end, seconds and hundredths', async () => {
  expect(processTimesArgv([7, 42]).slice(-2)).toEqual(['-p', '7,42'])
  expect(parseProcessTimes('    7    0:00.00   2048\n 4242 12345:06.78 1048576\n')).toEqual([
    { pid: 7, cpuSeconds: 0, residentBytes: 2048 * 1024 },
    { pid: 4242, cpuSeconds: 12345 * 60 + 6.78, residentBytes: 1048576 * 1024 },
  ])
  for (const text of ['7 0:60.00 1\n', '7 1:02:03.00 1\n', '7 0:01 1\n', '7 0:00.00 1\n7 0:00.00 1\n'])
    expect(() => parseProcessTimes(text)).toThrow(/could not be read/)
  const none = scriptedHost(() => ({ exit: 1, stdout: '', stderr: '' }))
  expect(await readProcessTimes(none, [7])).toEqual([])
})
