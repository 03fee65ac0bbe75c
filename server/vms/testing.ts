/** Reads the cases below server/host/golden/vm-bhyve: what vm-bhyve itself did with a conf, and the host it ran on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { iscsiDevice } from '../host/iscsictl.ts'
import { buildLaunch, type LaunchFacts, type LaunchResult } from './command.ts'
import { type Conf, confText, isTrue, parseConf } from './conf.ts'
import { type BridgeFacts, type NicPlan, planNics } from './nics.ts'
import { type Datastore, datastores, isoDirectories, resolveVmDir } from './system-conf.ts'

export const GOLDEN = join(import.meta.dirname, '../host/golden/vm-bhyve')

type CaseJson = {
  group: string
  description: string
  guest: string
  guest_dir: string
  command: string[]
  hostname: string
  rc_conf: Record<string, string>
  firmware: string[]
  bhyve_exits: number[]
  stub_env: Record<string, string>
  grub_bhyve_installed: boolean
  interfaces_given?: { n: string }[]
  files?: Record<string, unknown>
  zfs_mounts?: [string, string][]
  dev_vmm?: string[]
  /** `PID TITLE` */
  processes?: string[]
}

export type GoldenCase = {
  name: string
  json: CaseJson
  conf: string
  system: string
  /** bhyve's argv of each run, in order. */
  argv: string[][]
  commands: string[][]
  init: string[][]
  file: (name: string) => string | null
}

