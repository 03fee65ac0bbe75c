/** The script of the service, under a stand-in of rc.subr(8) and of daemon(8), with a program that is only played. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../../server/testing.ts'
import { service as runService, writeSystem } from './stand-in/freebsd.ts'

const SCRIPT = path.join(import.meta.dirname, 'share/rc.d/skep')
const { username } = userInfo()

let root = ''
let remove = async () => {}
beforeEach(async () => {
  const made = await temporaryDirectory()
  root = made.dir
  remove = made.remove
  mkdirSync(at('usr/local/sbin'), { recursive: true })
  // Tells what it was given, and ends when it is told to. A file makes it refuse, another makes it die.
  writeFileSync(
    at('usr/local/sbin/skep'),
    `#!/bin/sh
if [ "$1" = check ]; then
  [ ! -e ${root}/refuse ] || { echo 'skep: not here' >&2; exit 1; }
  exit 0
fi
echo "called: $*"
env | grep -E '^(PORT|SKEP_)' | sort > ${root}/environment
trap 'echo ended; exit 0' TERM
while [ ! -e ${root}/die ]; do sleep 0.05; done
rm ${root}/die
exit 1
`,
  )
  chmodSync(at('usr/local/sbin/skep'), 0o755)
})
afterEach(async () => {
  await service('onestop')
  await remove()
})

const at = (...names: string[]) => path.join(root, ...names)
const service = (command: string) => runService(root, SCRIPT, command)
const log = () => readFileSync(at('var/log/skep.log'), 'utf8')
const settings = (more: Record<string, string> = {}) =>
  writeSystem(root, { skep_enable: 'YES', skep_user: username, skep_host: 'ssh://skep@nas', ...more })

it('starts, tells its state, and stops', async () => {
  settings({ skep_port: '9000', skep_trust_proxy: 'YES', skep_names: 'nas.example.org,nas' })
  expect(await service('status')).toMatchObject({ exit: 1, stdout: 'skep is not running.\n' })
  expect(await service('start')).toMatchObject({ exit: 0, stderr: '' })
  await vi.waitFor(() => expect(log()).toContain('called: run'))
  const pid = readFileSync(at('var/run/skep.pid'), 'utf8')
  expect(await service('status')).toMatchObject({ exit: 0, stdout: `skep is running as pid ${pid}.\n` })
  expect(readFileSync(at('environment'), 'utf8').split('\n')).toEqual([
    'PORT=9000',
    'SKEP_HOST=ssh://skep@nas',
    'SKEP_LISTEN=127.0.0.1',
    'SKEP_LOG=info',
    'SKEP_NAMES=nas.example.org,nas',
    'SKEP_NODE=',
    'SKEP_PRIVILEGE=none',
    'SKEP_SERVICE=1',
    'SKEP_SSH_IDENTITY=',
    'SKEP_SSH_PRIVILEGE=none',
    `SKEP_STATE=${at('var/db/skep')}`,
    'SKEP_TRUST_PROXY=1',
    '',
  ])
  expect(statSync(at('var/db/skep')).mode & 0o777).toBe(0o700)
  expect(statSync(at('var/log/skep.log')).mode & 0o777).toBe(0o640)
  expect((await service('start')).stderr).toContain('already running')
  expect(await service('stop')).toMatchObject({ exit: 0 })
  expect(log()).toContain('ended')
  expect(existsSync(at('var/run/skep.pid'))).toBe(false)
})

it('a console that died is started again', async () => {
  settings()
  await service('start')
  await vi.waitFor(() => expect(log()).toContain('called: run'))
  writeFileSync(at('die'), '')
  await vi.waitFor(() => expect(log().match(/called: run/g)).toHaveLength(2))
})

it('the log goes on in a new file when newsyslog(8) has moved it away', async () => {
  settings()
  await service('start')
  await vi.waitFor(() => expect(log()).toContain('called: run'))
  const line = readFileSync(path.join(path.dirname(SCRIPT), '../newsyslog.conf.d/skep.conf'), 'utf8')
    .split('\n')
    .find(each => each !== '' && !each.startsWith('#'))
  const [file = '', owner, mode, , , , , pidFile = '', signal] = line?.split(/\s+/) ?? []
  expect([file, owner, mode, signal]).toEqual(['/var/log/skep.log', 'root:wheel', '640', '1'])
  renameSync(at(file), at(`${file}.0`))
  writeFileSync(at(file), '')
  process.kill(Number(readFileSync(at(pidFile), 'utf8')), 'SIGHUP')
  await service('stop')
  expect(log()).toBe('ended\n')
})

it('does not start where it is not enabled, what check refuses, and this machine as anybody but root', async () => {
  settings({ skep_enable: 'NO' })
  expect(await service('start')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('Set skep_enable'),
  })
  settings()
  writeFileSync(at('refuse'), '')
  expect(await service('start')).toMatchObject({ exit: 1, stderr: 'skep: not here\n' })
  settings({ skep_user: 'www', skep_host: 'local:' })
  const refused = await service('start')
  expect([refused.exit, refused.stderr]).toEqual([
    1,
    expect.stringContaining('managing this machine needs root, and skep_user is www'),
  ])
  expect(existsSync(at('var/run/skep.pid'))).toBe(false)
})

it('lets another account manage this machine where that borrows rights', async () => {
  settings({ skep_user: 'www', skep_host: 'local:', skep_privilege: 'doas' })
  // What comes next is refused by the stand-ins: they make no directories for others, and run nothing as them.
  expect((await service('start')).stderr).not.toContain('needs root')
})

it('prints its settings whether or not it is enabled', async () => {
  writeSystem(root, {})
  expect(await service('onesettings')).toEqual({
    exit: 0,
    stderr: '',
    stdout: expect.stringContaining(
      `PORT=8420\nSKEP_LISTEN=127.0.0.1\nSKEP_STATE=${at('var/db/skep')}\nSKEP_NAMES=\nSKEP_TRUST_PROXY=0\nSKEP_HOST=local:\nSKEP_PRIVILEGE=none\n`,
    ),
  })
})

it('has each of its settings in the manual page', () => {
  const page = readFileSync(path.join(path.dirname(SCRIPT), '../man/man8/skep.8'), 'utf8')
  const settings = [...readFileSync(SCRIPT, 'utf8').matchAll(/^: "\$\{(skep_\w+):=/gm)].map(
    ([, name]) => name,
  )
  expect(settings.length).toBeGreaterThan(10)
  expect(settings.filter(name => !page.includes(`\n.It Va ${name}\n`))).toEqual([])
})
