/**
 * bhyve(8): what its own command line parser would misread, judged before it runs. bhyve takes much for something else
 * without a word: an empty -s prints a list and exits 0, a port `127.0.0.1` is port 127, `0512` is octal.
 */

import { EMULATIONS, parseSlot, portIsValid, whyDevice } from './device-traps.ts'

export type Trap = {
  /** The argument that is wrong, with its flag: `-s 5,fbuf,vga=on`. */
  argument: string
  /** One sentence. */
  why: string
}

/** Option letters of stock builds since 14 that take a value; getopt(3) stops at the first word that is no option. */
const WITH_VALUE = 'kfopGcsmlnKU'
const SWITCHES = 'aehuwxACDHIMPSWY'

type Option = { flag: string; value: string }

/** argv after the program name as getopt(3) reads it, and the operands that follow. */
function bhyveOptions(argv: readonly string[]): {
  options: Option[]
  operands: string[]
  bad: Trap[]
} {
  const options: Option[] = []
  const bad: Trap[] = []
  let at = 0
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--') {
      at += 1
      break
    }
    if (word === '-' || !word.startsWith('-')) break
    for (let letter = 1; letter < word.length; letter += 1) {
      const flag = word[letter] ?? ''
      if (WITH_VALUE.includes(flag)) {
        const glued = word.slice(letter + 1)
        at += glued === '' ? 1 : 0
        const value = glued === '' ? argv[at] : glued
        if (value === undefined) bad.push({ argument: word, why: `-${flag} needs a value.` })
        else options.push({ flag, value })
        break
      }
      if (SWITCHES.includes(flag) && flag !== 'h') options.push({ flag, value: '' })
      else bad.push({ argument: word, why: `bhyve does not start a guest with the option -${flag}.` })
    }
  }
  return { options, operands: argv.slice(at), bad }
}

/** Every trap of a bhyve command line (without the word `bhyve`), in its order; empty when bhyve reads what is meant. */
export function bhyveTraps(argv: readonly string[]): Trap[] {
  const { options, operands, bad } = bhyveOptions(argv)
  const traps = [...bad]
  const name =
    operands[0] ?? options.find(one => one.flag === 'o' && /^name=./.test(one.value))?.value.slice(5)
  // With -k the file may name the guest.
  const named = name !== undefined || !options.some(one => one.flag === 'k')
  if (named && (name === undefined || name === ''))
    traps.push({ argument: '', why: 'The guest has no name.' })
  else if (name !== undefined && (/%|[^\x20-\x7e]|^-/.test(name) || name.length > 229)) {
    traps.push({
      argument: name,
      why: 'bhyve reads a name with %, a leading dash or other than ASCII as something else.',
    })
  }
  if (operands.length > 1)
    traps.push({ argument: operands.slice(1).join(' '), why: 'Words after the name end bhyve.' })
  for (const { flag, value } of options) {
    const why = whyOption(flag, value)
    if (why) traps.push({ argument: `-${flag} ${value}`, why })
  }
  return [...traps, ...topologyTraps(options), ...deviceTraps(options)]
}

function whyOption(flag: string, value: string): string | null {
  switch (flag) {
    case 'm':
      return /^([1-9][0-9]*)([KMGT]B?|)$/i.test(value) || /^%\(\w+\)$/.test(value)
        ? null
        : `${JSON.stringify(value)} is not a memory size: write a whole number with K, M, G or T.`
    case 'U':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? null
        : `${JSON.stringify(value)} is not a UUID; bhyve would stop without a message.`
    case 'G':
      return /^w?(.+:)?[1-9][0-9]{0,4}$/.test(value) &&
        portIsValid(value.slice(value.lastIndexOf(':') + 1).replace('w', ''))
        ? null
        : `${JSON.stringify(value)} is not a debugger's address.`
    case 'p':
      return /^[0-9]+:[0-9]+$/.test(value) ? null : `${JSON.stringify(value)} is not vcpu:cpu.`
    case 'f':
      return /^(name=)?[^,]{1,55},(string|file)=/.test(value)
        ? null
        : `${JSON.stringify(value)} is not a firmware item.`
    case 'n':
      return /^id=[0-7],size=[1-9][0-9]*[KMGT]?,cpus=[0-9]+(-[0-9]+)?([,+].*)?$/i.test(value)
        ? null
        : `${JSON.stringify(value)} is not a NUMA domain.`
    case 'K':
      return value.includes('/') ? 'A keyboard layout is a name, not a path.' : null
    case 'o':
      return whyVariable(value)
    case 'l':
      return whyLpc(value)
    case 's':
      return whyDevice(value)
    default:
      return null
  }
}

const BOOLEANS = /^(acpi_tables|rtc\.use_localtime|virtio_msix|memory\.wired|x86\.\w+)=/

function whyVariable(value: string): string | null {
  const match = /^([^=]+)=(.+)$/.exec(value)
  if (!match?.[1] || match[2] === undefined) return `${JSON.stringify(value)} is not key=value with a value.`
  const key = match[1]
  if (/^\.|\.$|\.\./.test(key)) return `${JSON.stringify(key)} is not a variable's name.`
  if (key === 'config.dump') return 'config.dump prints the configuration instead of starting the guest.'
  if (BOOLEANS.test(value) && !/=(true|false|on|off|yes|no|1|0)$/i.test(value))
    return `${key} is either true or false.`
  const device = /^pci\.(\d+)\.(\d+)\.(\d+)\.device$/.exec(key)
  if (device) {
    const known = EMULATIONS.has(match[2]) && !/^(ahci-|amd_)/.test(match[2])
    const inRange = Number(device[1]) < 256 && Number(device[2]) < 32 && Number(device[3]) < 8
    if (!known || !inRange) return `${value} names a device or a place that bhyve does not have.`
  }
  const cpuset = /^vcpu\.\d+\.cpuset$/.test(key)
  if (cpuset && !cpusetIsValid(match[2])) return `${value} is not a set of CPUs.`
  return null
}

