/** sysrc(8): settings in rc.conf(5) files, with everything else in them kept byte for byte. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { getopt } from './getopt.ts'
import { fail, type Program } from './programs.ts'
import type { World } from './world.ts'

const DEFAULTS = '/etc/defaults/rc.conf'
const RC_FILES = ['/etc/rc.conf', '/etc/rc.conf.local']
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** An assignment found in a file: where the value stands in its text, quotes included. */
type Assignment = {
  name: string
  value: string
  start: number
  end: number
  lineStart: number
  lineEnd: number
}

/** Reads `name="value"`, `name='value'`, `name=value` at the beginning of lines, comments left alone. */
export function assignments(text: string): Assignment[] {
  const found: Assignment[] = []
  const pattern = /^([ \t]*)([A-Za-z_][A-Za-z0-9_]*)=("(?:\\.|[^"\\])*"|'[^']*'|[^\s#;]*)/gm
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [whole = '', indent = '', name = '', raw = ''] = match
    const start = match.index + indent.length + name.length + 1
    const newline = text.indexOf('\n', match.index + whole.length)
    found.push({
      name,
      value: unquote(raw),
      start,
      end: start + raw.length,
      lineStart: match.index,
      lineEnd: newline < 0 ? text.length : newline + 1,
    })
  }
  return found
}

function unquote(raw: string): string {
  if (raw.startsWith('"') && raw.length >= 2) return raw.slice(1, -1).replace(/\\(["\\$`])/g, '$1')
  if (raw.startsWith("'") && raw.length >= 2) return raw.slice(1, -1)
  return raw
}

const quote = (value: string) => `"${value.replace(/["\\$`]/g, '\\$&')}"`

/** Sets the last assignment of the name, keeping what stands before and behind it; else adds a line. */
export function withSetting(text: string, name: string, value: string): string {
  const last = assignments(text).findLast(each => each.name === name)
  if (last) return text.slice(0, last.start) + quote(value) + text.slice(last.end)
  const newline = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${newline}${name}=${quote(value)}\n`
}

export function withoutSetting(text: string, name: string): string {
  const mine = assignments(text).filter(each => each.name === name)
  return mine.reduceRight((rest, each) => rest.slice(0, each.lineStart) + rest.slice(each.lineEnd), text)
}

function read(world: World, file: string): string | null {
  const real = world.resolve(file)
  return existsSync(real) ? readFileSync(real, 'utf8') : null
}

function write(world: World, file: string, text: string): void {
  const real = world.resolve(file)
  mkdirSync(path.dirname(real), { recursive: true })
  writeFileSync(`${real}.new`, text)
  renameSync(`${real}.new`, real)
  world.touched(file)
}

function valueIn(text: string | null, name: string): string | null {
  return text === null ? null : (assignments(text).findLast(each => each.name === name)?.value ?? null)
}

/** `key+=word` and `key-=word`: a list with blanks, or with what the added words begin with. */
function edited(before: string, sign: '+' | '-', words: string): string {
  const separator = /^[A-Za-z0-9_]/.test(words) ? ' ' : words.charAt(0)
  const split = (text: string) => text.split(separator).filter(word => word !== '')
  const had = split(before)
  if (sign === '-') return had.filter(word => !split(words).includes(word)).join(separator)
  return [...had, ...split(words).filter(word => !had.includes(word))].join(separator)
}

const USAGE =
  'Usage: sysrc [OPTIONS] {name[[+|-]=value] ...\n       sysrc [OPTIONS] -a | -A\n       sysrc [OPTIONS] -l | -L [name ...]\nTry `--help` for more information\n'

export const sysrc: Program = (world, argv, io) => {
  const options = getopt(argv.slice(1), 'AacdDeEFf:hij:lLnNqR:svxK')
  if ('bad' in options) return fail(1, `sysrc: illegal option -- ${options.bad}\n${USAGE}`)
  const named = options.values('f').map(file => path.posix.resolve(io.cwd, file))
  const files = named.length > 0 ? named : RC_FILES
  const readable = named.length > 0 ? named : [DEFAULTS, ...RC_FILES]
  const current = (name: string): string | null =>
    readable.reduceRight<string | null>((known, file) => known ?? valueIn(read(world, file), name), null)
  /** The last file that sets the name, else the first: that one is written. */
  const home = (name: string): string =>
    files.findLast(file => valueIn(read(world, file), name) !== null) ?? files[0] ?? '/etc/rc.conf'
  const label = (name: string, separator: string) => (options.has('n') ? '' : `${name}${separator}`)
  let stdout = ''
  let stderr = ''
  let exit = 0
  const unknown = (name: string) => {
    if (options.has('i')) return
    if (!options.has('q')) stderr += `sysrc: unknown variable '${name}'\n`
    exit = 1
  }
  const show = (name: string, value: string) => {
    stdout += options.has('e') ? `${name}=${quote(value)}\n` : `${label(name, ': ')}${value}\n`
  }
  if (options.has('a') || options.has('A')) {
    const names = new Set(
      (options.has('a') ? files : readable).flatMap(file =>
        assignments(read(world, file) ?? '').map(each => each.name),
      ),
    )
    for (const name of [...names].sort()) show(name, current(name) ?? '')
    return { exit, stdout, stderr }
  }
  if (options.operands.length === 0) return fail(1, USAGE)
  for (const word of options.operands) {
    const set = /^([^=]*?)([+-]?)=([\s\S]*)$/.exec(word)
    const name = set ? (set[1] ?? '') : word
    if (!NAME.test(name)) {
      stderr += `sysrc: ${name}: bad variable name\n`
      exit = 1
      continue
    }
    const before = current(name)
    if (!set) {
      if (before === null) unknown(name)
      else if (options.has('x')) {
        const file = home(name)
        write(world, file, withoutSetting(read(world, file) ?? '', name))
      } else if (!options.has('c')) show(name, before)
      continue
    }
    const [, , sign = '', given = ''] = set
    const value = sign === '+' || sign === '-' ? edited(before ?? '', sign, given) : given
    if (options.has('c')) {
      if (before !== value) exit = 1
      continue
    }
    const file = home(name)
    const text = read(world, file) ?? ''
    if (valueIn(text, name) !== value) write(world, file, withSetting(text, name, value))
    if (!options.has('q')) stdout += `${label(name, ': ')}${before ?? ''} -> ${value}\n`
  }
  return { exit, stdout, stderr }
}
