/** How a connection begins: the host key among several, and what a machine may ask for. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import ssh2 from 'ssh2'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../../testing.ts'
import { installKey } from './install-key.ts'
import { fingerprintOf, newKeyPair } from './keys.ts'
import { startSshd } from './testing.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

function directory(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-keys-'))
  cleanUp.push(() => rmSync(dir, { recursive: true }))
  return dir
}

/** A host key of another type than the one of every sshd of the tests, and its fingerprint. */
function keyOfType(type: 'ecdsa' | 'rsa'): { file: string; fingerprint: string } {
  const file = path.join(directory(), type)
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
  const blob = Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64')
  return { file, fingerprint: fingerprintOf(blob) }
}

describe('a machine with host keys of several types', () => {
  test.each(['ecdsa', 'rsa'] as const)(
    'is known by its %s key, though it would rather show another',
    async type => {
      const { file, fingerprint } = keyOfType(type)
      const sshd = await startSshd([`HostKey ${file}`])
      cleanUp.push(() => sshd.dispose())
      const host = sshd.host({ hostKey: fingerprint })
      cleanUp.push(() => host.close())
      expect(await host.run(['echo', 'in'])).toMatchObject({ exit: 0, stdout: 'in\n' })
      // The other key is as good a pin.
      const other = sshd.host()
      cleanUp.push(() => other.close())
      expect((await other.run(['true'])).exit).toBe(0)
    },
  )

  test('none of which is pinned is refused, with the one that it shows first', async () => {
    const sshd = await startSshd([`HostKey ${keyOfType('ecdsa').file}`])
    cleanUp.push(() => sshd.dispose())
    const pinned = `SHA256:${'A'.repeat(43)}`
    const host = sshd.host({ hostKey: pinned })
    cleanUp.push(() => host.close())
    expect((await failureOf(host.run(['true']))).detail.refusedKey).toEqual({
      pinned,
      shown: sshd.settings.hostKey,
    })
  })
})

type Prompts = { prompt: string; echo: boolean }[]

/** A machine that takes no plain password, and asks these questions, one round after the other; what it was told. */
async function asking(...rounds: Prompts[]) {
  const key = newKeyPair('test')
  const told: string[][] = []
  const server = new ssh2.Server({ hostKeys: [key.private] }, client => {
    client.on('error', () => undefined)
    client.on('authentication', context => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const ask = (round: number) => {
        const prompts = rounds[round]
        if (!prompts) return context.reject()
        context.prompt(prompts, answers => {
          told.push(answers)
          ask(round + 1)
        })
      }
      ask(0)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => new Promise(resolve => server.close(resolve)))
  const place = server.address()
  const port = typeof place === 'object' && place ? place.port : 0
  const blob = Buffer.from(key.public.split(' ')[1] ?? '', 'base64')
  const install = () =>
    installKey(
      { user: 'root', host: '127.0.0.1', port },
      fingerprintOf(blob),
      'hunter2',
      'ssh-ed25519 AAAA skep',
    )
  return { told, error: await failureOf(install()) }
}

describe('a password', () => {
  const password = { prompt: 'Password:', echo: false }

  test('answers the one question for it, and is not given a second time', async () => {
    const { told, error } = await asking([password], [password])
    expect(told).toEqual([['hunter2']])
    expect(error).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('it asks “Password:”'),
    })
  })

  test.each([
    ['what is shown while it is typed', [{ prompt: 'Your favourite colour?', echo: true }], 'favourite'],
    ['a code beside it', [password, { prompt: 'One-time\u0007 code:', echo: false }], 'One-time code:'],
  ])('is no answer to %s', async (_, prompts, words) => {
    const { told, error } = await asking(prompts)
    expect(told).toEqual([])
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining(words) })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  test('is not what a machine gets that only says something', async () => {
    const { told } = await asking([], [password])
    expect(told).toEqual([[], ['hunter2']])
  })
})
