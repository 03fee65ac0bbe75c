/**
 * The cases below server/host/golden/bhyve: command lines, and what bhyve's own code said to each: `rc`, `out` and
 * `err` with `-o config.dump=1` before the operand, `init.*` without it, on to the first instruction of the guest.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { initGuest } from '../sandbox/bhyve-init.ts'
import type { HostFacts, PathFacts } from '../sandbox/bhyve-init-device.ts'
import { parseBhyve } from './argv.ts'
import { BhyveExit, Config } from './config.ts'

const GOLDEN = new URL('../golden/bhyve/', import.meta.url)

/** Files of the machine on which the captures were made, rebuilt from what bhyve read out of them. */
const configFiles = JSON.parse(readFileSync(new URL('files.json', GOLDEN), 'utf8')) as Record<string, string>

/**
 * Where the judgement of an argv may differ from what bhyve did with it: `environment` cases failed for a file or a
 * device that is not there, `silent` cases passed although bhyve did not do what is written.
 */
export const judged = JSON.parse(readFileSync(new URL('judged.json', GOLDEN), 'utf8')) as {
  environment: Record<string, string>
  silent: Record<string, string>
}

export type BhyveCase = {
  name: string
  argv: string[]
  /** The first line of the case's note, null where it has none. */
  note: string | null
  /** What bhyve said with config.dump, and without it; null where that was not recorded. */
  dump: Told | null
  init: Told | null
}
/** A signal is told as a shell tells it: 128 and its number. */
export type Told = { exit: number; stdout: string; stderr: string }

function read(name: string, file: string): string | null {
  const url = new URL(`${name}/${file}`, GOLDEN)
  return existsSync(url) ? readFileSync(url, 'utf8') : null
}

function told(name: string, prefix: string): Told | null {
  const rc = read(name, `${prefix}rc`)
  if (rc === null) return null
  const stderr = (read(name, `${prefix}err`) ?? '').replaceAll('\r', '')
  return { exit: Number(rc.split(' ')[0]), stdout: read(name, `${prefix}out`) ?? '', stderr }
}

export const bhyveCases: BhyveCase[] = readdirSync(GOLDEN, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => {
    const text = read(name, 'argv') ?? ''
    const note = (read(name, 'note') ?? '').split('\n')[0] ?? ''
    return {
      name,
      argv: text === '' ? [] : text.replace(/\n$/, '').split('\n'),
      note: note === '' || note === '-' ? null : note,
      dump: told(name, ''),
      init: told(name, 'init.'),
    }
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1))

/** `-o config.dump=1` before the operand, as the captures were made. */
export function withDump(argv: string[]): string[] {
  if (argv.length === 0 || argv.some(word => word.startsWith('config.dump='))) return argv
  let at = 0
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-') || word === '-' || word === '--') break
    if (/^-[fopGcsmnlKUk]$/.test(word)) at++
  }
  // An option whose value is missing swallows nothing: such a line ran as it is.
  if (at > argv.length) return argv
  return [...argv.slice(0, at), '-o', 'config.dump=1', ...argv.slice(at)]
}

async function readConfig(path: string): Promise<string> {
  const text = path === '/etc/fw/data' ? 'data' : configFiles[path]
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
  return text
}

/** What the model makes of a command line: the tree it prints, or how it ends. */
export async function readByModel(argv: readonly string[], then?: HostFacts): Promise<Told> {
  const config = new Config()
  const lines = (last = '') =>
    [...config.warnings, ...(last === '' ? [] : [last])].map(line => `${line}\n`).join('')
  try {
    const parsed = await parseBhyve(argv, readConfig, config)
    if (parsed.help) return { exit: 0, ...parsed.help }
    if (config.boolAt('config.dump', false)) return { exit: 1, stdout: config.dump(), stderr: lines() }
    if (then) await initGuest(config, parsed.name, then, () => {})
    return { exit: 0, stdout: '', stderr: lines() }
  } catch (error) {
    if (!(error instanceof BhyveExit)) throw error
    return { exit: error.status, stdout: '', stderr: lines(error.message) }
  }
}

const MIB = 1024 * 1024
const file = (sizeBytes: number, writable = true): PathFacts => ({ kind: 'file', sizeBytes, writable })
const directory: PathFacts = { kind: 'directory', sizeBytes: 0, writable: true }
const tty: PathFacts = { kind: 'tty', sizeBytes: 0, writable: true }

/** What else was on that machine. */
const FILES: Record<string, PathFacts> = {
  '/usr/local/share/uefi-firmware/BHYVE_UEFI.fd': file(2 * MIB, false),
  '/usr/local/share/uefi-firmware/BHYVE_UEFI_CODE.fd': file(2 * MIB - 0x84000, false),
  '/rom/15m.fd': file(15 * MIB),
  '/rom/16m1p.fd': file(16 * MIB + 4096),
  '/rom/16m1.fd': file(16 * MIB + 1),
  '/rom/odd.fd': file(2 * MIB + 1),
  '/rom/empty.fd': file(0),
  '/rom/dir.fd': directory,
  '/vars/1m.fd': file(MIB),
  '/vars/1m1p.fd': file(MIB + 4096),
  '/vars/ro.fd': file(0x84000, false),
  '/vars/small.fd': file(100),
  '/vm/debian/vars.fd': file(0x84000),
  '/vm': directory,
  '/vm/disk.img': file(MIB),
  '/vm/disk2.img': file(MIB),
  '/vm/vm0.img': file(MIB),
  '/vm/ro.img': file(MIB, false),
  '/iso/debian.iso': file(MIB),
  '/dev/zvol/tank/vms/debian': file(MIB),
  '/dev/cd0': file(MIB),
  'disk.img': file(MIB),
  '/share': directory,
  '/var/run/vm': directory,
  '/dev/cam/ctl': file(0),
  '/dev/input/event0': file(0),
  '/dev/tpm0': file(0),
  '/dev/nmdm0A': tty,
  '/dev/nmdm-debian.1A': tty,
}
const TAPS = new Set(['tap0', 'tap1', 'tap9', 'vmnet0'])
const PPT = new Set(['ppt0', 'ppt1', '3/0/0'])
export const capturedOn: HostFacts = {
  stat: async path => {
    const facts = FILES[path]
    if (!facts) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return facts
  },
  openTap: async name => TAPS.has(name),
  hasPpt: device => PPT.has(device),
  maxCpus: 16,
  createVm: async () => {},
  takeVm: async () => {
    throw new BhyveExit(4, 'bhyve: no bootrom was configured')
  },
}
