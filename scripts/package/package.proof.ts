/** The package as it is shipped: PACKAGE is the tarball, NODE_22 and NODE_24 are paths of bare Nodes of these lines. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { OLGA, writeOldState } from '../../server/cli/testing.ts'
import { startSshd } from '../../server/host/ssh/testing.ts'
import { temporaryDirectory } from '../../server/testing.ts'
import { checksum, filesBelow } from './files.ts'
import { browser } from './stand-in/browser.ts'
import { service as runService, writeSystem } from './stand-in/freebsd.ts'
import { freePort, modulesInReach, relabel, type Unpacked, unpack } from './stand-in/unpacked.ts'

const TARBALL = process.env.PACKAGE ?? ''
const ROOT = path.resolve(import.meta.dirname, '../..')
/** The oldest of its line that will do, and a newer one. */
const NODES = { 22: process.env.NODE_22 ?? '', 24: process.env.NODE_24 ?? '' }
/** What a path of the build's machine would begin with, wherever its checkout lies. */
const OF_THIS_MACHINE = ['node_modules', 'server', 'components', 'scripts', '.next'].map(room =>
  path.join(ROOT, room),
)

describe('the tarball', () => {
  let unpacked: Unpacked
  beforeAll(() => {
    unpacked = unpack(TARBALL, NODES[24])
  })
  afterAll(() => unpacked.remove())

  it('is what its checksum says, and the same again when it is made again', async () => {
    const sum = checksum(readFileSync(TARBALL))
    expect(readFileSync(`${TARBALL}.sha256`, 'utf8')).toBe(`${sum}  ${path.basename(TARBALL)}\n`)
    const again = await temporaryDirectory()
    const main = path.join(import.meta.dirname, 'main.ts')
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', main, again.dir])
    expect(checksum(readFileSync(path.join(again.dir, path.basename(TARBALL))))).toBe(sum)
    await again.remove()
  })

  it('that was damaged on its way is refused: the tarball by its checksum, a file in it by the installation', async () => {
    const broken = await temporaryDirectory()
    const name = path.basename(TARBALL)
    const bytes = readFileSync(TARBALL)
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    writeFileSync(path.join(broken.dir, name), bytes)
    copyFileSync(`${TARBALL}.sha256`, path.join(broken.dir, `${name}.sha256`))
    const sums = spawnSync('sha256sum', ['-c', `${name}.sha256`], { cwd: broken.dir, encoding: 'utf8' })
    expect([sums.status, sums.stdout]).toEqual([1, `${name}: FAILED\n`])
    await broken.remove()

    const root = path.join(unpacked.dir, 'root')
    const page = path.join(unpacked.release, 'LICENSE')
    const licence = readFileSync(page)
    appendFileSync(page, 'and more')
    const program = path.join(unpacked.release, 'skep')
    const { exit, stderr } = await unpacked.skep(program, ['install', '--destdir', root])
    writeFileSync(page, licence)
    expect([exit, stderr]).toEqual([
      1,
      expect.stringContaining('damaged: LICENSE is missing or has been changed'),
    ])
    expect(existsSync(root)).toBe(false)
  })

  it('is the one that the page on installing speaks of', () => {
    const page = readFileSync(path.join(ROOT, 'docs/install-freebsd.md'), 'utf8')
    const [, ...names] = page.split(/(?=skep-\d+\.\d+\.\d+)/).map(text => /^skep-[\d.]+\d/.exec(text)?.[0])
    // The last two are the example of an upgrade.
    expect(new Set(names.slice(0, -2))).toEqual(new Set([path.basename(TARBALL, '.tar.gz')]))
  })

  it('holds no native code, nothing of this machine, and every file with its checksum', () => {
    const files = filesBelow(unpacked.release)
    expect(files.length).toBeGreaterThan(500)
    expect(files.filter(file => /\.node$|(^|\/)(sharp|@img|cpu-features)\//.test(file))).toEqual([])
    const sums = readFileSync(path.join(unpacked.release, 'CHECKSUMS'), 'utf8')
    const listed = sums.trimEnd().split('\n')
    expect(listed.map(line => line.slice(66))).toEqual(files.filter(file => file !== 'CHECKSUMS'))
    for (const file of files) {
      const bytes = readFileSync(path.join(unpacked.release, file))
      // ELF, Mach-O and PE: nothing that a processor would run.
      expect(['7f454c46', 'cffaedfe', '4d5a9000'], file).not.toContain(bytes.subarray(0, 4).toString('hex'))
      expect(
        OF_THIS_MACHINE.filter(place => bytes.includes(place)),
        file,
      ).toEqual([])
      if (file !== 'CHECKSUMS') expect(sums, file).toContain(`${checksum(bytes)}  ${file}\n`)
    }
  })

  it('has every text of the pages in brotli and in gzip', () => {
    const chunks = path.join(unpacked.release, '.next/static/chunks')
    const scripts = readdirSync(chunks).filter(name => name.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(5)
    for (const name of scripts) {
      const plain = readFileSync(path.join(chunks, name))
      if (plain.length < 500) continue
      expect(brotliDecompressSync(readFileSync(path.join(chunks, `${name}.br`))).equals(plain), name).toBe(
        true,
      )
      expect(gunzipSync(readFileSync(path.join(chunks, `${name}.gz`))).equals(plain), name).toBe(true)
    }
  })

  it('has a manual page and sample rules that their own checkers find nothing in', () => {
    const share = path.join(unpacked.release, 'share')
    // Not on everybody's path.
    const visudo = ['/usr/sbin/visudo', '/usr/local/sbin/visudo'].find(existsSync) ?? 'visudo'
    const lint = ['-T', 'lint', '-W', 'warning', path.join(share, 'man/man8/skep.8')]
    expect(execFileSync('mandoc', lint, { encoding: 'utf8' })).toBe('')
    execFileSync(visudo, ['-cf', path.join(share, 'examples/skep/sudoers')])
    execFileSync('sh', ['-n', path.join(share, 'rc.d/skep')])
  })
})

describe.each([22, 24] as const)('under a bare Node %i that takes itself for FreeBSD', line => {
  let unpacked: Unpacked
  let root = ''
  let port = 0
  beforeEach(async () => {
    unpacked = unpack(TARBALL, NODES[line])
    root = path.join(unpacked.dir, 'root')
    port = await freePort()
  })
  afterEach(async () => {
    await service('onestop')
    // A practice machine outlives its console, as a machine does.
    const file = path.join(root, 'sandbox/kernel.pid')
    if (existsSync(file)) {
      const pid = Number(readFileSync(file, 'utf8'))
      process.kill(pid)
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
    }
    await vi.waitFor(() => unpacked.remove())
  })

  const at = (...names: string[]) => path.join(root, ...names)
  const skep = (args: string[], env?: Record<string, string>) =>
    unpacked.skep(at('usr/local/sbin/skep'), args, env)
  const service = (command: string) => runService(root, at('usr/local/etc/rc.d/skep'), command, unpacked.env)
  const log = () => readFileSync(at('var/log/skep.log'), 'utf8')
  function system(settings: Record<string, string> = {}) {
    writeSystem(root, {
      skep_enable: 'YES',
      skep_user: userInfo().username,
      skep_port: String(port),
      skep_host: `sandbox:${at('sandbox')}`,
      skep_node: path.join(unpacked.dir, 'bin/node'),
      ...settings,
    })
  }
  async function start() {
    expect(await service('start')).toMatchObject({ exit: 0, stderr: '' })
    await vi.waitFor(() => expect(log()).toContain(`Skep: http://127.0.0.1:${port}`))
    return browser(port)
  }

  it('is installed, set up by a link that is in no log, and serves its pages', async () => {
    expect(modulesInReach(path.dirname(unpacked.dir))).toEqual([])
    const installed = await unpacked.skep(path.join(unpacked.release, 'skep'), ['install', '--destdir', root])
    expect(installed).toMatchObject({ exit: 0, stderr: '' })
    // Nothing leads back to where it was unpacked.
    rmSync(unpacked.release, { recursive: true })
    system()
    const { ask, call } = await start()
    expect(await ask('/')).toMatchObject({ status: 303, headers: { location: '/setup' } })
    expect(log()).not.toContain('setup#')

    const settings = { SKEP_STATE: at('var/db/skep'), PORT: String(port) }
    const link = await skep(['setup-link'], settings)
    const [, token = ''] = /^http:\/\/127\.0\.0\.1:\d+\/setup#(\S+)\n$/.exec(link.stdout) ?? []
    await call('mutation', 'accounts.setup', { ...OLGA, token })
    expect((await skep(['setup-link'], settings)).stderr).toContain('The set-up is done')

    expect(await call('query', 'system.version')).toBe(
      JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
    )
    await vi.waitFor(async () =>
      expect(await call('query', 'sandbox/pools.list')).toMatchObject({ value: {} }),
    )
    for (const page of ['/sandbox', '/sandbox/datasets', '/sandbox/vms', '/tasks', '/system', '/accounts']) {
      const { status, bytes } = await ask(page)
      expect([page, status, bytes.includes('</html>')]).toEqual([page, 200, true])
    }
    const html = (await ask('/sandbox/vms')).bytes.toString()
    const [, script = ''] = /src="(\/_next\/static\/chunks\/[^"]+\.js)"/.exec(html) ?? []
    const plain = await ask(script)
    for (const [encoding, unpackIt] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const packed = await ask(script, { headers: { 'accept-encoding': encoding } })
      expect(packed.headers['content-encoding']).toBe(encoding)
      expect(unpackIt(packed.bytes).equals(plain.bytes)).toBe(true)
    }
    expect(await service('stop')).toMatchObject({ exit: 0 })
    expect(existsSync(at('var/run/skep.pid'))).toBe(false)
  })

  it('takes over the state of 0.1.0, signs in its people, and gives it back', async () => {
    const old = relabel(unpacked.release, '0.1.0')
    await unpacked.skep(path.join(old, 'skep'), ['install', '--destdir', root])
    writeOldState(at('var/db/skep'))
    expect((await skep(['version'])).stdout).toBe('skep 0.1.0\n')

    const upgraded = await unpacked.skep(path.join(unpacked.release, 'skep'), ['upgrade', '--destdir', root])
    expect(upgraded).toMatchObject({ exit: 0, stderr: '' })
    system()
    const { call } = await start()
    await call('mutation', 'accounts.login', OLGA)
    expect(JSON.stringify(await call('query', 'tasks.get', { id: 1 }))).toContain(
      'Create the snapshot tank/vms/debian@before-upgrade',
    )
    await service('stop')

    expect(await skep(['rollback', '--destdir', root])).toMatchObject({ exit: 0, stderr: '' })
    expect((await skep(['version'])).stdout).toBe('skep 0.1.0\n')
    const db = new DatabaseSync(at('var/db/skep/skep.db'), { readOnly: true })
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    expect(db.prepare('SELECT name FROM account').all()).toEqual([{ name: 'olga' }])
    db.close()
    expect(readdirSync(at('var/db/skep/backups'))).toHaveLength(2)
  })

  it('manages a machine over SSH', async () => {
    const sshd = await startSshd()
    try {
      await unpacked.skep(path.join(unpacked.release, 'skep'), ['install', '--destdir', root])
      mkdirSync(at('var/db/skep'), { recursive: true })
      writeOldState(at('var/db/skep'))
      const { user, port: sshPort } = sshd.settings.address
      const { identity } = sshd.settings
      system({
        skep_host: `ssh://${user}@127.0.0.1:${sshPort}`,
        skep_ssh_identity: identity.kind === 'file' ? identity.path : '',
      })
      const { call } = await start()
      expect(log()).toContain(sshd.settings.hostKey)
      await call('mutation', 'accounts.login', OLGA)
      // The Linux of the tests: it is told by uname(1), which ran there, and has no guests.
      const [other] = z.array(z.object({ id: z.string() })).parse(await call('query', 'hosts.list'))
      const told = await call('query', `${other?.id}/system.capabilities`)
      expect(JSON.stringify(told)).toContain('This machine runs Linux; guests of bhyve need FreeBSD')
    } finally {
      await sshd.stop()
      rmSync(sshd.dir, { recursive: true })
    }
  })
})
