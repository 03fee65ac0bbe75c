/**
 * What bhyve does between its command line and the first instruction of the guest: processors, memory, firmware and
 * devices in slot order. Resolves to what the guest is made of, or throws BhyveExit with bhyve's own words.
 */
import { strerror } from '../bhyve/argv.ts'
import { BhyveExit, type Config, type ConfigNode, integer } from '../bhyve/config.ts'
import type { DevicePlan, DiskPlan, HostFacts, Init } from './bhyve-init-device.ts'
import { initDevice } from './bhyve-init-devices.ts'

export type GuestPlan = DevicePlan & {
  name: string
  cpus: number
  memoryBytes: number
  bootrom: string
  destroyOnPoweroff: boolean
  /** bootindex= puts the CD before the disks; firmware hears of it only with fwcfg=qemu. */
  cdFirst: boolean
}

const MIB = 1024 * 1024

/** Lines that did not end it are in `config.warnings`; ordinary output goes to `print`. */
export async function initGuest(
  config: Config,
  name: string,
  host: HostFacts,
  print: (line: string) => void,
): Promise<GuestPlan> {
  const cpus = topology(config)
  pinnedCpus(config, cpus)
  const memoryBytes = memory(config)
  domains(config, cpus)
  if (cpus > host.maxCpus) throw new BhyveExit(71, 'bhyve: vm_set_topology')
  const bootrom = config.get('bootrom')
  if (bootrom === undefined) await host.takeVm(name, cpus, memoryBytes)
  else {
    await host.createVm(name, cpus, memoryBytes)
    await firmware(config, host, bootrom)
  }
  debugServer(config)
  config.boolAt('acpi_tables', true)
  config.boolAt('rtc.use_localtime', true)
  const plan: DevicePlan = { disks: [], screen: null, com1: null, net: false }
  const init: Init = { config, host, print, plan, stdioTaken: false, hasLpc: false, bootindexes: new Map() }
  for (const [place, node] of devices(config)) await initDevice(init, place, node)
  await tpm(config, host)
  uuid(config)
  return {
    ...plan,
    name,
    cpus,
    memoryBytes,
    bootrom: bootrom ?? '',
    destroyOnPoweroff: config.boolAt('destroy_on_poweroff', false),
    cdFirst: config.get('lpc.fwcfg') === 'qemu' && first(plan.disks)?.kind === 'cd',
  }
}

/** The one with the lowest bootindex; null where no device has one. */
function first(disks: DiskPlan[]): DiskPlan | null {
  const indexed = disks.filter(disk => disk.bootindex !== null)
  return indexed.sort((a, b) => (a.bootindex ?? 0) - (b.bootindex ?? 0))[0] ?? null
}

function topology(config: Config): number {
  const count = (name: string, otherwise: number) => {
    const text = config.get(name)
    if (text === undefined) return otherwise
    const value = integer(text)
    if (value === null || value < 1 || value > 65535)
      throw new BhyveExit(4, `bhyve: Invalid value for ${name}: '${text}'`)
    return value
  }
  const cpus = count('cpus', 1)
  const cores = count('cores', 1)
  const threads = count('threads', 1)
  // Without sockets= there are as many as processors, not one.
  const sockets = count('sockets', cpus)
  const product = sockets * cores * threads
  if (product > 65535) throw new BhyveExit(4, `bhyve: Computed number of vCPUs too high: ${product}`)
  if (config.get('cpus') !== undefined && product !== cpus)
    throw new BhyveExit(
      4,
      `bhyve: Topology (${sockets} sockets, ${cores} cores, ${threads} threads) does not match ${cpus} vCPUs`,
    )
  return product
}

function checkCpuset(text: string, vcpu: number): void {
  for (const part of text.split(',')) {
    const range = /^\s*(\d+)(?:-(\d+))?$/.exec(part)
    if (!range) throw new BhyveExit(4, `bhyve: invalid cpuset for vcpu ${vcpu}: '${text}'`)
    if (range[2] !== undefined && Number(range[1]) >= Number(range[2]))
      throw new BhyveExit(4, `bhyve: Invalid hostcpu range ${range[1]}-${range[2]}`)
  }
}

function pinnedCpus(config: Config, cpus: number): void {
  for (let vcpu = 0; vcpu < cpus; vcpu++) {
    const set = config.get(`vcpu.${vcpu}.cpuset`)
    if (set !== undefined) checkCpuset(set, vcpu)
  }
}

/** vm_parse_memsize(3): a bare number below 1048576 is MiB, from there on bytes; else expand_number(3). */
export function memoryBytes(text: string): bigint | null {
  const match = /^\s*([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*|)([KMGTPE]?)(B?)$/i.exec(text)
  if (!match) return null
  const [, sign, digits = '', unit = '', b = ''] = match
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits || 0)
  if (unit === '' && b === '' && digits !== '') {
    const wrapped = BigInt.asUintN(64, sign === '-' ? -value : value)
    return wrapped < BigInt(MIB) ? wrapped * BigInt(MIB) : wrapped
  }
  if (sign === '-') return null
  const bytes = value << BigInt(10 * ('KMGTPE'.indexOf(unit.toUpperCase()) + 1) * (unit === '' ? 0 : 1))
  return bytes >= 1n << 64n ? null : bytes
}

