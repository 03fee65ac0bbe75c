/** cp(1) and mv(1), one source and one target, for the files of the machine. */
import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import type { World } from './world.ts'

/** The file a path of the machine stands for; a directory as target means a file of the same name in it. */
function target(world: World, from: string, to: string): string {
  const real = world.resolve(to)
  return existsSync(real) && statSync(real).isDirectory() ? path.join(real, path.basename(from)) : real
}

/** Both programs: looks at what is named, then does the work; the words are those of the real ones. */
function moving(name: 'cp' | 'mv', work: (from: string, to: string) => void): Program {
  return (world, argv, io) => {
    const options = getopt(argv.slice(1), 'fpn')
    const [from, to, ...more] = 'bad' in options ? [] : options.operands
    if (from === undefined || to === undefined || more.length > 0) {
      return fail(64, `usage: ${name} [-fnp] source_file target_file\n`)
    }
    const source = path.posix.resolve(io.cwd, from)
    const real = world.resolve(source)
    if (!existsSync(real)) return fail(1, `${name}: ${from}: No such file or directory\n`)
    if (name === 'cp' && statSync(real).isDirectory())
      return fail(1, `cp: ${from} is a directory (not copied).\n`)
    const place = target(world, source, path.posix.resolve(io.cwd, to))
    if (!existsSync(path.dirname(place))) return fail(1, `${name}: ${to}: No such file or directory\n`)
    work(real, place)
    world.changed()
    return ok()
  }
}

export const cp = moving('cp', (from, to) => copyFileSync(from, to))
export const mv = moving('mv', (from, to) => renameSync(from, to))
