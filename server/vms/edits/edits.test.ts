import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confText, parseConf, withoutNumbered } from '../conf.ts'
import { diskEntries } from '../devices.ts'
import type { AddDeviceInput, SetOptionsInput, ShareInput } from '../input.hardware.ts'
import { setOptions } from './board.ts'
import { addDevice, removeDevice } from './devices.ts'
import { shareDevice, unheardBootIndex } from './disks.ts'
import type { EditKnowledge } from './edit.ts'
import { CONF, diff, known } from './testing.ts'

describe('adding', () => {
  type Disk = Extract<AddDeviceInput['device'], { kind: 'disk' }>
  const disk = (source: Disk['source'], more: Partial<Disk> = {}): Disk => ({
    kind: 'disk',
    emulation: 'nvme',
    options: '',
    source,
    ...more,
  })
  const fresh = (dataset: string) =>
    disk({ from: 'new', dataset, sizeBytes: 2 ** 30, sparse: true, volblocksizeBytes: 16384 })

  test('a new zvol below the guest goes by its leaf, elsewhere by its device', () => {
    const below = addDevice(CONF, fresh('tank/vms/web1/disk3'), known())
    expect(diff(below)).toEqual(['+ disk3_type="nvme"', '+ disk3_name="disk3"', '+ disk3_dev="sparse-zvol"'])
    expect(below).toMatchObject({
      datasets: ['tank/vms/web1/disk3'],
      steps: [
        {
          argv: [
            'zfs',
            'create',
            '-s',
            '-b',
            '16384',
            '-o',
            'volmode=dev',
            '-V',
            '1073741824',
            'tank/vms/web1/disk3',
          ],
        },
      ],
    })
    expect(diff(addDevice(CONF, fresh('tank/data/web1'), known()))).toEqual([
      '+ disk3_type="nvme"',
      '+ disk3_name="/dev/zvol/tank/data/web1"',
      '+ disk3_dev="custom"',
    ])
  })

  test('what is left of an earlier disk with that number does not come back', () => {
    const text = `${CONF}\ndisk3_opts="ro"\ndisk3_size="9G"\n`
    const edit = addDevice(text, disk({ from: 'zvol', dataset: 'tank/free' }), known())
    expect(diff(edit, text)).toEqual([
      '- disk3_opts="ro"',
      '- disk3_size="9G"',
      '+ disk3_type="nvme"',
      '+ disk3_name="/dev/zvol/tank/free"',
      '+ disk3_dev="custom"',
    ])
  })

  const file = (path: string) => known({ found: { path, type: 'file' } })
  const image = (path: string) => disk({ from: 'file', path })
  const refused: [string, AddDeviceInput['device'], EditKnowledge, string][] = [
    [
      'the zvol of another guest',
      disk({ from: 'zvol', dataset: 'tank/vms/db1/disk0' }),
      known(),
      'refused dataset: /dev/zvol/tank/vms/db1/disk0 is a disk of db1.',
    ],
    [
      'its own zvol again',
      disk({ from: 'zvol', dataset: 'tank/vms/web1/disk0' }),
      known(),
      'refused dataset: /dev/zvol/tank/vms/web1/disk0 is its disk 0 already.',
    ],
    [
      'a zvol that is not there',
      disk({ from: 'zvol', dataset: 'tank/gone' }),
      known(),
      'refused dataset: There is no volume tank/gone.',
    ],
    [
      'a file outside the datastores',
      image('/etc/master.passwd'),
      file('/etc/master.passwd'),
      'refused path: A disk image lies below a datastore of vm-bhyve.',
    ],
    [
      'a way out of the datastore',
      image('/vm/../etc/passwd'),
      file('/vm/../etc/passwd'),
      'refused path: A disk image lies below a datastore of vm-bhyve.',
    ],
    [
      'its own image in other words',
      image('/vm/web1/./disk2.img'),
      file('/vm/web1/./disk2.img'),
      'refused dataset: /vm/web1/disk2.img is its disk 2 already.',
    ],
    [
      'a conf as an image',
      image('/vm/db1/db1.conf'),
      file('/vm/db1/db1.conf'),
      'refused path: A disk image lies below a datastore of vm-bhyve.',
    ],
    ['a file that is not there', image('/vm/a.img'), known(), 'refused path: There is no file /vm/a.img.'],
    [
      'a file with a comma',
      image('/vm/a,b.img'),
      file('/vm/a,b.img'),
      'refused path: The name /vm/a,b.img holds a character that a conf cannot hold.',
    ],
    [
      'its own image again',
      image('/vm/web1/disk2.img'),
      file('/vm/web1/disk2.img'),
      'refused dataset: /vm/web1/disk2.img is its disk 2 already.',
    ],
    [
      'an option that would be another disk',
      disk({ from: 'zvol', dataset: 'tank/free' }, { options: 'ro,path=/dev/ada0' }),
      known(),
      'refused disk3_opts: "path=/dev/ada0" is no option of a nvme disk.',
    ],
    [
      'a switch that is not there',
      { kind: 'network', emulation: 'e1000', switchName: 'x', mac: null },
      known(),
      'refused network1_switch: There is no switch x.',
    ],
    [
      'the address of another card',
      { kind: 'network', emulation: 'e1000', switchName: 'lab', mac: '58:9C:FC:00:00:01' },
      known(),
      'refused network1_mac: 58:9C:FC:00:00:01 is the address of a card of db1.',
    ],
  ]
  test.each(refused)('%s is refused at its field', (_name, device, knowledge, words) => {
    expect(diff(addDevice(CONF, device, knowledge))).toEqual([words])
  })

  test('an image of its own goes by its name, a CD may be in several drives', () => {
    expect(diff(addDevice(CONF, image('/vm/web1/b.img'), file('/vm/web1/b.img')))).toEqual([
      '+ disk3_type="nvme"',
      '+ disk3_name="b.img"',
      '+ disk3_dev="file"',
    ])
    const cd = disk({ from: 'iso', name: 'a.iso' }, { emulation: 'ahci-cd', options: 'ro' })
    expect(diff(addDevice(CONF, cd, file('/vm/.iso/a.iso')))).toEqual([
      '+ disk3_type="ahci-cd"',
      '+ disk3_name="/vm/.iso/a.iso"',
      '+ disk3_dev="custom"',
      '+ disk3_opts="ro"',
    ])
  })

  test('a card gets an address that nobody has', () => {
    const card = { kind: 'network', emulation: 'e1000', switchName: 'lab', mac: null } as const
    expect(diff(addDevice(CONF, card, known()))).toEqual([
      '+ network1_type="e1000"',
      '+ network1_switch="lab"',
      // …:00 is its own first card's, …:01 db1's.
      '+ network1_mac="58:9c:fc:00:00:02"',
    ])
  })
})

