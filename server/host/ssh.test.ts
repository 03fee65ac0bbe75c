/** The adapter against a real sshd. */
import { existsSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { failureOf } from '../testing.ts'
import type { Host } from './host.ts'
import { newKeyPair } from './ssh/keys.ts'
import { startSshd, type TestSshd } from './ssh/testing.ts'
import { readHostKey } from './ssh.ts'

let sshd: TestSshd
let host: Host
const hosts: Host[] = []

beforeAll(async () => {
  sshd = await startSshd()
  host = sshd.host()
})
afterEach(async () => {
  for (const each of hosts.splice(0)) await each.close()
})
afterAll(async () => {
  await host.close()
  await sshd.dispose()
})

/** One more host, closed after the test. */
function another(...how: Parameters<TestSshd['host']>): Host {
  const made = sshd.host(...how)
  hosts.push(made)
  return made
}

describe('running a program', () => {
  test('gives exit status and both outputs, words untouched', async () => {
    const words = ['two words', '', '$HOME', '`id`', "it's", '*', 'ünï', '!!', '-n', 'a\nb\n', '\\', '"', '~']
    const { exit, stdout, stderr } = await host.run(['printf', '%s\\0', ...words])
    expect({ exit, stderr, words: stdout.split('\0').slice(0, -1) }).toEqual({ exit: 0, stderr: '', words })
    const failed = await host.run(['ls', '--', '/nothing here'])
    expect(failed).toMatchObject({ stdout: '', stderr: expect.stringContaining('nothing here') })
    expect(failed.exit).toBeGreaterThan(0)
  })

  test('any words arrive as they are', async () => {
    const anyWord = fc.string({ unit: 'binary', maxLength: 40 }).filter(word => !word.includes('\0'))
    await fc.assert(
      fc.asyncProperty(fc.array(anyWord, { maxLength: 40 }), async words => {
        const { stdout } = await host.run(['printf', '%s\\0', ...words, 'end'])
        // What is no Unicode (half a surrogate pair) cannot be in an argv at all.
        expect(stdout.split('\0')).toEqual([...words.map(word => word.toWellFormed()), 'end', ''])
      }),
      { numRuns: 30 },
    )
  })

  test('takes words longer than any line of a shell', async () => {
    const words = Array.from({ length: 3000 }, (_, index) => `tank/some/dataset@snapshot-${index}`)
    const { stdout } = await host.run(['printf', '%s\\n', ...words])
    expect(stdout.trimEnd().split('\n')).toEqual(words)
  })

  test('gives standard input, or none', async () => {
    expect((await host.run(['cat'], { stdin: 'line\n'.repeat(100_000) })).stdout).toHaveLength(500_000)
    expect(await host.run(['cat'])).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect((await host.run(['true'], { stdin: 'x'.repeat(1_000_000) })).exit).toBe(0)
  })

  test('has a fixed path and locale', async () => {
    const environment = (await host.run(['env'])).stdout.split('\n')
    expect(environment).toContain('LC_ALL=C')
    expect(environment).toContain('PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin')
  })

  test('names the signal that ended a program', async () => {
    expect(await host.run(['sh', '-c', 'kill -TERM $$'])).toMatchObject({ exit: null, signal: 'SIGTERM' })
  })

  test('says which program is missing, and which word cannot be given', async () => {
    expect(await failureOf(host.run(['zfs-of-nowhere', 'list']))).toMatchObject({
      code: 'unsupported',
      message: 'The program “zfs-of-nowhere” is not installed on this host.',
    })
    expect(await failureOf(host.stream(['zfs-of-nowhere']))).toMatchObject({ code: 'unsupported' })
    expect(await failureOf(host.run(['/bin/ls']))).toMatchObject({ code: 'invalid' })
    expect(await failureOf(host.run(['ls', 'a\0b']))).toMatchObject({ code: 'invalid' })
  })

  test('answers after the deadline, and the program is gone', async () => {
    const error = await failureOf(host.run(['sleep', '31.5'], { timeoutMs: 100 }))
    expect(error).toMatchObject({ code: 'timeout', message: '“sleep 31.5” did not answer within 0.1 s.' })
    await vi.waitFor(() => expect(sshd.programs()).not.toContain('sleep'), 5_000)
    const calledOff = new AbortController()
    const running = failureOf(host.run(['sleep', '32.5'], { signal: calledOff.signal }))
    await vi.waitFor(() => expect(sshd.programs()).toContain('sleep'), 5_000)
    calledOff.abort()
    expect(await running).toMatchObject({ code: 'timeout', message: '“sleep 32.5” was called off.' })
    await vi.waitFor(() => expect(sshd.programs()).not.toContain('sleep'), 5_000)
  })

  test('a program that has not ended is not started a second time', async () => {
    // In a group of its own, out of the signal's reach, as what hangs in the kernel is.
    const hanging = ['setsid', '--fork', 'sleep', '33.5']
    const wrapped = ['sh', '-c', `${hanging.join(' ')}; exec sleep 33.5`]
    const own = another()
    await own.run(['true'])
    const first = failureOf(own.run(wrapped, { timeoutMs: 3_000 }))
    await vi.waitFor(() => expect(sshd.programs()).toContain('sleep'), 3_000)
    expect(await first).toMatchObject({ code: 'timeout' })
    expect(await failureOf(own.run(wrapped))).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^“sh -c” has not answered since .* and has not ended yet\.$/),
    })
    await own.run(['pkill', '-f', 'sleep 33.5'])
  })

  test('what the account’s start-up files print is no part of an answer', async () => {
    const noisy = await startSshd([
      'ForceCommand echo "Welcome!"; echo "no mail" >&2; eval "$SSH_ORIGINAL_COMMAND"',
    ])
    const own = noisy.host()
    try {
      expect(await own.run(['echo', 'clean'])).toEqual({ exit: 0, stdout: 'clean\n', stderr: '' })
      const stream = await own.stream(['echo', 'clean too'])
      const seen: string[] = []
      for await (const line of stream.lines) seen.push(line)
      expect(seen).toEqual(['clean too'])
    } finally {
      await own.close()
      await noisy.dispose()
    }
  })

  // csh(1), which root on FreeBSD had before 15.1, takes ! for history, and a newline between quotes for a mistake.
  test.each(['tcsh', 'dash', 'bash'])('an account whose shell is %s', async shell => {
    const place = ['/bin', '/usr/bin'].map(dir => `${dir}/${shell}`).find(existsSync)
    expect(place).toBeDefined()
    const other = await startSshd([`ForceCommand exec ${place} -c "$SSH_ORIGINAL_COMMAND"`])
    const own = other.host()
    try {
      const words = ['!!', 'a\nb', "it's", '$HOME', '`id`', 'ünï', '\\!', '"', '{a,b}', '~']
      expect((await own.run(['printf', '%s\\0', ...words])).stdout.split('\0')).toEqual([...words, ''])
      await own.write(path.join(other.dir, "it's !\n"), words.join('\n'))
      expect(await own.read(path.join(other.dir, "it's !\n"))).toBe(words.join('\n'))
    } finally {
      await own.close()
      await other.dispose()
    }
  })

  test('an account without a shell', async () => {
    const without = await startSshd(['ForceCommand echo "This account is currently not available."; exit 1'])
    const own = without.host()
    try {
      const error = await failureOf(own.run(['true']))
      expect(error).toMatchObject({
        code: 'failed',
        message: expect.stringContaining('does not run commands'),
      })
      expect(error.detail.stderr).toContain('not available')
      expect(await failureOf(own.stream(['true']))).toMatchObject({
        code: 'failed',
        message: expect.stringContaining('does not run commands'),
      })
    } finally {
      await own.close()
      await without.dispose()
    }
  })

  test('many at once wait for a free session', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => host.run(['sh', '-c', `sleep 0.02; echo ${index}`])),
    )
    expect(answers.map(({ stdout }) => Number(stdout))).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    )
  })

  test('a flood ends', async () => {
    expect(await failureOf(host.run(['yes'], { timeoutMs: 60_000 }))).toMatchObject({
      code: 'failed',
      message: '“yes” printed more than 65536 KiB.',
    })
    await vi.waitFor(() => expect(sshd.programs()).not.toContain('yes'), 5_000)
  })
})

