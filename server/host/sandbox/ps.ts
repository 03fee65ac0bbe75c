/** ps(1), pgrep(1), kill(1): the processes of the machine. Real ones have real numbers and get real signals. */
import { readFileSync } from 'node:fs'
import { getopt, type Options } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import type { ProcessState } from './state.ts'
import { isAlive, type World } from './world.ts'

const commandName = (process: ProcessState) => (process.argv[0] ?? '').split('/').at(-1) ?? ''

/** What `-f` matches and `ps` shows: the title where the program gave itself one. */
const line = (process: ProcessState) => process.title || process.argv.join(' ')

/** Every process, those that ended meanwhile forgotten. */
export function processes(world: World): ProcessState[] {
  let changed = false
  for (const [key, process] of Object.entries(world.state.processes)) {
    if (!process.real || isAlive(process.pid)) continue
    delete world.state.processes[key]
    changed = true
  }
  if (changed) world.changed()
  return Object.values(world.state.processes).sort((a, b) => a.pid - b.pid)
}

/** Resident bytes: as the computer counts them where it tells (Linux), else as registered. */
function residentBytes(process: ProcessState): number {
  if (!process.real) return process.rssBytes
  try {
    const pages = Number(readFileSync(`/proc/${process.pid}/statm`, 'utf8').split(' ')[1])
    return Math.max(process.rssBytes, pages * 4096)
  } catch {
    return process.rssBytes
  }
}

/** Hundredths of a second of CPU that the process has had, where the computer tells (Linux, proc(5)). */
function cpuHundredths(process: ProcessState): number {
  if (!process.real) return 0
  try {
    const fields = readFileSync(`/proc/${process.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return 0
  }
}

/** Share of one CPU over the life of the process, in percent. */
function cpuPercent(process: ProcessState, elapsedSeconds: number): number {
  return elapsedSeconds < 1 ? 0 : Math.min(100, cpuHundredths(process) / elapsedSeconds)
}

/** `minutes:seconds.hundredths` */
function cpuText(hundredths: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(hundredths / 100)
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`
}

function elapsed(world: World, process: ProcessState): number {
  return Math.max(0, Math.floor((world.now() - process.startedAt) / 1000))
}

/** `[[dd-]hh:]mm:ss` */
function elapsedText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3600) % 24
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  if (days > 0) return `${two(days)}-${two(hours)}:${rest}`
  return hours > 0 ? `${two(hours)}:${rest}` : rest
}

type Column = { heading: string; right: boolean; value: (world: World, process: ProcessState) => string }

/** The title of a process that named itself has its program's name behind it, as ps shows it. */
function argsColumn(process: ProcessState): string {
  const text = line(process)
  const first = (text.split(' ', 1)[0] ?? '').split('/').at(-1)
  return process.title !== '' && first !== commandName(process) ? `${text} (${commandName(process)})` : text
}

const COLUMNS: Record<string, Column> = {
  pid: { heading: 'PID', right: true, value: (_, process) => String(process.pid) },
  ppid: { heading: 'PPID', right: true, value: (_, process) => String(process.ppid) },
  uid: { heading: 'UID', right: true, value: () => '0' },
  user: { heading: 'USER', right: false, value: () => 'root' },
  rss: {
    heading: 'RSS',
    right: true,
    value: (_, process) => String(Math.ceil(residentBytes(process) / 1024)),
  },
  vsz: {
    heading: 'VSZ',
    right: true,
    value: (_, process) => String(Math.ceil(residentBytes(process) / 1024) + 12_340),
  },
  pcpu: {
    heading: '%CPU',
    right: true,
    value: (world, process) => cpuPercent(process, elapsed(world, process)).toFixed(1),
  },
  pmem: {
    heading: '%MEM',
    right: true,
    value: (world, process) =>
      ((residentBytes(process) * 100) / Number(world.state.sysctls['hw.physmem'] ?? 1e12)).toFixed(1),
  },
  etimes: { heading: 'ELAPSED', right: true, value: (world, process) => String(elapsed(world, process)) },
  etime: { heading: 'ELAPSED', right: true, value: (world, process) => elapsedText(elapsed(world, process)) },
  state: { heading: 'STAT', right: false, value: (_, process) => (process.vm === null ? 'Is' : 'SC') },
  tt: { heading: 'TT ', right: false, value: () => '- ' },
  time: { heading: 'TIME', right: true, value: (_, process) => cpuText(cpuHundredths(process)) },
  comm: { heading: 'COMMAND', right: false, value: (_, process) => commandName(process) },
  args: { heading: 'COMMAND', right: false, value: (_, process) => argsColumn(process) },
}
const SYNONYMS: Record<string, string> = {
  stat: 'state',
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  command: 'args',
  ucomm: 'comm',
  vsize: 'vsz',
  rssize: 'rss',
}

