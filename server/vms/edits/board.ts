/** Changing what is no disk and no network card: CPUs, memory, screen, small devices, extra options. Pure. */
import { type Conf, confText, confTrue, isTrue, memoryBytes, parseConf, words } from '../conf.ts'
import { isUefi } from '../firmware.ts'
import { extraOptionsText, hardwareOf, readExtraOptions } from '../hardware.ts'
import type { ChangeDeviceInput, SetOptionsInput } from '../input.hardware.ts'
import { LOADERS } from '../model.ts'
import { type Changes, type Edit, type EditKnowledge, edited, no, toggled, valued } from './edit.ts'

export function changeCpu(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'cpu' }>,
  known: EditKnowledge,
): Edit {
  const { cpus, topology, pins } = device
  if (cpus > known.maxCpus)
    return no('invalid', `This machine gives a guest at most ${known.maxCpus} CPUs.`, 'cpu')
  const stray = pins.find(pin => pin.vcpu >= cpus)
  if (stray) return no('invalid', `It has no CPU ${stray.vcpu}: they count from 0 to ${cpus - 1}.`, 'pins')
  const { hostCpus } = known
  const beyond = hostCpus === null ? undefined : pins.find(pin => pin.cpu >= hostCpus)
  if (beyond)
    return no(
      'invalid',
      `The machine has no CPU ${beyond.cpu}: they count from 0 to ${(hostCpus ?? 1) - 1}.`,
      'pins',
    )
  const conf = parseConf(text)
  const count = (value: number | undefined) => (value === undefined ? '' : String(value))
  return edited(text, {
    // Blanks that stand before a comment are no part of the number.
    ...(confText(conf, 'cpu').trim() === String(cpus) ? {} : { cpu: String(cpus) }),
    ...valued('cpu_sockets', count(topology?.sockets)),
    ...valued('cpu_cores', count(topology?.cores)),
    ...valued('cpu_threads', count(topology?.threads)),
    ...extraChanges(conf, { pins: pins.map(pin => `${pin.vcpu}:${pin.cpu}`) }),
  })
}

/** bhyve_options with some of its parts replaced; untouched where they say the same already. */
function extraChanges(conf: Conf, parts: Partial<ReturnType<typeof readExtraOptions>>): Changes {
  const now = readExtraOptions(confText(conf, 'bhyve_options'))
  const wanted = { ...now, ...parts }
  const text = extraOptionsText(wanted)
  return text === extraOptionsText(now) ? {} : valued('bhyve_options', text)
}

export function changeMemory(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'memory' }>,
  known: EditKnowledge,
): Edit {
  const bytes = device.memoryMiB * 1024 ** 2
  if (known.memoryOfHostBytes !== null && bytes > known.memoryOfHostBytes)
    return no('invalid', 'That is more memory than this machine has.', 'memory')
  const conf = parseConf(text)
  return edited(text, {
    ...(memoryBytes(confText(conf, 'memory').trim()) === bytes ? {} : { memory: `${device.memoryMiB}M` }),
    ...toggled(conf, 'wired_memory', device.wired),
  })
}

export function changeScreen(
  text: string,
  { screen }: Extract<ChangeDeviceInput['device'], { kind: 'screen' }>,
  known: EditKnowledge,
): Edit {
  const conf = parseConf(text)
  if (screen === null) return edited(text, toggled(conf, 'graphics', false))
  if (!isUefi(confText(conf, 'loader')))
    return no('refused', 'Only a guest with UEFI firmware has a screen.', 'graphics')
  const { resolution, listen, wait, vga } = screen
  if (resolution !== '' && !/^\d{3,4}x\d{3,4}$/.test(resolution))
    return no('invalid', 'A resolution is WIDTHxHEIGHT, such as 1280x800.', 'graphics_res')
  if (!/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])$/.test(listen))
    return no('invalid', 'bhyve listens on a numeric address: 127.0.0.1, or [::1].', 'graphics_listen')
  const port = screen.port === null ? '' : String(screen.port)
  if (screen.port !== null && port !== confText(conf, 'graphics_port') && known.busyPorts.has(screen.port))
    return no('in_use', `Port ${port} is used already, or another guest's.`, 'graphics_port')
  const now = confText(conf, 'graphics_wait', 'auto')
  const waits = now === 'auto' ? 'auto' : isTrue(now) ? 'yes' : 'no'
  const isOpen = !/^(127\.|\[::1\])/.test(listen)
  return edited(
    text,
    {
      ...toggled(conf, 'graphics', true),
      ...(listen === (confText(conf, 'graphics_listen') || '0.0.0.0') ? {} : { graphics_listen: listen }),
      ...valued('graphics_port', port),
      ...valued('graphics_res', resolution),
      ...(waits === wait ? {} : { graphics_wait: wait }),
      ...valued('graphics_vga', vga),
    },
    isOpen
      ? {
          warnings: [
            `The screen listens on ${listen}: whoever reaches this machine there sees it and types on it, past Skep.`,
          ],
        }
      : {},
  )
}

