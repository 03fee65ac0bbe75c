import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { failureOf } from '../testing.ts'
import { localHost } from './local.ts'

const host = localHost()
let directory = ''

beforeAll(async () => {
  directory = await realpath(await mkdtemp(path.join(os.tmpdir(), 'skep-local-')))
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(async () => {
  await host.close()
  await rm(directory, { recursive: true, force: true })
})

describe('running a program', () => {
  test('gives exit status and both outputs, words untouched', async () => {
    const words = ['two words', '', '$HOME', '`id`', "it's", '*', 'ünï']
    const echoed = await host.run(['printf', '%s\\n', ...words])
    expect(echoed).toEqual({ exit: 0, stdout: `${words.join('\n')}\n`, stderr: '' })
    const failed = await host.run(['ls', '--', path.join(directory, 'nothing')])
    expect(failed.exit).toBeGreaterThan(0)
    expect(failed.stdout).toBe('')
    expect(failed.stderr).toContain('nothing')
  })

  test('gives standard input, or none', async () => {
    expect((await host.run(['cat'], { stdin: 'line\n'.repeat(100_000) })).stdout).toHaveLength(500_000)
    expect(await host.run(['cat'])).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect((await host.run(['true'], { stdin: 'x'.repeat(1_000_000) })).exit).toBe(0)
  })

  test('has a fixed environment', async () => {
    vi.stubEnv('SECRET_OF_THE_CONSOLE', 'x')
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8')
    const environment = (await host.run(['env'])).stdout.split('\n')
    expect(environment).toContain('LC_ALL=C')
    expect(environment).toContain('PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin')
    expect(environment.filter(line => line.startsWith('SECRET'))).toEqual([])
  })

  test('names the signal that ended a program', async () => {
    const { stdout } = await host.run(['timeout', '-s', 'TERM', '--foreground', '0.05', 'sleep', '9'])
    expect(stdout).toBe('')
    const killed = await host.run(['timeout', '-s', 'KILL', '0.05', 'sleep', '9'])
    expect(killed.exit === null ? killed.signal : killed.exit).toSatisfy(
      how => how === 'SIGKILL' || how === 137,
    )
  })

  test('answers after the deadline, and the program is gone', async () => {
    const before = Date.now()
    const error = await failureOf(host.run(['sleep', '30.25'], { timeoutMs: 50 }))
    expect(error.code).toBe('timeout')
    expect(error.detail.argv).toEqual(['sleep', '30.25'])
    expect(Date.now() - before).toBeLessThan(5_000)
    await vi.waitFor(() => expect(host.orphans()).toEqual([]))
  })

  test('the deadline holds for children that keep the output open', async () => {
    const script = await program('keeper', ['#!/bin/sh', 'sleep 20 &', 'echo started'])
    const before = Date.now()
    expect((await script.run(['keeper'])).stdout).toBe('started\n')
    expect(Date.now() - before).toBeLessThan(10_000)
  })

  test('can be called off', async () => {
    const calls = new AbortController()
    const running = host.run(['sleep', '30.5'], { signal: calls.signal })
    calls.abort()
    expect((await failureOf(running)).code).toBe('timeout')
    await expect(host.run(['true'], { signal: calls.signal })).rejects.toThrow()
    await vi.waitFor(() => expect(host.orphans()).toEqual([]))
  })

  test('ends a flood with an error', async () => {
    const small = localHost({ mostStdoutBytes: 100_000 })
    const error = await failureOf(small.run(['yes']))
    expect(error.code).toBe('failed')
    expect(error.message).toBe('“yes” printed more than 97 KiB.')
  })

  test('says what is missing, and takes no paths', async () => {
    const missing = await failureOf(host.run(['no-such-program-here', 'x']))
    expect(missing.code).toBe('unsupported')
    expect(missing.message).toBe('The program “no-such-program-here” is not installed on this host.')
    for (const name of ['', '/bin/ls', '../ls', '-x', 'a b']) {
      expect((await failureOf(host.run([name]))).code).toBe('invalid')
    }
    expect((await failureOf(host.run(['echo', 'a\0b']))).code).toBe('invalid')
    expect((await failureOf(host.run(['echo', 'x'.repeat(5_000_000)]))).code).toBe('invalid')
  })

  test('finds a program that was installed meanwhile', async () => {
    const empty = await mkdtemp(path.join(directory, 'path-'))
    const own = localHost({ path: [empty] })
    expect((await failureOf(own.run(['late']))).code).toBe('unsupported')
    await writeFile(path.join(empty, 'late'), '#!/bin/sh\necho here\n', { mode: 0o755 })
    expect((await own.run(['late'])).stdout).toBe('here\n')
    await rm(path.join(empty, 'late'))
    expect((await failureOf(own.run(['late']))).code).toBe('unsupported')
  })
})

/** A host with one program of our own. */
async function program(name: string, lines: string[]) {
  const bin = await mkdtemp(path.join(directory, 'bin-'))
  await writeFile(path.join(bin, name), `${lines.join('\n')}\n`)
  await chmod(path.join(bin, name), 0o755)
  return localHost({ path: [bin, '/bin', '/usr/bin'] })
}

describe('streaming a program', () => {
  test('gives lines as they come, then the end', async () => {
    const own = await program('talk', [
      '#!/bin/sh',
      'echo one; echo two >&2',
      'read x <&0',
      'printf three; exit 3',
    ])
    const { lines, done } = await own.stream(['talk'])
    const seen: string[] = []
    for await (const line of lines) seen.push(line)
    expect(seen).toEqual(['one', 'three'])
    expect(await done).toEqual({ exit: 3, stderr: 'two\n' })
  })

  test('splits lines wherever the pipe cuts them', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} ünïcode`)
    const file = path.join(directory, 'long')
    await writeFile(file, `${text.join('\n')}\n`)
    const { lines } = await host.stream(['cat', file])
    const seen: string[] = []
    for await (const line of lines) seen.push(line)
    expect(seen).toEqual(text)
  })

  test('a slow reader holds the program back, and leaving ends it', async () => {
    const { lines, done } = await host.stream(['yes'])
    for await (const line of lines) {
      expect(line).toBe('y')
      break
    }
    // Killed, or it met the closed pipe first.
    expect((await done).exit).not.toBe(0)
    await vi.waitFor(() => expect(host.orphans()).toEqual([]))
  })

  test('ends by kill, by signal, and can be started again at once', async () => {
    const first = await host.stream(['tail', '-f', '/dev/null'])
    first.kill()
    const calls = new AbortController()
    const second = await host.stream(['tail', '-f', '/dev/null'], { signal: calls.signal })
    expect((await first.done).exit).toBeNull()
    calls.abort()
    expect((await second.done).exit).toBeNull()
  })

  test('a missing program rejects', async () => {
    expect((await failureOf(host.stream(['no-such-program-here']))).code).toBe('unsupported')
  })
})

describe('connecting', () => {
  test('reaches a port of the loopback and a unix socket', async () => {
    for (const listen of [{ port: 0, host: '127.0.0.1' }, { path: path.join(directory, 'echo.sock') }]) {
      const server = net.createServer(socket => socket.pipe(socket))
      await new Promise<void>(resolve => server.listen(listen, resolve))
      const address = server.address()
      const target = typeof address === 'string' ? { path: address } : { port: address?.port ?? 0 }
      const socket = await host.connect(target)
      socket.write('hello')
      const answer = await new Promise(resolve => socket.once('data', resolve))
      expect(String(answer)).toBe('hello')
      socket.destroy()
      await new Promise(resolve => server.close(resolve))
      expect((await failureOf(host.connect(target))).code).toBe(
        'path' in target ? 'not_found' : 'unreachable',
      )
    }
    expect((await failureOf(host.connect({ port: 70_000 }))).code).toBe('invalid')
  })
})

describe('files', () => {
  test('are written whole, with their mode, and read back byte for byte', async () => {
    const file = path.join(directory, 'web1.conf')
    const text = '\u{feff}loader="uefi"\r\n# ünïcode\n'
    await host.write(file, text)
    expect(await host.read(file)).toBe(text)
    expect((await stat(file)).mode & 0o777).toBe(0o644)
    await host.write(file, 'b', { mode: 0o600 })
    await host.write(file, 'c')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await host.read(file)).toBe('c')
    expect((await readdir(directory)).filter(name => name.startsWith('.web1'))).toEqual([])
  })

  test('a symbolic link is followed, not replaced', async () => {
    const target = path.join(directory, 'target')
    const link = path.join(directory, 'link')
    await writeFile(target, 'old')
    await symlink(target, link)
    await host.write(link, 'new')
    expect(await readFile(target, 'utf8')).toBe('new')
    expect((await host.list(directory)).find(entry => entry.name === 'link')?.type).toBe('file')
  })

  test('what cannot be read says why', async () => {
    expect((await failureOf(host.read(path.join(directory, 'none')))).code).toBe('not_found')
    expect((await failureOf(host.read(directory))).code).toBe('invalid')
    expect((await failureOf(host.read('relative'))).code).toBe('invalid')
    await writeFile(path.join(directory, 'latin1'), Buffer.from([0xe9, 0x0a]))
    expect((await failureOf(host.read(path.join(directory, 'latin1')))).code).toBe('unreadable')
    await writeFile(path.join(directory, 'big'), Buffer.alloc(4 * 1024 * 1024 + 1))
    expect((await failureOf(host.read(path.join(directory, 'big')))).code).toBe('invalid')
    expect((await failureOf(host.write(path.join(directory, 'no', 'file'), 'x'))).code).toBe('not_found')
  })

  test('are listed by name, looked at and removed', async () => {
    const folder = path.join(directory, 'folder')
    await host.mkdir(path.join(folder, 'b'))
    await host.mkdir(folder)
    await writeFile(path.join(folder, 'c'), '12345')
    await symlink('/nowhere', path.join(folder, 'a'))
    const entries = await host.list(folder)
    expect(entries.map(entry => [entry.name, entry.type])).toEqual([
      ['a', 'other'],
      ['b', 'directory'],
      ['c', 'file'],
    ])
    expect(await host.stat(path.join(folder, 'c'))).toMatchObject({ name: 'c', type: 'file', sizeBytes: 5 })
    expect(await host.stat(path.join(folder, 'd'))).toBeNull()
    expect(await host.stat(path.join(folder, 'c', 'd'))).toBeNull()
    expect((await failureOf(host.list(path.join(folder, 'd')))).code).toBe('not_found')
    expect((await failureOf(host.remove(folder))).code).toBe('refused')
    for (const name of ['a', 'b', 'c', 'd']) await host.remove(path.join(folder, name))
    await host.remove(folder)
    await mkdir(folder)
    expect(await host.list(folder)).toEqual([])
  })
})
