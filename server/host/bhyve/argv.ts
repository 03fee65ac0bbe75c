/**
 * bhyve(8)'s command line: options to configuration tree, in bhyve's order and with its texts and statuses, as
 * bhyverun.c of FreeBSD 15.0's time reads them.
 */

import { BhyveExit, Config, cut, integer, scanned } from './config.ts'
import { EMULATIONS, LPC_DEVICES, readLpc, readSlot } from './slots.ts'

const GETOPT = 'aehuwxACDHIPSWYk:f:o:p:G:c:s:m:n:l:K:U:'
const HOST_CPUS = 1024

const USAGE = `Usage: bhyve [-aCDeHhPSuWwxY]
             [-c [[cpus=]numcpus][,sockets=n][,cores=n][,threads=n]]
             [-G port] [-k config_file] [-l lpc] [-m mem] [-o var=value]
             [-p vcpu:hostcpu] [-r file] [-s pci] [-U uuid] vmname
       -a: local apic is in xAPIC mode (deprecated)
       -C: include guest memory in core file
       -c: number of CPUs and/or topology specification
       -D: destroy on power-off
       -e: exit on unhandled I/O access
       -G: start a debug server
       -H: vmexit from the guest on HLT
       -h: help
       -k: key=value flat config file
       -K: PS2 keyboard layout
       -l: LPC device configuration
       -m: memory size
       -n: NUMA domain specification
       -o: set config 'var' to 'value'
       -P: vmexit from the guest on pause
       -p: pin 'vcpu' to 'hostcpu'
       -S: guest memory cannot be swapped
       -s: <slot,driver,configinfo> PCI slot config
       -U: UUID
       -u: RTC keeps UTC time
       -W: force virtio to use single-vector MSI
       -w: ignore unimplemented MSRs
       -x: local APIC is in x2APIC mode
       -Y: disable MPtable generation`

/** Reads a file of the machine for -k and -f; rejects with an Error whose `code` is errno's name. */
export type ReadFile = (path: string) => Promise<string>

export type Parsed =
  /** Help was asked for: the text of one of the streams, status 0. */
  { help: { stdout: string; stderr: string } } | { help: null; config: Config; name: string }

/** What flags without a value set. */
const FLAGS: Record<string, [path: string, value: string] | null> = {
  a: ['x86.x2apic', 'false'],
  x: ['x86.x2apic', 'true'],
  e: ['x86.strictio', 'true'],
  H: ['x86.vmexit_on_hlt', 'true'],
  P: ['x86.vmexit_on_pause', 'true'],
  Y: ['x86.mptable', 'false'],
  w: ['x86.strictmsr', 'false'],
  C: ['memory.guest_in_core', 'true'],
  S: ['memory.wired', 'true'],
  D: ['destroy_on_poweroff', 'true'],
  u: ['rtc.use_localtime', 'false'],
  W: ['virtio_msix', 'false'],
  A: null,
  I: null,
}

/**
 * Parses what follows the word `bhyve` into `config`. Throws BhyveExit; lines that were printed before are then in
 * `config.warnings`.
 */
export async function parseBhyve(
  words: readonly string[],
  readFile: ReadFile,
  config = new Config(),
): Promise<Parsed> {
  setDefaults(config)
  let at = 0
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') {
      at++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i)
      if (letter === 'h') return { help: { stdout: '', stderr: `${USAGE}\n` } }
      const place = letter === ':' ? -1 : GETOPT.indexOf(letter)
      if (place < 0) throw new BhyveExit(1, `bhyve: illegal option -- ${letter}\n${USAGE}`)
      if (GETOPT.charAt(place + 1) !== ':') {
        const flag = FLAGS[letter]
        if (flag) config.set(...flag)
        continue
      }
      const value = i + 1 < word.length ? word.slice(i + 1) : words[++at]
      if (value === undefined)
        throw new BhyveExit(1, `bhyve: option requires an argument -- ${letter}\n${USAGE}`)
      const list = helpFor(letter, value)
      if (list) return { help: { stdout: list, stderr: '' } }
      await option(config, letter, value, readFile)
      break
    }
  }
  const operands = words.slice(at)
  if (operands.length > 1) throw new BhyveExit(1, USAGE)
  moveOldNames(config)
  if (operands[0] !== undefined) config.set('name', operands[0])
  const name = config.get('name')
  if (name === undefined) throw new BhyveExit(1, USAGE)
  return { help: null, config, name }
}

function setDefaults(config: Config): void {
  for (const [path, value] of [
    ['acpi_tables', 'true'],
    ['acpi_tables_in_memory', 'true'],
    ['memory.size', '256M'],
    ['x86.strictmsr', 'true'],
    ['x86.verbosemsr', 'false'],
    ['lpc.fwcfg', 'bhyve'],
  ] as const)
    config.set(path, value)
}

/** Every beginning of "help", the empty one too, asks for the list. */
function helpFor(letter: string, value: string): string | null {
  if (!'help'.startsWith(value)) return null
  if (letter === 's') return EMULATIONS.map(name => `${name}\n`).join('')
  if (letter === 'l') return LPC_DEVICES.map(name => `${name}\n`).join('')
  return null
}

async function option(config: Config, letter: string, value: string, readFile: ReadFile): Promise<void> {
  switch (letter) {
    case 's':
      readSlot(config, value)
      break
    case 'l':
      readLpc(config, value)
      break
    case 'c':
      topology(config, value)
      break
    case 'm':
      config.set('memory.size', value)
      break
    case 'o':
      if (!variable(config, value)) throw new BhyveExit(64, `bhyve: invalid configuration option '${value}'`)
      break
    case 'k':
      await configFile(config, value, readFile)
      break
    case 'f':
      await firmwareItem(value, readFile)
      break
    case 'p':
      pin(config, value)
      break
    case 'n':
      domain(config, value)
      break
    case 'G':
      debugServer(config, value)
      break
    case 'K':
      config.set('keyboard.layout', value)
      break
    case 'U':
      config.set('uuid', value)
      break
  }
}