const SHORT = ['pid', 'tt', 'state', 'time', 'args']
const LONG = ['user', 'pid', 'pcpu', 'pmem', 'vsz', 'rss', 'tt', 'state', 'time', 'args']

export const ps: Program = (world, argv) => {
  const first = argv[1]
  const words =
    first !== undefined && !first.startsWith('-') ? [`-${first}`, ...argv.slice(2)] : argv.slice(1)
  const options = getopt(words, 'AaCcdeHhjlM:mN:O:o:p:rSTt:U:G:uvwXxZJ:D:f')
  if ('bad' in options)
    return fail(
      1,
      `ps: illegal option -- ${options.bad}\nusage: ps [-aCcdefHhjlmrSTuvwXxZ] [-O fmt | -o fmt]\n`,
    )
  const asked = options.values('o').flatMap(columnWords)
  const columns: { column: Column; heading: string }[] = []
  for (const { name, heading } of asked.length > 0
    ? asked
    : (options.has('u') ? LONG : SHORT).map(name => ({ name, heading: null }))) {
    const column = COLUMNS[SYNONYMS[name] ?? name]
    if (!column)
      return fail(
        1,
        `ps: ${name}: keyword not found\nps: no valid keywords; valid keywords:\n${Object.keys(COLUMNS).join(' ')}\n`,
      )
    columns.push({ column, heading: heading ?? column.heading })
  }
  const pids = options.values('p').flatMap(value => value.split(',').map(Number))
  const rows = processes(world).filter(process => pids.length === 0 || pids.includes(process.pid))
  const table = rows.map(process => columns.map(({ column }) => column.value(world, process)))
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...table.map(row => row[index]?.length ?? 0)),
  )
  const text = (cells: string[]) =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0
        if (columns[index]?.column.right) return cell.padStart(width)
        return index === cells.length - 1 ? cell : cell.padEnd(width)
      })
      .join(' ')
  const headings = columns.map(({ heading }) => heading)
  const lines = headings.some(heading => heading !== '') ? [headings, ...table] : table
  return {
    exit: pids.length > 0 && rows.length === 0 ? 1 : 0,
    stdout: lines.map(row => `${text(row)}\n`).join(''),
    stderr: '',
  }
}

/** `pid,comm=NAME`: an equals sign gives all the rest of the word, commas too, to that column as its heading (bin/ps/keyword.c). */
function columnWords(word: string): { name: string; heading: string | null }[] {
  const equals = word.indexOf('=')
  const names = (equals < 0 ? word : word.slice(0, equals)).split(/[, \t\n]+/)
  const last = names.length - 1
  return names.flatMap((name, index) =>
    name === '' ? [] : [{ name, heading: equals >= 0 && index === last ? word.slice(equals + 1) : null }],
  )
}

const PGREP_USAGE =
  'usage: pgrep [-LSafilnoqvx] [-d delim] [-F pidfile] [-G gid] [-M core] [-N system] [-P ppid] [-U uid] [-c class] [-g pgrp] [-j jail]\n             [-s sid] [-t tty] [-u euid] pattern ...\n'

