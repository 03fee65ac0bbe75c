/** The programs of the base system, through the door that the console uses. Shapes: facts of FreeBSD's own sources. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { portSocket } from './protocol.ts'
import { sandboxForTest, type TestHost } from './testing.ts'

let host: TestHost
beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
})
afterEach(() => host.close())

const out = async (...argv: string[]) => (await host.run(argv)).stdout

describe('ifconfig', () => {
  test('a bridge tells its members with tab and eight blanks', async () => {
    expect(await out('ifconfig', 'vm-public')).toBe(
      [
        'vm-public: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500',
        '\toptions=0',
        expect.stringMatching(/^\tether 58:9c:fc(:[0-9a-f]{2}){3}$/),
        '\tid 00:00:00:00:00:00 priority 32768 hellotime 2 fwddelay 15',
        '\tmaxage 20 holdcnt 6 proto rstp maxaddr 2000 timeout 1200',
        '\troot id 00:00:00:00:00:00 priority 32768 ifcost 0 port 0',
        '\tmember: ix0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>',
        '\t        ifmaxaddr 0 port 1 priority 128 path cost 2000',
        '\tgroups: bridge vm-switch viid-4c918@',
        '\tnd6 options=9<PERFORMNUD,IFDISABLED>',
        '',
      ]
        .map(line =>
          typeof line === 'string' ? line : `\tether ${host.world.state.interfaces['vm-public']?.mac}`,
        )
        .join('\n'),
    )
  })

  test('a tap lives as vm-bhyve uses it', async () => {
    expect(await out('ifconfig', 'tap', 'create')).toBe('tap0\n')
    expect(await out('ifconfig', 'tap0', 'descr', 'vmnet/web1/0/public', 'group', 'vm-port')).toBe('')
    expect((await host.run(['ifconfig', 'vm-public', 'addm', 'tap0'])).exit).toBe(0)
    expect(await out('ifconfig', 'tap0', 'up')).toBe('')
    const block = await out('ifconfig', 'tap0')
    expect(block).toContain('\tdescription: vmnet/web1/0/public\n')
    expect(block).toContain('\tgroups: tap vm-port\n')
    expect(block).toContain('\tstatus: no carrier\n')
    expect(await out('ifconfig', '-g', 'vm-port')).toBe('tap0\n')
    expect(await host.run(['ifconfig', 'vm-public', 'addm', 'tap0'])).toMatchObject({
      exit: 1,
      stderr: 'ifconfig: BRDGADD tap0: File exists\n',
    })
    expect(await host.run(['ifconfig', 'vm-lab', 'addm', 'tap0'])).toMatchObject({
      exit: 1,
      stderr: 'ifconfig: BRDGADD tap0: Device busy\n',
    })
    expect((await host.run(['ifconfig', 'tap0', 'destroy'])).exit).toBe(0)
    expect(await out('ifconfig', 'vm-public')).not.toContain('tap0')
    expect(await host.run(['ifconfig', 'tap0'])).toMatchObject({
      exit: 1,
      stderr: 'ifconfig: interface tap0 does not exist\n',
    })
  })

  test('a bridge is created by name with a group', async () => {
    expect(await out('ifconfig', 'bridge', 'create', 'name', 'vm-dmz', 'group', 'vm-switch', 'up')).toBe(
      'vm-dmz\n',
    )
    expect(await out('ifconfig', '-g', 'vm-switch')).toBe('vm-public\nvm-lab\nvm-dmz\n')
    expect((await out('ifconfig', '-l')).trim().split(' ')).toContain('vm-dmz')
  })

  test('-f inet:cidr writes the prefix', async () => {
    expect(await out('ifconfig', 'ix0')).toContain(
      '\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255\n',
    )
    expect(await out('ifconfig', '-f', 'inet:cidr', 'ix0')).toContain(
      '\tinet 192.0.2.10/24 broadcast 192.0.2.255\n',
    )
  })
})

describe('sysrc', () => {
  const FILE = '/vm/alpha/x.conf'
  const edit = async (text: string, ...argv: string[]) => {
    await host.write(FILE, text)
    const result = await host.run(['sysrc', '-f', FILE, ...argv])
    return { ...result, text: await host.read(FILE) }
  }

  test('changes one value and keeps every other byte', async () => {
    const text = '# mine\n\ncpu=1\t\t# one is enough\nmemory="1G"\n  odd line\nname=\'x y\'\n'
    const result = await edit(text, 'cpu=2')
    expect(result.text).toBe(text.replace('cpu=1', 'cpu="2"'))
    expect(result.stdout).toBe('cpu: 1 -> 2\n')
  })

  test('writes the last of two, adds a missing newline, removes whole lines', async () => {
    expect((await edit('a="1"\na="2"\n', 'a=3')).text).toBe('a="1"\na="3"\n')
    expect((await edit('a="1"', 'b=2')).text).toBe('a="1"\nb="2"\n')
    expect((await edit('a="1"\nb="2"\na="3"\n', '-x', 'a')).text).toBe('b="2"\n')
  })

  test('lists grow and shrink by words', async () => {
    expect((await edit('list="a b"\n', 'list+=c')).text).toBe('list="a b c"\n')
    expect((await edit('list="a b"\n', 'list+=b')).text).toBe('list="a b"\n')
    expect((await edit('list="a b c"\n', 'list-=b')).text).toBe('list="a c"\n')
  })

  test('what is not set', async () => {
    expect(await host.run(['sysrc', '-n', 'nothing'])).toMatchObject({
      exit: 1,
      stderr: "sysrc: unknown variable 'nothing'\n",
    })
    expect(await host.run(['sysrc', '-in', 'nothing'])).toMatchObject({ exit: 0, stdout: '', stderr: '' })
    expect(await out('sysrc', 'vm_enable')).toBe('vm_enable: YES\n')
    expect((await host.run(['sysrc', '-c', 'vm_enable=NO'])).exit).toBe(1)
  })

  test('a file without the key is not touched by reading', async () => {
    expect(await edit('cpu=1\n', '-inq', 'memory')).toMatchObject({ exit: 0, stdout: '', text: 'cpu=1\n' })
  })
})

describe('processes', () => {
  test('daemon starts a real process on the PATH of the machine; kill ends it', async () => {
    await host.write('/vm/alpha/run.sh', `cd "\${0%/*}" || exit 1\nhostname >who\nexec sleep 600\n`)
    expect(
      (await host.run(['daemon', '-f', '-p', '/vm/alpha/pid', '/bin/sh', '/vm/alpha/run.sh'])).exit,
    ).toBe(0)
    await vi.waitFor(async () => expect(await host.read('/vm/alpha/who')).toBe('skep-test\n'))
    const pid = (await host.read('/vm/alpha/pid')).trim()
    expect(await out('ps', '-p', pid, '-o', 'pid=', '-o', 'args=')).toBe(`${pid} /bin/sh /vm/alpha/run.sh\n`)
    expect(await out('pgrep', '-f', 'alpha/run\\.sh')).toBe(`${pid}\n`)
    expect(await host.run(['daemon', '-p', '/vm/alpha/pid', 'sleep', '1'])).toMatchObject({
      exit: 3,
      stderr: `daemon: process already running, pid: ${pid}\n`,
    })
    expect((await host.run(['kill', '-0', pid])).exit).toBe(0)
    expect((await host.run(['kill', '-KILL', pid])).exit).toBe(0)
    await vi.waitFor(async () => expect((await host.run(['pgrep', '-f', 'alpha/run'])).exit).toBe(1))
    expect(await host.stat('/vm/alpha/pid')).toBeNull()
  })

  test('daemon -r starts it again, -P ends it for good', async () => {
    await host.write('/vm/alpha/once.sh', `echo run >>"\${0%/*}/runs"\n`)
    const argv = [
      'daemon',
      '-f',
      '-r',
      '-R',
      '0.05',
      '-P',
      '/vm/alpha/supervisor',
      '/bin/sh',
      '/vm/alpha/once.sh',
    ]
    expect((await host.run(argv)).exit).toBe(0)
    await vi.waitFor(async () => expect(await host.read('/vm/alpha/runs')).toMatch(/^(run\n){2,}/))
    const pid = (await host.read('/vm/alpha/supervisor')).trim()
    expect((await host.run(['kill', pid])).exit).toBe(0)
    await vi.waitFor(async () => expect(await host.stat('/vm/alpha/supervisor')).toBeNull())
  })

  test('processes of the computer that are not the machine’s are out of reach', async () => {
    expect(await host.run(['kill', '-0', String(process.pid)])).toMatchObject({
      exit: 1,
      stderr: `kill: ${process.pid}: No such process\n`,
    })
  })

  test('ps without headings lines its columns up', async () => {
    const text = await out('ps', '-axww', '-o', 'pid=', '-o', 'ppid=', '-o', 'comm=', '-o', 'args=')
    expect(text.split('\n').slice(1, 3)).toEqual(['  1 0 init    /sbin/init', '618 1 devd    /sbin/devd'])
  })

  test('ps takes all behind the first equals sign of a word for a heading, as FreeBSD does', async () => {
    const text = await out('ps', '-p', '1', '-o', 'ppid,pid=,comm=')
    expect(text).toBe('PPID ,comm=\n   0      1\n')
  })

  test('pgrep says by its status', async () => {
    expect(await host.run(['pgrep', '-x', 'init'])).toMatchObject({ exit: 0, stdout: '1\n' })
    expect(await host.run(['pgrep', '-fx', 'bhyve: none'])).toMatchObject({ exit: 1, stdout: '' })
    expect((await host.run(['pgrep', '('])).exit).toBe(2)
  })
})

describe('the kernel', () => {
  test('sysctl answers in the order of the names, and says what it does not know', async () => {
    expect(await out('sysctl', '-n', 'hw.ncpu', 'kern.ostype')).toBe('8\nFreeBSD\n')
    expect(await host.run(['sysctl', '-n', 'hw.ncpu', 'no.such', 'kern.ostype'])).toMatchObject({
      exit: 1,
      stdout: '8\nFreeBSD\n',
      stderr: "sysctl: unknown oid 'no.such'\n",
    })
    expect(await host.run(['sysctl', '-ie', 'no.such', 'hw.ncpu'])).toMatchObject({
      exit: 0,
      stdout: 'hw.ncpu=8\n',
    })
    expect(await out('sysctl', 'net.link.tap.up_on_open=0')).toBe('net.link.tap.up_on_open: 1 -> 0\n')
    expect(await out('sysctl', 'kern.boottime')).toMatch(
      /^kern\.boottime: \{ sec = \d+, usec = \d+ \} \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n$/,
    )
    expect((await out('sysctl', '-n', 'kern.cp_times')).trim().split(' ')).toHaveLength(40)
    expect((await out('sysctl', 'kstat.zfs.misc.arcstats')).split('\n').length).toBeGreaterThan(4)
  })

  test('CPU ticks only grow', async () => {
    const ticks = async () => (await out('sysctl', '-n', 'kern.cp_times')).trim().split(' ').map(Number)
    const before = await ticks()
    await host.run(['clock', 'set', '+7'])
    const after = await ticks()
    expect(after.every((value, index) => value >= (before[index] ?? 0))).toBe(true)
    expect(after.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(
      before.reduce((sum, value) => sum + value, 0),
    )
  })

  test('kldstat tells a module from a file', async () => {
    expect((await host.run(['kldstat', '-q', '-m', 'vmm'])).exit).toBe(0)
    expect((await host.run(['kldstat', '-q', '-m', 'if_tuntap'])).exit).toBe(0)
    expect(await host.run(['kldstat', '-n', 'if_tuntap'])).toMatchObject({
      exit: 1,
      stderr: "kldstat: can't find file if_tuntap.ko: No such file or directory\n",
    })
    expect((await host.run(['kldload', '-n', 'vmm'])).exit).toBe(0)
    expect(await host.run(['kldload', 'vmm'])).toMatchObject({
      exit: 1,
      stderr: "kldload: can't load vmm: module already loaded or in kernel\n",
    })
    expect((await host.run(['kldload', 'nosuch'])).exit).toBe(1)
  })

  test('who it is', async () => {
    expect(await out('uname', '-K')).toBe('1405000\n')
    expect(await out('uname', '-r')).toBe('14.5-RELEASE-p2\n')
    expect(await out('freebsd-version', '-ku')).toBe('14.5-RELEASE-p2\n14.5-RELEASE-p2\n')
    expect(await out('hostname')).toBe('skep-test\n')
    expect(await out('pciconf', '-l')).toContain('ppt0@pci0:3:0:1:\tclass=0x020000 ')
  })

  test('the clock can be set', async () => {
    await host.run(['clock', 'set', '2026-11-22T09:00:00Z'])
    expect(await out('date', '+%F %H:%M')).toBe('2026-11-22 09:00\n')
    expect((await host.run(['clock', 'set', 'soon'])).exit).toBe(64)
  })
})

describe('faults by hand', () => {
  test('each kind does what it says, once or until it is cleared', async () => {
    expect(
      (await host.run(['fault', 'add', 'zfs', 'list', '--', 'exit', '1', 'cannot', 'open', 'once'])).exit,
    ).toBe(0)
    expect(await host.run(['zfs', 'list'])).toMatchObject({ exit: 1, stderr: 'cannot open\n' })
    expect((await host.run(['zfs', 'list'])).exit).toBe(0)
    await host.run(['fault', 'add', 'zpool', '--', 'missing'])
    await expect(host.run(['zpool', 'list'])).rejects.toMatchObject({ code: 'unsupported' })
    await host.run(['fault', 'clear'])
    await host.run(['fault', 'add', 'zpool', 'status', '--', 'hang'])
    await expect(host.run(['zpool', 'status'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' })
    expect((await host.run(['zpool', 'list'])).exit).toBe(0)
    expect(await out('fault', 'list')).toMatch(/^\d+\tzpool status -- hang\n$/)
  })

  test('a program that is a process of its own suffers them too', async () => {
    await host.run(['fault', 'add', 'bhyve', '--', 'exit', '4', 'no', 'memory', 'once'])
    await host.write(
      '/vm/alpha/run.sh',
      `cd "\${0%/*}" || exit 1\nbhyve -m 1G alpha 2>said\necho $? >status\n`,
    )
    expect((await host.run(['daemon', '-f', '/bin/sh', '/vm/alpha/run.sh'])).exit).toBe(0)
    await vi.waitFor(async () => expect(await host.read('/vm/alpha/status')).toBe('4\n'))
    expect(await host.read('/vm/alpha/said')).toBe('no memory\n')
    expect(await out('fault', 'list')).toBe('')
  })

  test('nonsense is refused', async () => {
    for (const words of [['add', 'zfs'], ['add', '--', 'hang'], ['add', 'zfs', '--', 'slow', 'x'], ['bite']])
      expect((await host.run(['fault', ...words])).exit).toBe(64)
  })
})

describe('files and sockets', () => {
  test('copies, moves and removes what the door names', async () => {
    await host.write('/vm/alpha/a', 'text')
    expect((await host.run(['cp', '/vm/alpha/a', '/vm/beta/a'])).exit).toBe(0)
    expect((await host.run(['mv', '/vm/beta/a', '/vm/beta/b'])).exit).toBe(0)
    expect(await out('cat', '/vm/beta/b')).toBe('text')
    expect((await host.run(['rm', '/vm/beta/b'])).exit).toBe(0)
    expect(await host.run(['cp', '/vm/beta/b', '/vm/beta/c'])).toMatchObject({
      exit: 1,
      stderr: 'cp: /vm/beta/b: No such file or directory\n',
    })
    expect(await host.run(['rm', '-rf', '/vm/beta'])).toMatchObject({
      exit: 1,
      stderr: 'rm: /vm/beta: Device busy\n',
    })
  })

  test('netstat names what listens', async () => {
    expect(await out('netstat', '-an')).toMatch(/^tcp4 +0 +0 \*\.22 +\*\.\* +LISTEN$/m)
  })

  test.runIf(process.platform === 'linux')(
    'netstat names each connection from both of its ends',
    async () => {
      const server = createServer().listen(portSocket(host.world.dir, 5977))
      await once(server, 'listening')
      const established = async () =>
        [
          ...(await out('netstat', '-an')).matchAll(
            /^tcp4 +0 +0 127\.0\.0\.1\.(\d+) +127\.0\.0\.1\.(\d+) +ESTABLISHED$/gm,
          ),
        ]
          .map(([, local, foreign]) => [local, foreign])
          .filter(ends => ends.includes('5977'))
      expect(await established()).toEqual([])
      const accepted = once(server, 'connection')
      const client = await host.connect({ port: 5977 })
      await accepted
      const [one = [], other = []] = await established()
      expect(one).toEqual([...other].reverse())
      client.destroy()
      server.close()
    },
  )
})