describe('removing', () => {
  test('those after it move up, and only their numbers change', () => {
    expect(diff(removeDevice(CONF, { kind: 'disk', index: 1 }, known()))).toEqual([
      '- disk1_type="ahci-cd"   # the installer',
      '- disk1_name="/vm/.iso/a.iso"',
      '- disk1_dev="custom"',
      '- disk2_type=nvme',
      '- disk2_name=disk2.img',
      '+ disk1_type=nvme',
      '+ disk1_name=disk2.img',
    ])
    const last = removeDevice(CONF, { kind: 'network', index: 0 }, known())
    expect(diff(last)).toHaveLength(3)
    expect(diff(removeDevice(CONF, { kind: 'disk', index: 3 }, known()))).toEqual([
      'refused index: It has no disk 3.',
    ])
  })

  test('the disks that remain are the others, in their order, and every other line stays', () => {
    const kinds = fc.constantFrom('nvme', 'virtio-blk', 'ahci-cd')
    const noise = fc.constantFrom(
      '',
      '# disk1_type="x"',
      ' disk0_type="y"',
      'note="disk1_name"',
      'disk9_type="z"',
      'Disk0=1',
    )
    const text = fc.array(fc.tuple(kinds, noise, fc.boolean()), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(text, fc.nat(5), (disks, at) => {
        const index = at % disks.length
        const lines = disks.flatMap(([kind, line, quoted], number) => [
          `disk${number}_type=${quoted ? `"${kind}"` : kind}`,
          line,
          `disk${number}_name=d${number}`,
        ])
        const conf = lines.join('\n')
        const after = withoutNumbered(conf, 'disk', index, disks.length)
        const names = (each: string) =>
          diskEntries(parseConf(each)).map(disk => `${disk.emulation} ${disk.name}`)
        expect(names(after)).toEqual(names(conf).filter((_, number) => number !== index))
        const others = (each: string) => each.split('\n').filter(line => !/^disk[0-5]_/.test(line))
        expect(others(after)).toEqual(others(conf))
      }),
    )
  })
})