function memory(config: Config): number {
  const text = config.get('memory.size') ?? ''
  const bytes = memoryBytes(text)
  if (bytes === null) throw new BhyveExit(64, `bhyve: invalid memsize '${text}'`)
  return Number(bytes)
}

function domains(config: Config, cpus: number): void {
  let unsized = false
  for (let id = 0; id < 8; id++) {
    const node = config.find(`domains.${id}`)
    if (!node) {
      if (id > 0) break
      continue
    }
    const size = config.getIn(node, 'size')
    if (size === undefined) unsized = true
    else if (memoryBytes(size) === null)
      throw new BhyveExit(64, `bhyve: invalid memsize for domain ${id}: '${size}'`)
    const set = config.getIn(node, 'cpus')
    if (set === undefined) throw new BhyveExit(4, `Missing CPU set for domain ${id}`)
    checkCpuset(set, Math.min(id, cpus))
  }
  if (unsized)
    config.warnings.push(
      'bhyve: At least one domain memory size was not specified, distributing total VM memory size across all domains',
    )
}

const ROM_MOST = 16 * MIB
const PAGE = 4096

async function firmware(config: Config, host: HostFacts, rom: string): Promise<void> {
  const facts = await host.stat(rom).catch((error: unknown) => {
    throw new BhyveExit(4, `Error opening bootrom "${rom}": ${strerror(error)}`)
  })
  let vars = 0
  const varsFile = config.get('bootvars')
  if (varsFile !== undefined) {
    const found = await host.stat(varsFile).catch((error: unknown) => {
      throw new BhyveExit(4, `Error opening bootrom variable file "${varsFile}": ${strerror(error)}`)
    })
    if (!found.writable)
      throw new BhyveExit(4, `Error opening bootrom variable file "${varsFile}": Permission denied`)
    vars = found.sizeBytes
    if (vars < PAGE) throw new BhyveExit(4, `Invalid bootrom variable size ${vars}`)
  }
  if (facts.kind === 'directory')
    throw new BhyveExit(4, `Incomplete read of page 0 of bootrom file ${rom}: -1 bytes`)
  if (facts.sizeBytes + vars > ROM_MOST)
    throw new BhyveExit(4, `Invalid bootrom and variable aggregate size ${facts.sizeBytes + vars}`)
  if (facts.sizeBytes === 0) throw new BhyveExit(4, 'bhyve: ROM size 0 is invalid')
  if (facts.sizeBytes % PAGE !== 0)
    throw new BhyveExit(4, `bhyve: ROM size ${facts.sizeBytes} is not a multiple of the page size`)
}

function debugServer(config: Config): void {
  const port = config.get('gdb.port')
  if (port === undefined) return
  if (port === '' || config.get('gdb.address') === '')
    throw new BhyveExit(1, 'bhyve: gdb address resolution: Name does not resolve')
  if (!/^\d+$/.test(port) || Number(port) > 65535)
    throw new BhyveExit(1, 'bhyve: gdb address resolution: Service was not recognized for socket type')
}

/** bus, slot, function in ascending order, whatever the order on the command line was. */
function* devices(config: Config): Generator<[place: string, node: ConfigNode]> {
  const limits = [256, 32, 8] as const
  const pci = config.find('pci')
  if (!pci) return
  for (let bus = 0; bus < limits[0]; bus++)
    for (let slot = 0; slot < limits[1]; slot++)
      for (let func = 0; func < limits[2]; func++) {
        const node = config.find(`pci.${bus}.${slot}.${func}`)
        if (node?.has('device')) yield [`${bus}:${slot}:${func}`, node]
      }
}

async function tpm(config: Config, host: HostFacts): Promise<void> {
  const node = config.find('tpm')
  if (!node) return
  const type = config.getIn(node, 'type')
  const path = config.getIn(node, 'path') ?? ''
  const refuse = (why: string, errno: number) =>
    new BhyveExit(
      4,
      `${why}\nbhyve: init_tpm: unable to create a TPM device (${errno})\nFailed to init TPM device`,
    )
  if (type !== 'passthru' && type !== 'swtpm') throw refuse(`bhyve: TPM emulation "${type}" not found`, 22)
  const intf = config.getIn(node, 'intf')
  if (intf !== undefined && intf !== 'crb') throw refuse(`bhyve: TPM interface "${intf}" not found`, 22)
  await host.stat(path).catch(() => {
    throw refuse(
      type === 'swtpm'
        ? `bhyve: tpm_swtpm_init: unable to connect to tpm socket "${path}"`
        : `bhyve: tpm_passthru_init: unable to open tpm device "${path}"`,
      2,
    )
  })
}

/** A bad UUID ends bhyve without a word, after all devices were opened. */
function uuid(config: Config): void {
  const text = config.get('uuid')
  if (text === undefined || text === '') return
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text))
    throw new BhyveExit(4, '')
}