function cpusetIsValid(text: string): boolean {
  return text.split(',').every(part => {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part)
    return range !== null && (range[2] === undefined || Number(range[1]) <= Number(range[2]))
  })
}

function whyLpc(value: string): string | null {
  const [device = '', first = '', second = ''] = value.split(',')
  if (/^bootrom$/i.test(device)) {
    if (first === '') return 'bootrom needs the path of a firmware image.'
    const split = second !== '' && !second.includes('=') && !second.startsWith('/')
    return split
      ? `${JSON.stringify(second)} is not the path of firmware variables: a comma ends a path.`
      : null
  }
  if (/^com[1-4]$/i.test(device)) {
    if (first === 'stdio' || /^\/./.test(first)) return null
    const tcp = /^tcp=(?:\[[0-9a-f:]+\]|(\d+(?:\.\d+){3})):(\d+)$/i.exec(first)
    return tcp && portIsValid(tcp[2] ?? '')
      ? null
      : `${device} needs a terminal's path, not ${JSON.stringify(first)}.`
  }
  if (/^tpm$/i.test(device)) {
    const fits = /^(passthru|swtpm)$/.test(first) && second.startsWith('/') && !/,intf=/.test(value)
    return fits ? null : 'A TPM is written as tpm,passthru,/dev/tpm0 or tpm,swtpm,/path.'
  }
  return /^pc-testdev$/i.test(device) ? null : `${JSON.stringify(device)} is not an LPC device.`
}

/** `-c`: the product of sockets, cores and threads has to be the number of CPUs; sockets defaults to that number. */
function topologyTraps(options: readonly Option[]): Trap[] {
  const counts: Record<string, string> = {}
  const traps: Trap[] = []
  let last = ''
  for (const { value } of options.filter(one => one.flag === 'c')) {
    last = `-c ${value}`
    for (const part of value.split(',')) {
      const match = /^(?:(cpus|sockets|cores|threads)=)?(.*)$/.exec(part.trim())
      const count = match?.[2] ?? ''
      counts[match?.[1] ?? 'cpus'] = count
      if (!/^[1-9][0-9]*$/.test(count) || Number(count) > 65535) {
        traps.push({ argument: last, why: `${JSON.stringify(part)} is not a number of CPUs.` })
      }
    }
  }
  if (traps.length > 0 || last === '') return traps
  const cpus = Number(counts.cpus ?? 1)
  const sockets = Number(counts.sockets ?? cpus)
  const product = sockets * Number(counts.cores ?? 1) * Number(counts.threads ?? 1)
  if (product === cpus) return []
  const why = `${sockets} sockets with ${counts.cores ?? 1} cores and ${counts.threads ?? 1} threads are ${product} CPUs, not ${cpus}.`
  return [{ argument: last, why }]
}

/** What only the devices together can break: a slot used twice, two screens, a boot position given twice, no firmware. */
function deviceTraps(options: readonly Option[]): Trap[] {
  const traps: Trap[] = []
  const seen = new Map<string, string>()
  const devices = options.filter(one => one.flag === 's')
  for (const { value } of devices) {
    const place = parseSlot(value.split(',', 1)[0] ?? '')
    const key = place ? `${place.bus}:${place.slot}:${place.func}` : value
    if (seen.has(key)) traps.push({ argument: `-s ${value}`, why: `PCI slot ${key} is used twice.` })
    seen.set(key, value)
    if (place && /^[^,]*,lpc(,|$)/.test(value) && place.bus !== 0) {
      traps.push({ argument: `-s ${value}`, why: 'The LPC bridge has to be on bus 0.' })
    }
  }
  const only = (emulation: string, why: string) => {
    const found = devices.filter(({ value }) => value.split(',')[1] === emulation)
    if (found.length > 1) traps.push({ argument: `-s ${found[1]?.value}`, why })
  }
  only('fbuf', 'A guest has only one screen.')
  only('lpc', 'A guest has only one LPC bridge.')
  const indexes = devices.flatMap(({ value }) => /,bootindex=(\d+)/.exec(value)?.[1] ?? [])
  if (new Set(indexes).size < indexes.length) {
    traps.push({ argument: `bootindex=${indexes.at(-1)}`, why: 'Two devices have the same boot position.' })
  }
  const early = options.findIndex(one => one.flag === 'o' && /^pci\./.test(one.value))
  const late = options.findLastIndex(one => one.flag === 's')
  if (early >= 0 && early < late) {
    traps.push({
      argument: `-o ${options[early]?.value}`,
      why: 'A device variable has to come after every -s.',
    })
  }
  const stdio = options.filter(one => /^(l|s)$/.test(one.flag) && /,stdio$/.test(one.value))
  if (stdio.length > 1)
    traps.push({ argument: `-${stdio[1]?.flag} ${stdio[1]?.value}`, why: 'stdio can be used once.' })
  return traps
}