function variable(config: Config, text: string): boolean {
  const equals = text.indexOf('=')
  if (equals < 0 || equals === text.length - 1) return false
  config.set(text.slice(0, equals), text.slice(equals + 1))
  return true
}

function topology(config: Config, text: string): void {
  if (text === '') for (const name of ['sockets', 'cores', 'threads', 'cpus']) config.set(name, '1')
  else
    for (const part of text.split(',')) {
      const equals = part.indexOf('=')
      const name = equals < 0 ? 'cpus' : part.slice(0, equals)
      if (!/^(cpus|sockets|cores|threads)$/.test(name))
        throw new BhyveExit(64, `bhyve: invalid cpu topology '${text}'`)
      config.set(name, part.slice(equals + 1))
    }
}

/** Errors of system calls as strerror(3) has them. */
const STRERROR: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
}
export function strerror(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return STRERROR[code] ?? 'Input/output error'
}

async function configFile(config: Config, path: string, readFile: ReadFile): Promise<void> {
  let text = ''
  try {
    text = await readFile(path)
  } catch (error) {
    // A directory opens, and reads as empty.
    if (strerror(error) !== STRERROR.EISDIR)
      throw new BhyveExit(4, `bhyve: Failed to open configuration file ${path}: ${strerror(error)}`)
  }
  for (const [i, whole] of text.split('\n').entries()) {
    if (whole === '' || whole.startsWith('#')) continue
    const [line = ''] = whole.split('\0', 1)
    if (!variable(config, line))
      throw new BhyveExit(4, `bhyve: ${path} line ${i + 1}: invalid config option '${line}'`)
  }
}

const FW_NAME_MAX = 55
async function firmwareItem(text: string, readFile: ReadFile): Promise<void> {
  const refuse = (why: string) => new BhyveExit(64, `${why}\nbhyve: invalid fwcfg item '${text}'`)
  const [name, data] = cut(text.startsWith('name=') ? text.slice(5) : text)
  const usage = refuse(
    `bhyve: Invalid fw_cfg option "${text}"\nbhyve: -f [name=]<name>,(string|file)=<value>`,
  )
  if (data === undefined) throw usage
  if (Buffer.byteLength(name) > FW_NAME_MAX) throw refuse(`bhyve: fw_cfg name too long: "${text}"`)
  const value = /^(string|file)=(.*)$/s.exec(data)
  if (!value) throw usage
  if (value[1] !== 'file') return
  const path = value[2] ?? ''
  await readFile(path).catch((error: unknown) => {
    throw refuse(`bhyve: Can't open fw_cfg_user_file file "${path}": ${strerror(error)}`)
  })
}

/** bhyve's buffer for the name: CPUs with four digits or more are pinned under a name it never looks for. */
const PIN_KEY_MOST = 15
function pin(config: Config, text: string): void {
  const refuse = (why: string) =>
    new BhyveExit(64, `${why}\nbhyve: invalid vcpu pinning configuration '${text}'`)
  const match = /^\s*([+-]?\d+):\s*([+-]?\d+)/.exec(text)
  if (!match) throw refuse(`invalid format: ${text}`)
  const vcpu = scanned(match[1] ?? '')
  const host = scanned(match[2] ?? '')
  if (vcpu < 0) throw refuse(`invalid vcpu '${vcpu}'`)
  if (host < 0 || host >= HOST_CPUS)
    throw refuse(`hostcpu '${host}' outside valid range from 0 to ${HOST_CPUS - 1}`)
  const path = `vcpu.${vcpu}.cpuset`.slice(0, PIN_KEY_MOST)
  const before = config.get(path)
  config.set(path, before === undefined ? String(host) : `${before},${host}`)
}

function domain(config: Config, text: string): void {
  const refuse = (why: string) => new BhyveExit(64, `${why}bhyve: invalid NUMA configuration '${text}'`)
  if (text === '') throw refuse('')
  let id: number | null = null
  const options = new Map<string, string>()
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const value = part.slice(equals + 1)
    if (part.startsWith('id=')) {
      id = integer(value)
      if (id === null || id < 0 || id > 255) throw new BhyveExit(4, `bhyve: Invalid value for id: '${value}'`)
    } else if (equals > 0) options.set(part.slice(0, equals), value)
  }
  if (id === null) throw refuse(`Missing NUMA domain ID in '${text}'\n`)
  const path = `domains.${id}`
  const node = config.find(path) ?? config.create(path) ?? config.root
  for (const name of ['size', 'domain_policy', 'cpus']) {
    const value = options.get(name)
    if (value !== undefined) config.setIn(node, name, value)
  }
}

function debugServer(config: Config, text: string): void {
  const waits = text.startsWith('w')
  if (waits) config.set('gdb.wait', 'true')
  const address = waits ? text.slice(1) : text
  const colon = address.lastIndexOf(':')
  if (colon >= 0) config.set('gdb.address', address.slice(0, colon))
  config.set('gdb.port', address.slice(colon + 1))
}

function moveOldNames(config: Config): void {
  for (const name of ['bootrom', 'bootvars']) {
    if (config.get(`lpc.${name}`) === undefined || config.get(name) !== undefined) continue
    config.warnings.push(`bhyve: lpc.${name} is deprecated, use '-o ${name}' instead`)
    config.set(name, config.get(`lpc.${name}`) ?? '')
  }
}
