/** uname(1), freebsd-version(1), hostname(1): who this machine is. */
import { existsSync, readFileSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import type { World } from './world.ts'

const FALLBACK = '14.5-RELEASE'

const kernelVersion = (world: World) => world.state.sysctls['kern.osrelease'] ?? FALLBACK

/** The userland's version is a file of the machine, so that the two can differ as they do after half an update. */
function userlandVersion(world: World): string {
  const file = world.resolve('/etc/os-release')
  if (!existsSync(file)) return kernelVersion(world)
  return /^VERSION="?([^"\n]*)"?$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? kernelVersion(world)
}

/** 14.5-RELEASE-p2 → 1405000, as __FreeBSD_version counts releases. */
function versionNumber(version: string): string {
  const [, major = '14', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return `${major}${minor.padStart(2, '0')}000`
}

export const uname: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'abiKmnoprsUv')
  if ('bad' in options || options.operands.length > 0) return fail(1, 'usage: uname [-abiKmnoprsUv]\n')
  const release = kernelVersion(world)
  const parts: [string, string][] = [
    ['s', 'FreeBSD'],
    ['n', world.state.hostname],
    ['r', release],
    ['v', `FreeBSD ${release} GENERIC`],
    ['m', 'amd64'],
    ['p', 'amd64'],
    ['i', 'GENERIC'],
    ['K', versionNumber(release)],
    ['U', versionNumber(userlandVersion(world))],
  ]
  const asked = (letter: string) =>
    options.has(letter) ||
    (letter === 's' && options.has('o')) ||
    (options.has('a') && 'snrvm'.includes(letter))
  const wanted = parts.filter(([letter]) => asked(letter)).map(([, text]) => text)
  return ok(`${wanted.length > 0 ? wanted.join(' ') : 'FreeBSD'}\n`)
}

export const freebsdVersion: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'kruj:')
  if ('bad' in options || options.operands.length > 0)
    return fail(1, 'usage: freebsd-version [-kru] [-j jail]\n')
  const lines: string[] = []
  if (options.has('k')) lines.push(kernelVersion(world))
  if (options.has('r')) lines.push(kernelVersion(world))
  if (options.has('u') || lines.length === 0) lines.push(userlandVersion(world))
  return ok(lines.map(line => `${line}\n`).join(''))
}

export const hostname: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'fsd')
  if ('bad' in options || options.operands.length > 1)
    return fail(1, 'usage: hostname [-f] [-s | -d] [name-of-host]\n')
  const [name] = options.operands
  if (name !== undefined) {
    world.state.hostname = name
    world.changed()
    return ok()
  }
  const [host = '', ...domain] = world.state.hostname.split('.')
  if (options.has('s')) return ok(`${host}\n`)
  if (options.has('d')) return ok(`${domain.join('.')}\n`)
  return ok(`${world.state.hostname}\n`)
}