describe("the machine's own things", () => {
  const share = (device: ShareInput['device'], found: EditKnowledge['found'] = null) =>
    diff(shareDevice(CONF, device, known({ found })))
  test('a directory is given by its name in the guest', () => {
    const home = { kind: 'directory', path: '/tank/home', tag: 'home', readonly: true } as const
    expect(share(home, { path: '/tank/home', type: 'directory' })).toEqual([
      '+ disk3_type="virtio-9p"',
      '+ disk3_name="home=/tank/home"',
      '+ disk3_dev="custom"',
      '+ disk3_opts="ro"',
    ])
    expect(share(home)).toEqual(['refused path: There is no directory /tank/home.'])
    expect(share({ ...home, path: '/tank/a b' })).toEqual([
      'refused path: The path /tank/a b holds what a conf cannot hold.',
    ])
    expect(share({ kind: 'ctl', path: '/dev/cam/ctl1.0' })).toEqual([
      '+ disk3_type="virtio-scsi"',
      '+ disk3_name="/dev/cam/ctl1.0"',
      '+ disk3_dev="custom"',
    ])
  })

  test('a PCI device is given when it is kept for guests and nobody has it, and taken back by its number', () => {
    const pci = (address: string, text = CONF) => shareDevice(text, { kind: 'pci', address }, known())
    expect(diff(pci('3/0/1'))).toEqual(['+ passthru0="3/0/1"'])
    expect(diff(pci('2/0/0'))).toEqual(['refused address: 2/0/0 is ix0 of the machine.'])
    expect(pci('2/0/0').refused?.detail?.next).toContain('devctl set driver -f pci0:2:0:0 ppt')
    expect(diff(pci('4/0/0'))).toEqual(['refused address: 4/0/0 is not kept for guests.'])
    expect(diff(pci('3/0/0'))).toEqual(['refused address: 3/0/0 is given to db1.'])
    expect(diff(pci('9/0/0'))).toEqual(['refused address: The machine has no PCI device 9/0/0.'])
    const text = `${CONF}\npassthru0="6/0/0"\npassthru0_options="rom=/a"\npassthru1=3/0/1  # the good one\n`
    expect(diff(removeDevice(text, { kind: 'passthru', index: 0 }, known()), text)).toEqual([
      '- passthru0="6/0/0"',
      '- passthru0_options="rom=/a"',
      '- passthru1=3/0/1  # the good one',
      '+ passthru0=3/0/1  # the good one',
    ])
  })

  test('extra options and the TPM leave the pins alone', () => {
    const text = `${CONF}\nbhyve_options="-p 0:1 -x"\n`
    const set = (input: Pick<SetOptionsInput, 'options' | 'tpm'>) =>
      diff(setOptions(text, { vm: 'web1', revision: '', ...input }), text)
    expect(set({ options: '-x', tpm: null })).toEqual([])
    expect(set({ options: '-o a=b', tpm: 'passthru,/dev/tpm0' })).toEqual([
      '- bhyve_options="-p 0:1 -x"',
      '+ bhyve_options="-o a=b -p 0:1 -l tpm,passthru,/dev/tpm0"',
    ])
    expect(set({ options: '-x', tpm: '/dev/tpm0' })).toEqual([
      'refused tpm: A TPM is passthru,/dev/tpm0 or swtpm,/path/of/socket.',
    ])
  })

  test('a boot position that no firmware hears of is noticed', () => {
    const conf = (options: string) =>
      parseConf(`disk0_type=nvme\ndisk0_name=a\ndisk0_opts=bootindex=1\n${options}`)
    expect(unheardBootIndex(conf(''))).toBe(true)
    expect(unheardBootIndex(conf('bhyve_options="-o lpc.fwcfg=qemu"'))).toBe(false)
    expect(confText(conf(''), 'disk0_opts')).toBe('bootindex=1')
  })
})
