import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChangeDeviceInput } from '../input.hardware.ts'
import { changeDevice } from './devices.ts'
import { CONF, diff, known } from './testing.ts'

const FREE = { priority: '', pcpu: '', rbps: '', wbps: '', riops: '', wiops: '' }

describe('changing writes the keys that change, and no other', () => {
  const screen = { resolution: '', listen: '127.0.0.1', port: null, wait: 'auto', vga: '' } as const
  const cases: [string, ChangeDeviceInput['device'], string[]][] = [
    ['the same CPUs', { kind: 'cpu', cpus: 2, topology: null, pins: [] }, []],
    [
      'more CPUs, and its comment stays',
      { kind: 'cpu', cpus: 4, topology: null, pins: [] },
      ['- cpu=2\t\t# two are enough', '+ cpu="4"  # two are enough'],
    ],
    [
      'a topology and pins',
      { kind: 'cpu', cpus: 2, topology: { sockets: 1, cores: 2, threads: 1 }, pins: [{ vcpu: 0, cpu: 3 }] },
      ['+ cpu_sockets="1"', '+ cpu_cores="2"', '+ cpu_threads="1"', '+ bhyve_options="-p 0:3"'],
    ],
    [
      'a pin of a CPU it has not',
      { kind: 'cpu', cpus: 2, topology: null, pins: [{ vcpu: 2, cpu: 0 }] },
      ['refused pins: It has no CPU 2: they count from 0 to 1.'],
    ],
    [
      'a pin on a CPU that the machine has not',
      { kind: 'cpu', cpus: 2, topology: null, pins: [{ vcpu: 0, cpu: 4 }] },
      ['refused pins: The machine has no CPU 4: they count from 0 to 3.'],
    ],
    [
      'too many CPUs',
      { kind: 'cpu', cpus: 9, topology: null, pins: [] },
      ['refused cpu: This machine gives a guest at most 8 CPUs.'],
    ],
    ['the same memory in other words', { kind: 'memory', memoryMiB: 2048, wired: false }, []],
    ['wired memory', { kind: 'memory', memoryMiB: 2048, wired: true }, ['+ wired_memory="yes"']],
    [
      'too much memory',
      { kind: 'memory', memoryMiB: 32768, wired: false },
      ['refused memory: That is more memory than this machine has.'],
    ],
    [
      'a disk behind another device',
      { kind: 'disk', index: 0, emulation: 'nvme', options: 'ro', source: null },
      ['- disk0_type="virtio-blk"', '+ disk0_type="nvme"', '+ disk0_opts="ro"'],
    ],
    [
      'a disk into a share',
      { kind: 'disk', index: 0, emulation: 'virtio-9p', options: '', source: null },
      ['refused disk0_type: A virtio-blk disk cannot become virtio-9p.'],
    ],
    [
      'a disk that is not there',
      { kind: 'disk', index: 9, emulation: 'nvme', options: '', source: null },
      ['refused index: It has no disk 9.'],
    ],
    [
      'a card on another switch',
      { kind: 'network', index: 0, emulation: 'virtio-net', switchName: 'lab', mac: '58:9c:fc:00:00:00' },
      ['- network0_switch=public', '+ network0_switch="lab"'],
    ],
    ['a screen', { kind: 'screen', screen }, ['+ graphics="yes"', '+ graphics_listen="127.0.0.1"']],
    ['no screen where there is none', { kind: 'screen', screen: null }, []],
    [
      'a port that is used',
      { kind: 'screen', screen: { ...screen, port: 5901 } },
      ["refused graphics_port: Port 5901 is used already, or another guest's."],
    ],
    [
      'a host name to listen on',
      { kind: 'screen', screen: { ...screen, listen: 'localhost' } },
      ['refused graphics_listen: bhyve listens on a numeric address: 127.0.0.1, or [::1].'],
    ],
    [
      'small devices',
      { kind: 'parts', tablet: true, random: true, sound: { play: '/dev/dsp0', record: '' } },
      ['+ xhci_mouse="yes"', '+ virt_random="yes"', '+ sound="yes"'],
    ],
    [
      'sound on a disk',
      { kind: 'parts', tablet: false, random: false, sound: { play: '/dev/ada0', record: '' } },
      ['refused sound_play: /dev/ada0 is no sound device: they are /dev/dsp0, /dev/dsp1, …'],
    ],
    ['the serial port it has', { kind: 'serial', ports: ['com1'] }, []],
    [
      'console ports',
      { kind: 'console', ports: ['agent', 'log'] },
      ['+ virt_console0="agent"', '+ virt_console1="log"'],
    ],
    [
      'a port twice',
      { kind: 'console', ports: ['a', 'a'] },
      ['refused ports: Each port has a name of its own.'],
    ],
    [
      'variables and a clock for Windows',
      { kind: 'firmware', loader: 'uefi', variables: true, localTime: true },
      ['+ uefi_vars="yes"', '+ utctime="no"'],
    ],
    ['the firmware it has', { kind: 'firmware', loader: 'uefi', variables: false, localTime: false }, []],
    [
      'limits',
      { kind: 'limits', limits: { ...FREE, pcpu: '150', wbps: '50M' } },
      ['+ limit_pcpu="150"', '+ limit_wbps="50M"'],
    ],
    [
      'a limit in words',
      { kind: 'limits', limits: { ...FREE, riops: 'few' } },
      ['refused limit_riops: Operations a second, such as 500.'],
    ],
    [
      'a priority beyond the last',
      { kind: 'limits', limits: { ...FREE, priority: '21' } },
      ['refused priority: A priority is from -20 (first) to 20 (last).'],
    ],
    ['no limits', { kind: 'limits', limits: FREE }, []],
    ['two serial ports', { kind: 'serial', ports: ['com2', 'com1'] }, ['+ comports="com2 com1"']],
  ]
  test.each(cases)('%s', (_name, device, lines) => {
    expect(diff(changeDevice(CONF, device, known()))).toEqual(lines)
  })

  test('options that stand there are kept, also those that bhyve does not know', () => {
    const text = 'loader="uefi"\ndisk0_type="nvme"\ndisk0_name="disk0"\ndisk0_opts="odd=1,maxq=4"\n'
    const change = (options: string) =>
      diff(
        changeDevice(text, { kind: 'disk', index: 0, emulation: 'nvme', options, source: null }, known()),
        text,
      )
    expect(change('odd=1,maxq=4')).toEqual([])
    expect(change('odd=1,maxq=4,ro')).toEqual([
      '- disk0_opts="odd=1,maxq=4"',
      '+ disk0_opts="odd=1,maxq=4,ro"',
    ])
    expect(change('odd=2')).toEqual(['refused disk0_opts: "odd=2" is no option of a nvme disk.'])
  })

  test('whatever is asked, lines of other keys stay as they are and where they are', () => {
    const noise = fc.constantFrom(
      '',
      '# memory=1G',
      ' cpu=9',
      'odd = 1',
      'owner_note="memory=2G"',
      'Memory=1',
      '\tx',
      'graphics_note=1',
    )
    const key = fc.constantFrom(
      'cpu',
      'memory',
      'graphics',
      'utctime',
      'virt_random',
      'comports',
      'bhyve_options',
      'virt_console0',
    )
    const value = fc.constantFrom('yes', '"no"', '2', '512M', '""', '"com1 com2"  # why', '-x')
    const line = fc.oneof(
      noise,
      fc.tuple(key, value).map(([name, text]) => `${name}=${text}`),
    )
    const device: fc.Arbitrary<ChangeDeviceInput['device']> = fc.oneof(
      fc.record({
        kind: fc.constant('cpu' as const),
        cpus: fc.integer({ min: 1, max: 8 }),
        topology: fc.constantFrom(null, { sockets: 1, cores: 2, threads: 1 }),
        pins: fc.array(fc.record({ vcpu: fc.constant(0), cpu: fc.nat(3) }), { maxLength: 1 }),
      }),
      fc.record({
        kind: fc.constant('memory' as const),
        memoryMiB: fc.integer({ min: 32, max: 4096 }),
        wired: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('firmware' as const),
        loader: fc.constantFrom('uefi', 'bhyveload'),
        variables: fc.constant(false),
        localTime: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('parts' as const),
        tablet: fc.boolean(),
        random: fc.boolean(),
        sound: fc.constantFrom(null, { play: '/dev/dsp1', record: '' }),
      }),
      fc.record({ kind: fc.constant('console' as const), ports: fc.subarray(['a', 'b']) }),
      fc.record({
        kind: fc.constant('serial' as const),
        ports: fc.subarray(['com1' as const, 'com2' as const], { minLength: 1 }),
      }),
    )
    const OWN: Record<string, RegExp> = {
      cpu: /^(cpu(_sockets|_cores|_threads)?|bhyve_options)=/,
      memory: /^(memory|wired_memory)=/,
      firmware: /^(loader|uefi_vars|utctime)=/,
      parts: /^(xhci_mouse|virt_random|sound(_play|_rec)?)=/,
      console: /^virt_console\d+=/,
      serial: /^comports=/,
    }
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), device, fc.boolean(), (lines, asked, ended) => {
        const text = `${lines.join('\n')}${ended ? '\n' : ''}`
        const edit = changeDevice(text, asked, known())
        if (edit.refused) return
        const others = (each: string) =>
          each.split('\n').filter(one => one !== '' && !OWN[asked.kind]?.test(one))
        expect(others(edit.after)).toEqual(others(text))
        // Asked again, there is nothing left to change.
        expect(changeDevice(edit.after, asked, known())).toMatchObject({ after: edit.after })
      }),
    )
  })

  test('limits that no kernel keeps are said to be none', () => {
    const change = (limits: typeof FREE) =>
      changeDevice(CONF, { kind: 'limits', limits }, known({ racct: false }))
    expect(change({ ...FREE, pcpu: '50' })).toMatchObject({
      warnings: [expect.stringContaining('kern.racct.enable=1')],
    })
    expect(change({ ...FREE, priority: '10' })).toMatchObject({ warnings: [] })
  })

  test('a console port that is written as "yes" stays, and the last ones go', () => {
    const text = 'loader="uefi"\nvirt_console0="yes"\nvirt_console1="b"\nvirt_console2="c"\n'
    const change = (ports: string[]) => diff(changeDevice(text, { kind: 'console', ports }, known()), text)
    expect(change(['0', 'b', 'c'])).toEqual([])
    expect(change(['0', 'c'])).toEqual(['- virt_console1="b"', '- virt_console2="c"', '+ virt_console1="c"'])
  })

  test('a loader without UEFI keeps no variables', () => {
    const device = { kind: 'firmware', loader: 'bhyveload', variables: true, localTime: false } as const
    const text = 'loader="bhyveload"\n'
    expect(diff(changeDevice(text, device, known()), text)).toEqual([
      'refused uefi_vars: Only UEFI firmware keeps variables.',
    ])
  })

  test('another loader: only a known one, and the loss of the screen is said', () => {
    const text = `${CONF}\ngraphics="yes"\n`
    const change = (loader: string) =>
      changeDevice(text, { kind: 'firmware', loader, variables: false, localTime: false }, known())
    expect(diff(change('grub'), text)).toEqual(['- loader="uefi"', '+ loader="grub"'])
    expect(change('grub')).toMatchObject({ warnings: [expect.stringContaining('loses its screen')] })
    expect(change('uefi-csm')).toMatchObject({ warnings: [] })
    expect(diff(change('lilo'), text)).toEqual([
      'refused loader: A loader is one of uefi, uefi-csm, uefi-devel, uefi-custom, bhyveload, grub.',
    ])
  })

  test('a screen for everybody to reach is said', () => {
    const open = changeDevice(CONF, { kind: 'screen', screen: { ...screen, listen: '0.0.0.0' } }, known())
    expect(open).toMatchObject({ warnings: [expect.stringContaining('0.0.0.0')] })
  })
})
