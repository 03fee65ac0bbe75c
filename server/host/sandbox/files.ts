/**
 * cp(1), mv(1), mkdir(1), rm(1), cat(1), ls(1), truncate(1) on the machine's paths. Scripts of the machine use the computer's own on
 * relative paths; these are for the door and for `npm run sandbox`.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { getopt, type Options } from './getopt.ts'
import { fail, ok, type Program, type ProgramResult } from './programs.ts'
import type { World } from './world.ts'
import { parseSize } from './zfs/numbers.ts'

type Command = {
  spec: string
  usage: string
  fewest: number
  run: (world: World, operands: string[], options: Options) => ProgramResult
}

/** Makes a program of it: options, enough operands, absolute paths, errno as its words. */
function command(name: string, { spec, usage, fewest, run }: Command): Program {
  return (world, argv, io) => {
    const options = getopt(argv.slice(1), spec)
    if ('bad' in options || options.operands.length < fewest) return fail(64, `usage: ${usage}\n`)
    const operands = options.operands.map(word => path.posix.resolve(io.cwd, word))
    try {
      return run(world, operands, options)
    } catch (error) {
      return fail(1, `${name}: ${operands.at(-1)}: ${words(error)}\n`)
    }
  }
}

const ERRNO: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
}

function words(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ERRNO[code] ?? String(error)
}

const isDirectory = (file: string) => existsSync(file) && statSync(file).isDirectory()

/** Where something lands: in the directory, under its own name, when the target is one. */
function landing(world: World, from: string, to: string): string {
  const target = world.resolve(to)
  return isDirectory(target) ? path.join(target, path.posix.basename(from)) : target
}

export const cp = command('cp', {
  spec: 'RafpvnH',
  usage: 'cp [-R [-H | -L | -P]] [-f | -i | -n] [-alpsvx] source_file target_file',
  fewest: 2,
  run: (world, operands, options) => {
    const [target = ''] = operands.slice(-1)
    for (const from of operands.slice(0, -1)) {
      if (!existsSync(world.resolve(from))) return fail(1, `cp: ${from}: ${ERRNO.ENOENT}\n`)
      const recursive = options.has('R') || options.has('a')
      if (isDirectory(world.resolve(from)) && !recursive)
        return fail(1, `cp: ${from} is a directory (not copied).\n`)
      cpSync(world.resolve(from), landing(world, from, target), { recursive })
    }
    world.touched(target)
    return ok()
  },
})

export const mv = command('mv', {
  spec: 'finvh',
  usage: 'mv [-f | -i | -n] [-hv] source target',
  fewest: 2,
  run: (world, operands) => {
    const [target = ''] = operands.slice(-1)
    for (const from of operands.slice(0, -1)) {
      if (!existsSync(world.resolve(from))) return fail(1, `mv: ${from}: ${ERRNO.ENOENT}\n`)
      renameSync(world.resolve(from), landing(world, from, target))
      world.touched(from)
    }
    world.touched(target)
    return ok()
  },
})

export const mkdir = command('mkdir', {
  spec: 'pvm:',
  usage: 'mkdir [-pv] [-m mode] directory_name ...',
  fewest: 1,
  run: (world, operands, options) => {
    for (const directory of operands) {
      mkdirSync(world.resolve(directory), { recursive: options.has('p') })
      world.touched(directory)
    }
    return ok()
  },
})

export const rm = command('rm', {
  spec: 'dfiIPRrvWx',
  usage: 'rm [-f | -i] [-dIPRrvWx] file ...',
  fewest: 1,
  run: (world, operands, options) => {
    const recursive = options.has('r') || options.has('R')
    for (const file of operands) {
      const real = world.resolve(file)
      if (!existsSync(real) && !options.has('f')) return fail(1, `rm: ${file}: ${ERRNO.ENOENT}\n`)
      if (isDirectory(real) && !recursive) return fail(1, `rm: ${file}: is a directory\n`)
      if (world.mountedAt(file)) return fail(1, `rm: ${file}: Device busy\n`)
      rmSync(real, { recursive, force: true })
      world.touched(file)
    }
    return ok()
  },
})

export const cat = command('cat', {
  spec: 'belnstuv',
  usage: 'cat [-belnstuv] [file ...]',
  fewest: 1,
  run: (world, operands) => ok(operands.map(file => readFileSync(world.resolve(file), 'utf8')).join('')),
})

export const ls = command('ls', {
  spec: '1aAlhd',
  usage: 'ls [-1aAdhl] [file ...]',
  fewest: 0,
  run: (world, operands, options) => {
    const [directory = '/'] = operands
    const real = world.resolve(directory)
    if (statSync(real).isFile()) return ok(`${directory}\n`)
    const hidden = options.has('a') || options.has('A')
    const names = readdirSync(real).filter(name => hidden || !name.startsWith('.'))
    return ok(names.map(name => `${name}\n`).join(''))
  },
})

/** A file of that size; what is beyond its old end is a hole. */
export const truncate = command('truncate', {
  spec: 'cs:',
  usage: 'truncate [-c] -s [+|-|%|/]size[K|k|M|m|G|g|T|t] file ...',
  fewest: 1,
  run: (world, operands, options) => {
    const bytes = parseSize(options.value('s') ?? '')
    if (bytes === null) return fail(1, `truncate: invalid size argument \`${options.value('s') ?? ''}'\n`)
    for (const file of operands) {
      const real = world.resolve(file)
      if (!existsSync(real)) {
        if (options.has('c')) continue
        writeFileSync(real, '')
      }
      truncateSync(real, bytes)
      world.touched(file)
    }
    return ok()
  },
})