describe('streams', () => {
  test('lines come as they are printed, and the program ends with its reader', async () => {
    const stream = await host.stream(['sh', '-c', 'echo one; echo two; exec sleep 34.5'])
    const seen: string[] = []
    for await (const line of stream.lines) {
      seen.push(line)
      if (seen.length === 2) break
    }
    expect(seen).toEqual(['one', 'two'])
    await stream.done
    await vi.waitFor(() => expect(sshd.programs()).not.toContain('sleep'), 5_000)
  })

  test('a cut connection ends the program there and says so here', async () => {
    const own = another()
    const stream = await own.stream(['sh', '-c', 'echo one; exec sleep 35.5'])
    const lines = stream.lines[Symbol.asyncIterator]()
    expect(await lines.next()).toEqual({ done: false, value: 'one' })
    sshd.cut()
    expect(await lines.next()).toMatchObject({ done: true })
    expect(await stream.done).toMatchObject({ exit: null, stderr: expect.stringContaining('was lost') })
    await vi.waitFor(() => expect(sshd.programs()).not.toContain('sleep'), 5_000)
  })
})

describe('a connection that breaks', () => {
  test('in the middle of a program: how it ended is not known, and the next one works', async () => {
    const own = another()
    const marker = path.join(sshd.dir, 'ended')
    const running = failureOf(own.run(['sh', '-c', `sleep 0.5; touch ${marker}`]))
    await vi.waitFor(() => expect(sshd.programs()).toContain('sleep'), 5_000)
    sshd.cut()
    expect(await running).toMatchObject({
      code: 'unreachable',
      detail: { argv: ['sh', '-c', `sleep 0.5; touch ${marker}`] },
      message: expect.stringMatching(
        /^The connection to 127\.0\.0\.1:\d+ was lost while “sh -c” ran; how it ended was not heard\.$/,
      ),
    })
    expect((await own.run(['echo', 'again'])).stdout).toBe('again\n')
    // The program itself did not notice.
    await vi.waitFor(() => expect(existsSync(marker)).toBe(true), 5_000)
  })

  test('sshd stopped and started again: refused at once, then back by itself', async () => {
    const own = another()
    await own.run(['true'])
    await sshd.stop()
    await vi.waitFor(async () => {
      expect(await failureOf(own.run(['true']))).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('Nothing listens'),
      })
    }, 5_000)
    const storm = await Promise.all(Array.from({ length: 50 }, () => failureOf(own.run(['true']))))
    expect(new Set(storm.map(error => error.code))).toEqual(new Set(['unreachable']))
    await sshd.start()
    await vi.waitFor(async () => expect((await own.run(['true'])).exit).toBe(0), 20_000)
  })

  test('a frozen machine: every call ends at its deadline, nothing piles up, and it comes back', async () => {
    const own = another()
    await own.run(['true'])
    sshd.freeze()
    const errors = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        failureOf(own.run(['echo', String(index)], { timeoutMs: 300 })),
      ),
    )
    expect(errors.every(error => error.code === 'timeout' || error.code === 'unreachable')).toBe(true)
    sshd.thaw()
    await vi.waitFor(async () => expect((await own.run(['echo', 'back'])).stdout).toBe('back\n'), 30_000)
  }, 60_000)
})