export function changeParts(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'parts' }>,
): Edit {
  const conf = parseConf(text)
  const { sound } = device
  const strange =
    sound && [sound.play, sound.record].find(path => path !== '' && !/^\/dev\/dsp[\d.]*$/.test(path))
  if (strange)
    return no('invalid', `${strange} is no sound device: they are /dev/dsp0, /dev/dsp1, …`, 'sound_play')
  return edited(text, {
    ...toggled(conf, 'xhci_mouse', device.tablet),
    ...toggled(conf, 'virt_random', device.random),
    ...toggled(conf, 'sound', sound !== null),
    ...(sound && sound.play !== confText(conf, 'sound_play', '/dev/dsp0') ? { sound_play: sound.play } : {}),
    ...(sound && sound.record !== confText(conf, 'sound_rec') ? valued('sound_rec', sound.record) : {}),
  })
}

export function changeSerial(
  text: string,
  { ports }: Extract<ChangeDeviceInput['device'], { kind: 'serial' }>,
): Edit {
  const now = words(confText(parseConf(text), 'comports', 'com1'))
  if (new Set(ports).size < ports.length) return no('invalid', 'A serial port is there once.', 'comports')
  return edited(text, now.join(' ') === ports.join(' ') ? {} : { comports: ports.join(' ') })
}

export function changeConsole(
  text: string,
  { ports }: Extract<ChangeDeviceInput['device'], { kind: 'console' }>,
): Edit {
  const conf = parseConf(text)
  const now = hardwareOf(conf, []).consolePorts
  if (new Set(ports).size < ports.length) return no('invalid', 'Each port has a name of its own.', 'ports')
  const changes: Changes = {}
  for (let index = 0; index < Math.max(now.length, ports.length); index += 1) {
    // A port that is called by its number may be written as "yes".
    if (now[index] !== ports[index]) changes[`virt_console${index}`] = ports[index] ?? null
  }
  return edited(text, changes)
}

export function changeFirmware(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'firmware' }>,
): Edit {
  const conf = parseConf(text)
  const now = confText(conf, 'loader')
  const { loader } = device
  if (loader !== now && !LOADERS.some(known => known === loader))
    return no('invalid', `A loader is one of ${LOADERS.join(', ')}.`, 'loader')
  if (device.variables && !isUefi(loader))
    return no('refused', 'Only UEFI firmware keeps variables.', 'uefi_vars')
  const isLocal = !confTrue(conf, 'utctime', 'yes')
  const losesScreen = isUefi(now) && !isUefi(loader) && confTrue(conf, 'graphics')
  return edited(
    text,
    {
      ...(loader === now ? {} : { loader }),
      ...toggled(conf, 'uefi_vars', device.variables),
      ...(isLocal === device.localTime ? {} : { utctime: device.localTime ? 'no' : 'yes' }),
    },
    {
      warnings: losesScreen
        ? [
            `It loses its screen: bhyve draws one only for UEFI firmware. ${loader} talks on its first serial port.`,
          ]
        : [],
    },
  )
}

const LIMITS = [
  ['priority', 'priority', /^(0|-?([1-9]|1\d|20))$/, 'A priority is from -20 (first) to 20 (last).'],
  ['pcpu', 'limit_pcpu', /^[1-9]\d{0,4}$/, 'Percent of one CPU, such as 150 for one and a half.'],
  ['rbps', 'limit_rbps', /^[1-9]\d{0,11}[KMG]?$/i, 'Bytes a second, such as 50M.'],
  ['wbps', 'limit_wbps', /^[1-9]\d{0,11}[KMG]?$/i, 'Bytes a second, such as 50M.'],
  ['riops', 'limit_riops', /^[1-9]\d{0,8}$/, 'Operations a second, such as 500.'],
  ['wiops', 'limit_wiops', /^[1-9]\d{0,8}$/, 'Operations a second, such as 500.'],
] as const

/** renice(8) and rctl(8), which the run script sets a second after the start. */
export function changeLimits(
  text: string,
  { limits }: Extract<ChangeDeviceInput['device'], { kind: 'limits' }>,
  known: EditKnowledge,
): Edit {
  const { limits: now } = hardwareOf(parseConf(text), [])
  const changes: Changes = {}
  for (const [name, key, pattern, sentence] of LIMITS) {
    if (limits[name] === now[name]) continue
    if (limits[name] !== '' && !pattern.test(limits[name])) return no('invalid', sentence, key)
    changes[key] = limits[name] === '' ? null : limits[name]
  }
  const isIdle = known.racct === false && LIMITS.some(([name]) => name !== 'priority' && limits[name] !== '')
  const why = 'This machine does not count what processes take: limits have no effect until'
  return edited(text, changes, {
    warnings: isIdle ? [`${why} kern.racct.enable=1 stands in /boot/loader.conf and it was restarted.`] : [],
  })
}

export function setOptions(text: string, input: SetOptionsInput): Edit {
  const conf = parseConf(text)
  if (input.tpm !== null && !/^(passthru|swtpm),\/[^,\s]+(,version=[\d.]+)?$/.test(input.tpm))
    return no('invalid', 'A TPM is passthru,/dev/tpm0 or swtpm,/path/of/socket.', 'tpm')
  const now = readExtraOptions(confText(conf, 'bhyve_options'))
  const isSame = now.rest.join(' ') === words(input.options).join(' ') && now.tpm === input.tpm
  if (isSame) return edited(text, {})
  const asked = readExtraOptions(input.options)
  return edited(
    text,
    valued(
      'bhyve_options',
      extraOptionsText({ rest: asked.rest, pins: [...now.pins, ...asked.pins], tpm: input.tpm ?? asked.tpm }),
    ),
  )
}