export function goldenNames(): string[] {
  return readdirSync(GOLDEN, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

export function goldenCase(name: string): GoldenCase {
  const file = (leaf: string) => {
    const path = join(GOLDEN, name, leaf)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }
  const argvs: string[][] = []
  for (let run = 1; ; run += 1) {
    const text = file(run === 1 ? 'bhyve.argv' : `bhyve.${run}.argv`)
    if (text === null) break
    argvs.push(text.replace(/\n$/, '').split('\n'))
  }
  const commands = (text: string | null): string[][] =>
    (text ?? '')
      .split('\n')
      .filter(line => line !== '')
      .map(line => (JSON.parse(line) as { argv: string[] }).argv)
  return {
    name,
    json: JSON.parse(file('case.json') ?? '{}') as CaseJson,
    conf: file('conf') ?? '',
    system: file('system.conf') ?? '',
    argv: argvs,
    commands: commands(file('commands.jsonl')),
    init: commands(file('init.commands.jsonl')),
    file,
  }
}

/** Values vm-bhyve made up and wrote back with sysrc. */
export function writtenBack(golden: GoldenCase): Record<string, string> {
  const values: Record<string, string> = {}
  for (const argv of golden.commands) {
    if (argv[0] !== 'sysrc' || argv[1] !== '-inqf') continue
    const [key, value] = (argv[3] ?? '').split('=')
    if (key && value !== undefined) values[key] = value
  }
  return values
}

/** Bridges as `vm init` left them. */
function bridges(golden: GoldenCase): BridgeFacts[] {
  const found = new Map<string, { name: string; mtu: number; groups: string[] }>()
  for (const given of golden.json.interfaces_given ?? []) {
    found.set(given.n, { name: given.n, mtu: 1500, groups: [] })
  }
  let unnamed = 0
  for (const argv of golden.init) {
    if (argv[0] !== 'ifconfig') continue
    const named = argv.indexOf('name')
    if (argv[1] === 'bridge' && argv[2] === 'create') {
      const name = named > 0 ? (argv[named + 1] ?? '') : `bridge${unnamed++}`
      found.set(name, { name, mtu: 1500, groups: ['vm-switch'] })
    }
    const known = found.get(argv[1] ?? '')
    if (known && argv[2] === 'group') known.groups.push(argv[3] ?? '')
    if (known && argv[2] === 'mtu') known.mtu = Number(argv[3])
  }
  return [...found.values()]
}

function tapNames(golden: GoldenCase, nics: readonly NicPlan[]): Map<number, string> {
  const taken = new Set((golden.json.interfaces_given ?? []).map(given => given.n))
  const taps = new Map<number, string>()
  for (const nic of nics) {
    if (nic.backend.kind !== 'tap') continue
    if (nic.backend.device !== null) {
      taps.set(nic.index, nic.backend.device)
      continue
    }
    if (golden.json.stub_env.TAP_CREATE_FAIL) continue
    let number = 0
    while (taken.has(`tap${number}`)) number += 1
    const tap = nic.backend.create?.[4] ?? `tap${number}`
    taken.add(tap)
    taps.set(nic.index, tap)
  }
  return taps
}

function isoOf(golden: GoldenCase, system: Conf, vmDir: string): string | null {
  const iso = golden.json.command[3]
  if (iso === undefined || iso === '') return null
  if (iso.startsWith('/')) return iso
  const paths = isoDirectories(vmDir, system).map(directory => `${directory.path}/${iso}`)
  return paths.find(path => golden.json.files && path in golden.json.files) ?? null
}

export type GoldenLaunch = {
  result: LaunchResult
  nics: NicPlan[]
  taps: Map<number, string>
  store: Datastore | undefined
}

/** What Skep makes of the case. */
export function launchCase(golden: GoldenCase): GoldenLaunch {
  const { json } = golden
  const conf = parseConf(golden.conf)
  const system = parseConf(golden.system)
  const mounts = new Map(json.zfs_mounts ?? [])
  const vmDir = json.rc_conf.vm_dir ?? ''
  const store = datastores(vmDir, system, mounts).find(one => `${one.path}/${json.guest}` === json.guest_dir)
  const made = writtenBack(golden)
  const macs = new Map<number, string>()
  for (const [key, value] of Object.entries(made)) {
    const index = /^network([0-9]+)_mac$/.exec(key)?.[1]
    if (index !== undefined) macs.set(Number(index), value)
  }
  const links = (json.stub_env.NG_LINKS ?? '').split(' ').map(Number)
  const nics = planNics(conf, system, {
    interfaces: bridges(golden),
    macs,
    freeLink: () => {
      let link = 2
      while (links.includes(link)) link += 1
      return link
    },
  })
  const taps = tapNames(golden, nics)
  const files = new Set([
    ...Object.keys(json.files ?? {}),
    ...json.firmware.map(name => `/usr/local/share/uefi-firmware/${name}`),
  ])
  const vmDirPath = resolveVmDir(vmDir, mounts)?.path ?? ''
  const env = json.stub_env
  const checks = !isTrue(json.rc_conf.vm_disable_host_checks ?? '')
  const facts: LaunchFacts = {
    place: {
      name: json.guest,
      directory: json.guest_dir,
      datastorePath: store?.path ?? '',
      dataset: store?.dataset ?? '',
      vmDir: vmDirPath,
    },
    conf,
    uuid: confText(conf, 'uuid') || (made.uuid ?? ''),
    nics,
    taps,
    busyPorts: new Set(
      (env.LISTEN ?? '').split(' ').map(word => Number(word.slice(word.lastIndexOf('.') + 1))),
    ),
    iso: isoOf(golden, system, vmDirPath),
    exists: path => files.has(path),
    iscsi: target => iscsiDevice((env.ISCSI_LIST ?? '').replaceAll('\\n', '\n'), target),
    unrestrictedGuest: env.UG !== '0' || env.INTEL === '0',
    iommu: !checks || env.VTD !== '0' || env.AMDVI === '1',
    grubBhyve: json.grub_bhyve_installed ? '/usr/local/sbin/grub-bhyve' : null,
    resume:
      files.has(`${json.guest_dir}/${json.guest}.save`) &&
      env.SUSPEND === '1' &&
      isTrue(confText(system, 'suspend', 'no')),
  }
  return { result: buildLaunch(facts), nics, taps, store }
}
