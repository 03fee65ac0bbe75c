import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseBhyve } from './bhyve-argv.ts'
import { BhyveExit, Config } from './bhyve-config.ts'

const GOLDEN = new URL('../golden/bhyve/', import.meta.url)
/** Need configuration files whose text was not captured. */
const NEEDS_FILE = /^k-(?!missing)/

function read(name: string, file: string): string {
  const url = new URL(`${name}/${file}`, GOLDEN)
  return existsSync(url) ? readFileSync(url, 'utf8') : ''
}

function argvOf(name: string): string[] {
  const text = read(name, 'argv')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

async function nothing(path: string): Promise<string> {
  if (path === '/etc/fw/data') return 'data'
  throw Object.assign(new Error(path), { code: 'ENOENT' })
}

/** What a run prints and how it ends, as far as the command line alone decides it. */
async function parse(argv: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const config = new Config()
  const warnings = () => config.warnings.map(line => `${line}\n`).join('')
  try {
    const parsed = await parseBhyve(argv, nothing, config)
    if (parsed.help) return { exit: 0, ...parsed.help }
    if (!config.boolAt('config.dump', false)) return { exit: 0, stdout: '', stderr: warnings() }
    return { exit: 1, stdout: config.dump(), stderr: warnings() }
  } catch (error) {
    if (!(error instanceof BhyveExit)) throw error
    return { exit: error.status, stdout: '', stderr: `${warnings()}${error.message}\n` }
  }
}

/** The captures were made with `-o config.dump=1` before the operand. */
function withDump(argv: string[]): string[] {
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

const cases = readdirSync(GOLDEN).filter(name => existsSync(new URL(`${name}/rc`, GOLDEN)))

describe('what bhyve makes of a command line', () => {
  test.each(cases.filter(name => !NEEDS_FILE.test(name)))('%s', async name => {
    const result = await parse(withDump(argvOf(name)))
    const told = Number(read(name, 'rc').split(' ')[0])
    expect({ exit: result.exit, stdout: result.stdout, stderr: result.stderr }).toEqual({
      exit: told,
      stdout: read(name, 'out'),
      stderr: expect.stringMatching(told === 134 ? /^Assertion failed/ : exactly(read(name, 'err'))),
    })
  })
})

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
}
