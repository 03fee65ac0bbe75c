import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseBhyve } from './bhyve-argv.ts'
import { BhyveExit, Config } from './bhyve-config.ts'
import { initGuest } from './bhyve-init.ts'
import type { HostFacts, PathFacts } from './bhyve-init-device.ts'

const GOLDEN = new URL('../golden/bhyve/', import.meta.url)
/** Need configuration files whose text was not captured. */
const NEEDS_FILE = /^k-(?!missing)/

const MIB = 1024 * 1024
const file = (sizeBytes: number, writable = true): PathFacts => ({ kind: 'file', sizeBytes, writable })
const directory: PathFacts = { kind: 'directory', sizeBytes: 0, writable: true }
const tty: PathFacts = { kind: 'tty', sizeBytes: 0, writable: true }

/** The files of the machine on which the captures were made. */
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
const HOST: HostFacts = {
  stat: async path => {
    const facts = FILES[path]
    if (!facts) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return facts
  },
  openTap: async name => TAPS.has(name),
  hasPpt: device => PPT.has(device),
  maxCpus: 16,
  createVm: async () => {},
}

function read(name: string, what: string): string {
  const url = new URL(`${name}/${what}`, GOLDEN)
  return existsSync(url) ? readFileSync(url, 'utf8') : ''
}

async function run(argv: string[]): Promise<{ exit: number; stderr: string }> {
  const config = new Config()
  const lines = (last: string) =>
    [...config.warnings, ...(last ? [last] : [])].map(line => `${line}\n`).join('')
  try {
    const noFile = (path: string) => Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }))
    const parsed = await parseBhyve(argv, noFile, config)
    if (parsed.help) return { exit: 0, stderr: parsed.help.stderr }
    config.boolAt('config.dump', false)
    await initGuest(config, HOST, () => {})
    return { exit: 0, stderr: lines('') }
  } catch (error) {
    if (!(error instanceof BhyveExit)) throw error
    return { exit: error.status, stderr: lines(error.message) }
  }
}

const cases = readdirSync(GOLDEN).filter(name => existsSync(new URL(`${name}/init.rc`, GOLDEN)))

describe('what bhyve makes of a command line until the guest runs', () => {
  test.each(cases.filter(name => !NEEDS_FILE.test(name)))('%s', async name => {
    const text = read(name, 'argv')
    const result = await run(text === '' ? [] : text.replace(/\n$/, '').split('\n'))
    const told = Number(read(name, 'init.rc').split(' ')[0])
    expect(result.exit).toBe(told)
    if (told !== 134) expect(result.stderr).toBe(read(name, 'init.err').replaceAll('\r', ''))
  })
})
