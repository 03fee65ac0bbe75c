/** `dd` for files and zvols: if, of, bs, count, skip, seek, conv=notrunc,sync (dd(1)). */
import { closeSync, existsSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs'
import path from 'node:path'
import { fail, type Output, type Program, type ProgramIo } from './programs.ts'
import { KernelError } from './protocol.ts'
import { closeVolume, openVolume, readVolume, writeVolume } from './store-volume.ts'
import type { World } from './world.ts'

const UNITS: Record<string, number> = { '': 1, b: 512, k: 1024, m: 1024 ** 2, g: 1024 ** 3, w: 4 }
const KNOWN = [
  'if',
  'of',
  'bs',
  'ibs',
  'obs',
  'count',
  'skip',
  'seek',
  'iseek',
  'oseek',
  'conv',
  'iflag',
  'status',
]
const DEFAULT_BLOCK = 512

type Settings = { bs: number; count: number; skip: number; seek: number; conv: string[]; quiet: boolean }

/** An end of the pipe: reads up to so many bytes (empty at the end), or writes all it is given. */
type Source = { read: (bytes: number) => Promise<Uint8Array>; close: () => void }
type Sink = { write: (bytes: Uint8Array) => Uint8Array | null; close: () => void }

export const dd: Program = async function* (world, argv, io): AsyncGenerator<Output, number> {
  const operands = new Map<string, string>()
  for (const word of argv.slice(1)) {
    const [name = '', ...rest] = word.split('=')
    if (rest.length === 0 || !KNOWN.includes(name)) {
      yield fail(1, `dd: unknown operand ${word}\n`)
      return 1
    }
    operands.set(name, rest.join('='))
  }
  let source: Source | null = null
  let sink: Sink | null = null
  try {
    const settings = settingsOf(operands)
    source = openSource(world, operands.get('if'), settings, io)
    sink = openSink(world, operands.get('of'), settings, io)
    let [whole, part, bytes] = [0, 0, 0]
    const startedAt = performance.now()
    for (let block = 0; block < settings.count && !io.signal.aborted; block++) {
      const piece = await source.read(settings.bs)
      if (piece.length === 0) break
      if (piece.length === settings.bs) whole++
      else part++
      bytes += piece.length
      const out = sink.write(piece)
      if (out) yield { stdout: out }
    }
    if (!settings.quiet) {
      yield { stderr: summary(whole, part, bytes, (performance.now() - startedAt) / 1000) }
    }
    return 0
  } catch (error) {
    if (!(error instanceof KernelError || (error instanceof Error && 'code' in error))) throw error
    yield { stderr: `dd: ${error.message}\n` }
    return 1
  } finally {
    source?.close()
    sink?.close()
  }
}

function summary(whole: number, part: number, bytes: number, seconds: number): string {
  const rate = Math.round(bytes / Math.max(seconds, 0.000001))
  const records = `${whole}+${part} records`
  return `${records} in\n${records} out\n${bytes} bytes transferred in ${seconds.toFixed(6)} secs (${rate} bytes/sec)\n`
}

function settingsOf(operands: Map<string, string>): Settings {
  const number = (name: string, other: number) => {
    const text = operands.get(name)
    if (text === undefined) return other
    const found = /^(\d+)([bkmgw]?)$/i.exec(text)
    if (!found) throw new KernelError('EINVAL', `${name}: illegal numeric value`)
    return Number(found[1]) * (UNITS[(found[2] ?? '').toLowerCase()] ?? 1)
  }
  const bs = number('bs', number('ibs', number('obs', DEFAULT_BLOCK)))
  if (bs === 0) throw new KernelError('EINVAL', 'bs must be greater than 0')
  return {
    bs,
    count: number('count', Number.POSITIVE_INFINITY),
    skip: number('skip', number('iseek', 0)),
    seek: number('seek', number('oseek', 0)),
    conv: operands.get('conv')?.split(',') ?? [],
    quiet: operands.get('status') === 'none',
  }
}

function absolute(name: string, io: ProgramIo): string {
  return path.posix.resolve(io.cwd, name)
}

function openSource(world: World, name: string | undefined, settings: Settings, io: ProgramIo): Source {
  if (name === undefined) return fromStdin(io, settings)
  const where = absolute(name, io)
  if (where === '/dev/zero') return { read: async bytes => new Uint8Array(bytes), close: () => {} }
  let at = settings.skip * settings.bs
  if (world.volumeAt(where)) {
    const handle = openVolume(world, where, 'read')
    return {
      read: async bytes => {
        const piece = readVolume(world, handle, at, bytes)
        at += piece.length
        return piece
      },
      close: () => closeVolume(world, handle),
    }
  }
  const file = world.resolve(where)
  if (!existsSync(file)) throw new KernelError('ENOENT', `${name}: No such file or directory`)
  if (statSync(file).isDirectory()) throw new KernelError('EISDIR', `${name}: Is a directory`)
  const handle = openSync(file, 'r')
  return {
    read: async bytes => {
      const piece = Buffer.alloc(bytes)
      const length = readSync(handle, piece, 0, bytes, at)
      at += length
      return piece.subarray(0, length)
    },
    close: () => closeSync(handle),
  }
}

/** Whole blocks are gathered, as dd does when told `iflag=fullblock`: a pipe's pieces mean nothing. */
function fromStdin(io: ProgramIo, settings: Settings): Source {
  const pieces = io.stdin[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  let toSkip = settings.skip * settings.bs
  const read = async (bytes: number): Promise<Uint8Array> => {
    while (rest.length < bytes + toSkip) {
      const next = await pieces.next()
      if (next.done) break
      rest = Buffer.concat([rest, next.value])
    }
    rest = rest.subarray(Math.min(toSkip, rest.length))
    toSkip = 0
    const piece = rest.subarray(0, bytes)
    rest = rest.subarray(piece.length)
    return piece
  }
  return { read, close: () => {} }
}

function openSink(world: World, name: string | undefined, settings: Settings, io: ProgramIo): Sink {
  if (name === undefined) return { write: bytes => bytes, close: () => {} }
  const where = absolute(name, io)
  if (where === '/dev/null') return { write: () => null, close: () => {} }
  let at = settings.seek * settings.bs
  if (world.volumeAt(where)) {
    const handle = openVolume(world, where, 'write')
    return {
      write: bytes => {
        try {
          writeVolume(world, handle, at, bytes)
        } catch (error) {
          if (error instanceof KernelError) throw new KernelError(error.code, `${name}: ${error.message}`)
          throw error
        }
        at += bytes.length
        return null
      },
      close: () => closeVolume(world, handle),
    }
  }
  if (where.startsWith('/dev/')) throw new KernelError('ENOENT', `${name}: No such file or directory`)
  const file = world.resolve(where)
  if (!existsSync(path.dirname(file))) throw new KernelError('ENOENT', `${name}: No such file or directory`)
  const fresh = !existsSync(file)
  const handle = openSync(file, fresh ? 'w' : 'r+')
  if (!fresh && !settings.conv.includes('notrunc')) truncateSync(file, at)
  return {
    write: bytes => {
      writeSync(handle, bytes, 0, bytes.length, at)
      at += bytes.length
      return null
    },
    close: () => {
      closeSync(handle)
      world.touched(where)
    },
  }
}
