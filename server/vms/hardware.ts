/** A guest's conf as the devices a person thinks in. Pure. */
import { type Conf, confText, confTrue, isTrue, words } from './conf.ts'
import { diskEntries } from './devices.ts'
import type { Hardware, VmDisk } from './model.ts'

/** `-p vcpu:cpu` and `-l tpm,…` have no key of their own in vm-bhyve: they stand among the extra options. */
export type ExtraOptions = {
  /** `0:2`: virtual CPU 0 runs on CPU 2 of the machine. */
  pins: string[]
  /** `passthru,/dev/tpm0` */
  tpm: string | null
  /** Everything else, as it stands. */
  rest: string[]
}

export function readExtraOptions(text: string): ExtraOptions {
  const found: ExtraOptions = { pins: [], tpm: null, rest: [] }
  const all = words(text)
  for (let at = 0; at < all.length; at += 1) {
    const [word = '', value = ''] = [all[at], all[at + 1]]
    if (word === '-p' && /^\d+:\d+$/.test(value)) found.pins.push(value)
    else if (word === '-l' && /^tpm,/i.test(value) && found.tpm === null)
      found.tpm = value.slice('tpm,'.length)
    else {
      found.rest.push(word)
      continue
    }
    at += 1
  }
  return found
}

export function extraOptionsText({ pins, tpm, rest }: ExtraOptions): string {
  return [...rest, ...pins.flatMap(pin => ['-p', pin]), ...(tpm === null ? [] : ['-l', `tpm,${tpm}`])].join(
    ' ',
  )
}

export function hardwareOf(conf: Conf, disks: readonly VmDisk[]): Hardware {
  const text = (key: string, fallback = '') => confText(conf, key, fallback)
  const extra = readExtraOptions(text('bhyve_options'))
  const entries = diskEntries(conf)
  const wait = text('graphics_wait', 'auto')
  return {
    cpu: {
      cpus: text('cpu').trim(),
      sockets: text('cpu_sockets'),
      cores: text('cpu_cores'),
      threads: text('cpu_threads'),
      pins: extra.pins,
    },
    memory: { size: text('memory').trim(), wired: confTrue(conf, 'wired_memory') },
    firmwareVariables: confTrue(conf, 'uefi_vars'),
    localTime: !confTrue(conf, 'utctime', 'yes'),
    disks: disks.map(disk => ({ ...disk, options: entries[disk.index]?.options ?? '' })),
    nics: nicsOf(conf),
    screen: confTrue(conf, 'graphics')
      ? {
          resolution: text('graphics_res'),
          listen: text('graphics_listen') || '0.0.0.0',
          port: text('graphics_port'),
          wait: wait === 'auto' ? 'auto' : isTrue(wait) ? 'yes' : 'no',
          vga: text('graphics_vga'),
          hasPassword: text('vnc_password') !== '',
        }
      : null,
    tablet: confTrue(conf, 'xhci_mouse'),
    random: confTrue(conf, 'virt_random'),
    sound: confTrue(conf, 'sound')
      ? { play: text('sound_play', '/dev/dsp0'), record: text('sound_rec') }
      : null,
    comPorts: words(text('comports', 'com1')),
    consolePorts: consolePorts(conf),
    limits: {
      priority: text('priority'),
      pcpu: text('limit_pcpu'),
      rbps: text('limit_rbps'),
      wbps: text('limit_wbps'),
      riops: text('limit_riops'),
      wiops: text('limit_wiops'),
    },
    passthru: passthruOf(conf),
    tpm: extra.tpm,
    hostBridge: text('hostbridge', 'standard'),
    options: extra.rest.join(' '),
  }
}

function nicsOf(conf: Conf): Hardware['nics'] {
  const nics: Hardware['nics'] = []
  for (let index = 0; confText(conf, `network${index}_type`) !== ''; index += 1) {
    const text = (leaf: string) => confText(conf, `network${index}_${leaf}`)
    const device = text('device') || text('name')
    nics.push({ index, emulation: text('type'), switchName: text('switch'), mac: text('mac'), device })
  }
  return nics
}

/** Values of key0, key1, … to the first that is empty. */
function numbered(conf: Conf, key: string): string[] {
  const found: string[] = []
  for (let value = confText(conf, `${key}0`); value !== ''; value = confText(conf, `${key}${found.length}`))
    found.push(value)
  return found
}

/** PCI devices of the machine, `2/0/0` or `2/0/0=8:0`, in their order. */
export function passthruOf(conf: Conf): string[] {
  return numbered(conf, 'passthru')
}

function consolePorts(conf: Conf): string[] {
  const ports = numbered(conf, 'virt_console').slice(0, 16)
  return ports.map((value, index) => (/^(yes|on|1)$/i.test(value) ? String(index) : value))
}
