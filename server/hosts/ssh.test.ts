/** Hosts over SSH in the list: met at a real sshd, kept with their pin, changed. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listHosts } from '../db/hosts.ts'
import { startSshd, type TestSshd } from '../host/ssh/testing.ts'
import { formatSshAddress } from '../host/ssh-address.ts'
import { failureOf, temporaryDirectory, testServices } from '../testing.ts'
import { firstHost } from './first.ts'

let sshd: TestSshd
let address: string
const cleanUp: (() => Promise<void>)[] = []

beforeAll(async () => {
  sshd = await startSshd()
  address = formatSshAddress(sshd.settings.address)
})
afterAll(() => sshd.dispose())
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work()
})

async function stateDir(): Promise<string> {
  const { dir, remove } = await temporaryDirectory()
  cleanUp.push(remove)
  return dir
}

const failure = (work: () => unknown) => failureOf(Promise.resolve().then(work))
const signIn = () => ({ hostKey: sshd.settings.hostKey, identity: 'own', privilege: 'doas' }) as const

describe('a machine over SSH', () => {
  it('is met without signing in: its key, and the line that lets Skep in', async () => {
    const { hosts } = testServices()
    expect(await hosts.contact(address)).toEqual({
      fingerprint: sshd.fingerprintByKeygen(),
      type: 'ssh-ed25519',
      publicKeyLine: 'ssh-ed25519 AAAA skep',
    })
    expect(await failure(() => hosts.contact('sandbox:/x'))).toMatchObject({
      code: 'invalid',
      detail: { field: 'address' },
    })
    expect(await failure(() => hosts.contact('ssh://root@127.0.0.1:1'))).toMatchObject({
      code: 'unreachable',
      message: 'Nothing listens at 127.0.0.1:1.',
    })
  })

  it('whose address holds a password is refused without repeating it', () => {
    const { hosts } = testServices()
    const refused = (work: () => unknown) => {
      expect(work).toThrow(/This is no address of a machine/)
      expect(work).not.toThrow(/hunter2/)
    }
    refused(() => hosts.sshAddress('ssh://root:hunter2@192.0.2.1'))
    refused(() => hosts.plan('nas', 'ssh://root:hunter2@192.0.2.1', signIn()))
    expect(hosts.sshAddress(`${address}/`)).toBe(address)
  })

  it('is not added without a way to sign in, and what is kept of it comes back after a restart', () => {
    const { hosts, db } = testServices()
    expect(() => hosts.plan('nas', address, null)).toThrow('How to sign in there is missing.')
    expect(() => hosts.plan('nas', address, { ...signIn(), identity: 'file:key' })).toThrow(
      'begins with a slash',
    )
    hosts.add({ ...hosts.plan('nas', `${address}/`, signIn()), name: 'nas' }, 'olga')
    expect(testServices({ db }).fleet.host('nas')).toMatchObject({ address, signIn: signIn() })
    expect(() => hosts.plan('other', address, signIn())).toThrow('nas is at this address already.')
  })

  it('has its sign-in changed and its new host key accepted; nothing else of it', async () => {
    const { hosts, db } = testServices()
    hosts.add({ ...hosts.plan('nas', address, signIn()), name: 'nas' }, 'olga')
    const [before] = listHosts(db)
    const sent = {
      hostKey: `SHA256:${'a'.repeat(43)}`,
      identity: 'file:/var/skep/key',
      privilege: 'sudo',
    } as const
    await hosts.changeSignIn('nas', signIn(), sent)
    expect(listHosts(db)).toEqual([{ ...before, ...sent }])
    expect(hosts.list().at(-1)?.signIn).toEqual(sent)
    expect(await failure(() => hosts.changeSignIn('scripted', sent, sent))).toMatchObject({ code: 'refused' })
    expect(await failure(() => hosts.changeSignIn('nobody', sent, sent))).toMatchObject({ code: 'not_found' })
    // A second tab, filled before that.
    const late = { ...signIn(), privilege: 'none' } as const
    expect(await failure(() => hosts.changeSignIn('nas', signIn(), late))).toMatchObject({ code: 'changed' })
    expect(hosts.list().at(-1)?.signIn).toEqual(sent)
  })

  it('is tried; a practice machine is not, for trying would make it', async () => {
    const dir = await stateDir()
    const { hosts } = testServices()
    expect(await failure(() => hosts.tryAddress(`sandbox:${dir}/machine`, null))).toMatchObject({
      code: 'refused',
      detail: { field: 'address' },
    })
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('the host of SKEP_HOST over SSH', () => {
  const told: string[] = []
  const configured = (dir: string) => ({
    host: address,
    sshIdentity: 'own',
    sshPrivilege: 'none' as const,
    stateDir: dir,
  })

  it('is pinned at first contact, which is told, and keeps its pin when the machine shows another key', async () => {
    const dir = await stateDir()
    const pinned = sshd.fingerprintByKeygen()
    const first = await firstHost(configured(dir), line => told.push(line))
    expect(first).toMatchObject({
      address,
      name: '127.0.0.1',
      signIn: { hostKey: pinned, identity: 'own', privilege: 'none' },
    })
    const file = path.join(dir, 'ssh', 'host-keys')
    expect(readFileSync(file, 'utf8')).toBe(`${address} ${pinned}\n`)
    expect(told.join('\n')).toContain(`its host key (ssh-ed25519) is ${pinned}`)
    expect(told.join('\n')).toMatch(/for authorized_keys at ssh:\/\/\S+: ssh-ed25519 \S+ skep/)

    await sshd.stop()
    sshd.newHostKey()
    await sshd.start()
    expect((await firstHost(configured(dir), () => undefined)).signIn?.hostKey).toBe(pinned)
    expect(sshd.fingerprintByKeygen()).not.toBe(pinned)
  })

  it('says which identity cannot be used', async () => {
    const dir = await stateDir()
    const error = await failure(() =>
      firstHost({ ...configured(dir), sshIdentity: '~/.ssh/key' }, () => undefined),
    )
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('~/.ssh/key') })
  })
})