export const pgrep: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'LSafilnoqvxd:F:G:M:N:P:U:c:g:j:s:t:u:')
  if ('bad' in options) return fail(2, `pgrep: illegal option -- ${options.bad}\n${PGREP_USAGE}`)
  if (options.operands.length === 0 && options.value('P') === null) return fail(2, PGREP_USAGE)
  const patterns: RegExp[] = []
  for (const pattern of options.operands) {
    try {
      patterns.push(new RegExp(options.has('x') ? `^(?:${pattern})$` : pattern, options.has('i') ? 'i' : ''))
    } catch {
      return fail(2, `pgrep: Cannot compile regular expression \`${pattern}' (invalid regular expression)\n`)
    }
  }
  const found = pick(
    processes(world).filter(process => fits(process, patterns, options)),
    options,
  )
  if (options.has('q')) return { exit: found.length > 0 ? 0 : 1, stdout: '', stderr: '' }
  const shown = found.map(process => {
    if (!options.has('l')) return String(process.pid)
    return `${process.pid} ${options.has('f') ? line(process) : commandName(process)}`
  })
  const delimiter = options.value('d') ?? '\n'
  return {
    exit: found.length > 0 ? 0 : 1,
    stdout: shown.length > 0 ? `${shown.join(delimiter)}\n` : '',
    stderr: '',
  }
}

function fits(process: ProcessState, patterns: RegExp[], options: Options): boolean {
  const text = options.has('f') ? line(process) : commandName(process)
  const parent = options.value('P')
  const matches =
    (patterns.length === 0 || patterns.some(pattern => pattern.test(text))) &&
    (parent === null || parent.split(',').includes(String(process.ppid)))
  return matches !== options.has('v')
}

function pick(found: ProcessState[], options: Options): ProcessState[] {
  const byAge = [...found].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid)
  if (options.has('n')) return byAge.slice(-1)
  return options.has('o') ? byAge.slice(0, 1) : found
}

/** FreeBSD's numbers, which are not everybody's. */
const SIGNALS: Record<string, number> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  ALRM: 14,
  TERM: 15,
  STOP: 17,
  CONT: 19,
  USR1: 30,
  USR2: 31,
}

function signalName(word: string): string | null {
  if (word === '0') return '0'
  if (/^\d+$/.test(word)) return Object.keys(SIGNALS).find(name => SIGNALS[name] === Number(word)) ?? null
  const name = word.toUpperCase().replace(/^SIG/, '')
  return name in SIGNALS ? name : null
}

export const kill: Program = (world, argv) => {
  const words = argv.slice(1)
  let signal = 'TERM'
  const first = words[0] ?? ''
  if (first === '-l') return ok(`${Object.keys(SIGNALS).join(' ').toLowerCase()}\n`)
  if (first === '-s' || /^-\w+$/.test(first)) {
    const given = first === '-s' ? (words[1] ?? '') : first.slice(1)
    const name = signalName(given)
    if (name === null)
      return fail(
        1,
        `kill: unknown signal ${given}; valid signals:\n${Object.keys(SIGNALS).join(' ').toLowerCase()}\n`,
      )
    signal = name
    words.splice(0, first === '-s' ? 2 : 1)
  }
  if (words[0] === '--') words.shift()
  if (words.length === 0)
    return fail(
      2,
      'usage: kill [-s signal_name] pid ...\n       kill -l [exit_status]\n       kill -signal_name pid ...\n       kill -signal_number pid ...\n',
    )
  const known = new Map(processes(world).map(process => [String(process.pid), process]))
  let stderr = ''
  for (const word of words) {
    if (!/^-?\d+$/.test(word)) {
      stderr += `kill: illegal process id: ${word}\n`
      continue
    }
    const target = known.get(word)
    if (!target || !send(world, target, signal)) stderr += `kill: ${word}: No such process\n`
  }
  return stderr === '' ? ok() : fail(1, stderr)
}

/** Only the machine's own processes can be reached: others of this computer are none of its business. */
function send(world: World, target: ProcessState, signal: string): boolean {
  if (target.real) {
    try {
      return process.kill(target.pid, signal === '0' ? 0 : `SIG${signal}`)
    } catch {
      return false
    }
  }
  if (['TERM', 'KILL', 'INT', 'HUP', 'QUIT'].includes(signal)) {
    delete world.state.processes[String(target.pid)]
    for (const tap of Object.values(world.state.interfaces))
      if (tap.openedBy === target.pid) tap.openedBy = null
    world.changed()
  }
  return true
}
