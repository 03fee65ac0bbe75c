/** What the seeds are written with: the machine's own programs, and its clock set to the past. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Program, ProgramIo, ProgramResult } from './programs.ts'
import type { DatasetState } from './state.ts'
import { closeVolume, openVolume, writeVolume } from './store-volume.ts'
import type { World } from './world.ts'
import { zfs } from './zfs/zfs.ts'
import { zpool } from './zpool/zpool.ts'

const PROGRAMS: Record<string, Program> = { zfs, zpool }

const SILENT: ProgramIo = {
  stdinText: async () => '',
  stdin: (async function* () {})(),
  env: {},
  cwd: '/',
  signal: new AbortController().signal,
  run: async () => ({ exit: 127, stdout: '', stderr: '' }),
}

/** Runs zfs or zpool on the world. Throws with its words when it refuses: a mistake in the seed. */
export function run(world: World, argv: string[]): string {
  const program = PROGRAMS[argv[0] ?? '']
  const result = program?.(world, argv, SILENT)
  if (!result || !isResult(result)) throw new Error(`${argv.join(' ')}: not a program of the seed`)
  if (result.exit !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}`)
  return result.stdout
}

function isResult(value: object): value is ProgramResult {
  return 'exit' in value
}

export function dataset(world: World, name: string): DatasetState {
  const found = world.state.datasets[name]
  if (!found) throw new Error(`the seed knows no dataset ${name}`)
  return found
}

/** Writes a file of the machine, directories above it included. */
export function put(world: World, machinePath: string, content: string | Uint8Array, mode = 0o644): void {
  const file = world.resolve(machinePath)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  chmodSync(file, mode)
}

/** Writes the beginning of a volume. */
export function putOnVolume(world: World, name: string, bytes: Uint8Array): void {
  const handle = openVolume(world, `/dev/zvol/${name}`, 'write')
  writeVolume(world, handle, 0, bytes)
  closeVolume(world, handle)
}

export const GIB = 1024 ** 3
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