describe('who is there, and who comes', () => {
  test('every key that is made can be read', () => {
    const pairs = Array.from({ length: 3000 }, () => newKeyPair('skep'))
    const lengths = pairs.map(pair => Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length)
    expect(new Set(lengths)).toEqual(new Set([51]))
  })

  test('the key at first contact is the one ssh-keygen tells', async () => {
    const seen = await readHostKey(sshd.settings.address)
    expect(seen).toEqual({ fingerprint: sshd.fingerprintByKeygen(), type: 'ssh-ed25519' })
    expect(seen.fingerprint).toBe(sshd.settings.hostKey)
  })

  test('another key than the pinned one is refused with both', async () => {
    const pinned = `SHA256:${'A'.repeat(43)}`
    const error = await failureOf(another({ hostKey: pinned }).run(['true']))
    expect(error.code).toBe('unreachable')
    expect(error.message).toContain('another host key')
    expect(error.detail.refusedKey).toEqual({ pinned, shown: sshd.settings.hostKey })
  })

  test('a key that is not known there', async () => {
    const stranger = await startSshd()
    try {
      const error = await failureOf(another({ identity: stranger.settings.identity }).run(['true']))
      expect(error).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('does not let Skep in'),
      })
    } finally {
      await stranger.dispose()
    }
  })

  test('a file that is no key', async () => {
    const file = path.join(sshd.dir, 'config')
    expect(await failureOf(another({ identity: { kind: 'file', path: file } }).run(['true']))).toMatchObject({
      code: 'invalid',
      message: `${file} is no private key that Skep can read.`,
    })
  })
})

describe('connecting to ports and sockets there', () => {
  test('bytes go both ways', async () => {
    const echo = net.createServer(socket => socket.pipe(socket))
    await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve))
    const address = echo.address()
    const socket = await host.connect({ port: typeof address === 'object' && address ? address.port : 0 })
    const answer = new Promise<string>(resolve => socket.once('data', chunk => resolve(String(chunk))))
    socket.write('RFB 003.008\n')
    expect(await answer).toBe('RFB 003.008\n')
    socket.destroy()
    echo.close()
  })

  test('a unix socket, and where nobody listens', async () => {
    const file = path.join(sshd.dir, 'socket')
    const server = net.createServer(socket => socket.end('hello'))
    await new Promise<void>(resolve => server.listen(file, resolve))
    const socket = await host.connect({ path: file })
    const heard = new Promise<string>(resolve => socket.once('data', chunk => resolve(String(chunk))))
    expect(await heard).toBe('hello')
    server.close()
    const closed = await startSshd()
    await closed.dispose()
    expect(await failureOf(host.connect({ port: closed.port }))).toMatchObject({
      code: 'unreachable',
      message: `Nothing listens on port ${closed.port}.`,
    })
  })
})

describe('few sessions', () => {
  test.each([1, 2])(
    'MaxSessions %i: programs wait for each other, a stream does not stop them',
    async most => {
      const poor = await startSshd([`MaxSessions ${most}`])
      const own = poor.host()
      try {
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, index) => own.run(['sh', '-c', `sleep 0.01; echo ${index}`])),
        )
        expect(answers.map(each => Number(each.stdout))).toEqual(
          Array.from({ length: 12 }, (_, index) => index),
        )
        const stream = await own.stream(['sh', '-c', 'echo on; exec sleep 36.5'])
        expect((await own.run(['echo', 'beside'])).stdout).toBe('beside\n')
        await own.write(path.join(poor.dir, 'file'), 'text')
        expect(await own.read(path.join(poor.dir, 'file'))).toBe('text')
        stream.kill()
        await stream.done
      } finally {
        await own.close()
        await poor.dispose()
      }
    },
  )
})
