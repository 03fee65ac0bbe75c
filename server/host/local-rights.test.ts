/** This machine for an account that is not root, with a stand-in of doas(1). */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../testing.ts'
import { PROGRAM_PATH } from './local/programs.ts'
import { type LocalHost, localHost } from './local.ts'

let dir = ''
let host: LocalHost
let remove = async () => {}
beforeEach(async () => {
  const made = await temporaryDirectory()
  dir = made.dir
  remove = made.remove
  mkdirSync(at('bin'))
  // It lets through what a line of `rules` names, and says what it let through. The effective account is given back.
  writeFileSync(
    at('bin/doas'),
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
process.seteuid?.(process.getuid())
const [option, program, ...words] = process.argv.slice(2)
const allowed = readFileSync('${at('rules')}', 'utf8').split('\\n')
if (option !== '-n' || !allowed.includes(program)) {
  process.stderr.write('doas: Operation not permitted\\n')
  process.exit(1)
}
appendFileSync('${at('log')}', JSON.stringify([program, ...words].join(' ')) + '\\n')
const child = spawn(program, words, { stdio: 'inherit' })
child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code)))
`,
  )
  chmodSync(at('bin/doas'), 0o755)
  allow('printf', 'sleep', 'tail', 'kill', '/bin/sh')
  writeFileSync(at('log'), '')
  host = localHost({ privilege: 'doas', path: [at('bin'), ...PROGRAM_PATH] })
})
afterEach(async () => {
  await host.close()
  await remove()
})

const at = (...names: string[]) => path.join(dir, ...names)
const allow = (...programs: string[]) => writeFileSync(at('rules'), programs.join('\n'))
/** What root was asked for. */
const asked = () =>
  readFileSync(at('log'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => String(JSON.parse(line)))

describe('programs', () => {
  it('get rights, but for those that tell everybody what they are asked', async () => {
    expect(await host.run(['printf', '%s-', 'a b', "it's", ''])).toMatchObject({
      exit: 0,
      stdout: "a b-it's--",
    })
    expect(await host.run(['true'])).toMatchObject({ exit: 0 })
    expect(await host.run(['uname', '-s'])).toMatchObject({ exit: 0, stderr: '' })
    expect(asked()).toEqual(["printf %s- a b it's "])
  })

  it('that are not allowed are told with the rule that would allow them', async () => {
    allow('sleep')
    await expect(host.run(['printf', 'x'])).rejects.toMatchObject({
      code: 'denied',
      message: 'doas does not let this account run “printf” here.',
      detail: {
        argv: ['printf', 'x'],
        next: expect.stringContaining('permit nopass ACCOUNT as root cmd printf'),
      },
    })
  })

  it('are told apart from doas when either is missing', async () => {
    await expect(host.run(['no-such-program'])).rejects.toThrow('“no-such-program” is not installed')
    rmSync(at('bin/doas'))
    symlinkSync('/bin/ls', at('bin/ls'))
    const without = localHost({ privilege: 'doas', path: [at('bin')] })
    await expect(without.run(['ls'])).rejects.toThrow('“doas” is not installed')
  })

  it('are killed as root when they do not answer in time', async () => {
    await expect(host.run(['sleep', '31.5'], { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' })
    await vi.waitFor(() => expect(asked().at(-1)).toMatch(/^kill -s KILL -- -\d+$/))
    await vi.waitFor(() => expect(host.orphans()).toEqual([]))
  })

  it('that are followed are killed as root when nobody reads any more', async () => {
    const { lines, done } = await host.stream(['tail', '-f', at('rules')])
    for await (const line of lines) {
      expect(line).toBe('printf')
      break
    }
    expect((await done).exit).toBe(null)
    expect(asked().at(-1)).toMatch(/^kill -s KILL -- -\d+$/)
  })
})

describe('files', () => {
  it('are looked at by the account itself, and changed as root', async () => {
    await host.mkdir(at('new/deep'))
    await host.write(at('new/deep/conf'), 'größe="1"\n', { mode: 0o640 })
    expect(asked()).toHaveLength(2)
    expect(await host.read(at('new/deep/conf'))).toBe('größe="1"\n')
    expect(statSync(at('new/deep/conf')).mode & 0o777).toBe(0o640)
    expect(await host.stat(at('new/deep/conf'))).toMatchObject({ type: 'file', sizeBytes: 12 })
    expect(await host.stat(at('nothing'))).toBe(null)
    expect((await host.list(at('new/deep'))).map(entry => entry.name)).toEqual(['conf'])
    expect(asked()).toHaveLength(2)
    await host.remove(at('new/deep/conf'))
    expect(existsSync(at('new/deep/conf'))).toBe(false)
  })

  it('that may not be changed are told with what would allow it', async () => {
    allow('printf')
    await expect(host.write(at('conf'), 'x')).rejects.toMatchObject({
      code: 'denied',
      message: `doas does not let this account write “${at('conf')}”.`,
      detail: { next: expect.stringContaining('through /bin/sh as root') },
    })
    expect(existsSync(at('conf'))).toBe(false)
  })

  it.runIf(process.getuid?.() === 0)('that the account may not read are read as root', async () => {
    mkdirSync(at('secret'), { mode: 0o700 })
    writeFileSync(at('secret/conf'), 'cpu=2\n', { mode: 0o600 })
    for (const open of [dir, at('bin')]) chmodSync(open, 0o755)
    for (const file of ['rules', 'log']) chmodSync(at(file), 0o666)
    process.seteuid?.(65534)
    try {
      expect(await host.read(at('secret/conf'))).toBe('cpu=2\n')
      expect(await host.stat(at('secret/conf'))).toMatchObject({ name: 'conf', sizeBytes: 6 })
      expect(await host.list(at('secret'))).toMatchObject([{ name: 'conf', type: 'file' }])
      expect(await host.stat(at('secret/nothing'))).toBe(null)
      await expect(host.read(at('secret/nothing'))).rejects.toMatchObject({ code: 'not_found' })
    } finally {
      process.seteuid?.(0)
    }
    expect(asked()).toHaveLength(5)
  })
})
