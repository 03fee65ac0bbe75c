/**
 * Every action that is served, over SSH, with the connection lost at each of its steps: what its task says in the end is
 * what the machine shows, whether the command had done its work by then or not.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { CASES, type Case, type Stage, stage } from './actions.testing.ts'
import { openDatabase } from './db/database.ts'
import { commandsOf, taskById } from './db/tasks.ts'
import { AppError } from './errors.ts'
import type { Host } from './host/host.ts'
import { startSshd, type TestSshd } from './host/ssh/testing.ts'
import { getPoolStatus } from './host/zpool/status.ts'
import { readNetworks } from './networks/read.ts'
import { leaves } from './pools/model.ts'
import type { Step } from './tasks/model.ts'
import { createTasks } from './tasks/task.ts'
import { doorTo } from './testing.ts'
import { readVms } from './vms/read.ts'

/** How the connection goes while a command runs, in sh(1): `$work` is the command, its parent is the session's sshd. */
const LOSSES = {
  'cut before the command does its work': 'kill -KILL $PPID',
  'cut when the command has done its work': '"$@" >/dev/null 2>&1; kill -KILL $PPID',
  'sshd stopped, and the command goes on': 'kill -KILL $listener $PPID; "$@" >/dev/null 2>&1',
  'the machine frozen, and the command goes on': 'kill -STOP $listener $PPID; "$@" >/dev/null 2>&1',
} as const
type Loss = keyof typeof LOSSES
const CUTS: Loss[] = ['cut before the command does its work', 'cut when the command has done its work']
const ALL: Loss[] = [
  ...CUTS,
  'sshd stopped, and the command goes on',
  'the machine frozen, and the command goes on',
]

/** The programs of the sandbox, with one in front of each that loses the connection at the line in `at`. */
function programsThatLose(
  sshd: TestSshd,
  dir: string,
): {
  path: string[]
  lose: (argv: string[], how: Loss) => void
  at: string
} {
  const front = path.join(dir, 'front')
  const at = path.join(dir, 'lose-at')
  mkdirSync(front)
  const losses = Object.values(LOSSES).map((script, index) => `${index}) ${script};;`)
  for (const name of readdirSync(path.join(dir, 'bin'))) {
    const script = `#!/bin/sh
export NODE_COMPILE_CACHE='${path.join(sshd.dir, 'compiled')}'
set -- '${path.join(dir, 'bin', name)}' "$@"
if [ -f '${at}' ] && [ "$*" = "$(sed 1d '${at}')" ]; then
  how=$(sed 1q '${at}'); rm '${at}'
  listener=$(cat '${path.join(sshd.dir, 'pid')}')
  case $how in
  ${losses.join('\n  ')}
  esac
  exit
fi
exec "$@"
`
    writeFileSync(path.join(front, name), script, { mode: 0o755 })
  }
  return {
    at,
    path: [front, '/usr/bin', '/bin'],
    lose([program = '', ...words], how) {
      const line = [path.join(dir, 'bin', program), ...words].join(' ')
      writeFileSync(at, `${Object.keys(LOSSES).indexOf(how)}\n${line}\n`)
    },
  }
}

/** The sandbox as a machine behind SSH: its programs by their stubs, its files where they lie. */
function behindSsh(ssh: Host, { host }: Stage, overSsh: Step[]): Host {
  const real = (file: string) => host.world.resolve(file)
  const changing =
    <Rest extends unknown[]>(work: (file: string, ...rest: Rest) => Promise<void>) =>
    async (file: string, ...rest: Rest) => {
      await work(real(file), ...rest)
      host.world.touched(file)
    }
  // Devices are made up by the sandbox; there are none to be seen on its disk.
  const isDevice = (file: string) => file === '/dev' || file.startsWith('/dev/')
  return doorTo(ssh, {
    // A program of the sandbox is a slow starter: the other commands are answered directly, where the machine can be reached.
    async run(argv, options) {
      if (overSsh.some(step => step.argv?.join('\0') === argv.join('\0'))) return ssh.run(argv, options)
      await ssh.run(['true'])
      return host.run(argv, options)
    },
    connect: (...call) => host.connect(...call),
    read: file => ssh.read(real(file)),
    list: file => (isDevice(file) ? host.list(file) : ssh.list(real(file))),
    stat: file => (isDevice(file) ? host.stat(file) : ssh.stat(real(file))),
    write: changing((...call) => ssh.write(...call)),
    remove: changing((...call) => ssh.remove(...call)),
    mkdir: changing((...call) => ssh.mkdir(...call)),
    readBytes: (file, ...piece) => ssh.readBytes(real(file), ...piece),
    writeBytes: changing((...call) => ssh.writeBytes(...call)),
    rename: changing((from, to) => ssh.rename(from, real(to))),
  })
}

/** What actions change, without what is new each time: guids, times, UUIDs and Ethernet addresses. */
async function fingerprint({ host, sh }: Stage): Promise<string> {
  const vms = await readVms(host)
  const confs = await Promise.all(
    vms.map(async ({ name, directory, state }) => {
      const text = await host.read(`${directory}/${name}.conf`).catch(() => 'none')
      const lines = text.split('\n').filter(line => !/^(uuid|network\d+_mac)=/.test(line))
      return [name, state === 'waiting' ? 'running' : state, lines]
    }),
  )
  const { scan, vdevs } = await getPoolStatus(host, 'tank')
  const columns = 'name,origin,compression,volsize,mounted,userrefs,skep:kept-from'
  const data = await host.list('/tank/a').catch(() => [])
  const media = await host.list('/vm/.iso')
  return JSON.stringify([
    await sh(`zfs list -H -t all -o ${columns}`),
    data.map(each => each.name),
    (await host.run(['dd', 'if=/dev/zvol/tank/d1', 'bs=512', 'count=1'])).stdout,
    await sh('zpool get -H -o value autotrim,feature@blake3 tank'),
    await sh('sysrc -n vm_list'),
    await sh('sysrc -in vm_delay'),
    await sh('sysrc -in vm_enable'),
    await sh('sysrc -in vm_dir'),
    await sh('sysrc -in kld_list'),
    media.map(each => [each.name, each.sizeBytes]),
    scan.kind,
    // A resilver ends when it ends.
    scan.kind === 'resilver' ? null : [scan.state, leaves(vdevs).length],
    leaves(vdevs).flatMap(({ name, state }) => (state === 'OFFLINE' || name === 'da9' ? [name] : [])),
    leaves(vdevs).some(each => each.checksumErrors > 0),
    confs,
    (await readNetworks(host)).switches,
  ])
}

type Ending = {
  state: string
  outcome: string
  error: unknown
  before: string
  after: string
  steps: Step[]
  commands: string[][]
}

/** Nothing takes that long unless it hangs. */
const LONG_MS = 60_000

/** Rejects with what `where` tells when the work takes longer. */
async function within<Value>(ms: number, work: Promise<Value>, where: () => string): Promise<Value> {
  const late = new AbortController()
  const limit = pause(ms, null, { signal: late.signal }).then(() => {
    throw new Error(`After ${ms / 1000} s ${where()}`)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    late.abort()
    await limit.catch(() => null)
  }
}

/** Carries the case out as a task of a machine behind SSH, with the connection lost at the step, and waits for its end. */
async function ended(sshd: TestSshd, one: Case, at?: { index: number; how: Loss }): Promise<Ending> {
  await using on = await stage()
  const { plan, asTask } = await one.prepare(on)
  const step = at && plan.steps[at.index]
  const programs = programsThatLose(sshd, on.host.dir)
  // To a frozen machine no connection comes: the sooner that is noticed, the sooner it may be thawed. The first connection
  // may take its time, on a busy computer.
  const isFrozen = at?.how.includes('frozen')
  const ssh = sshd.host({}, { path: programs.path, keepAliveMs: 200, ...(isFrozen && { connectMs: 2_500 }) })
  await vi.waitFor(() => ssh.run(['true']), LONG_MS)
  const db = openDatabase(':memory:')
  const log = pino({ level: 'silent' })
  const { inventory } = on.context
  const host = behindSsh(ssh, on, step ? [step] : plan.steps)
  const tasks = createTasks({ host, inventory, db, log, now: Date.now, live: { publish: () => undefined } })
  const before = await fingerprint(on)
  const progress = () => taskById(db, 1)?.task
  try {
    if (at && step?.argv) programs.lose(step.argv, at.how)
    const run = asTask(tasks).then(
      () => null,
      (error: unknown) => error,
    )
    if (at && !CUTS.includes(at.how) && step?.argv) {
      await vi.waitFor(() => expect(progress()?.progress).toContain('not known yet'), LONG_MS)
      if (at.how.startsWith('sshd stopped')) await sshd.start()
      else sshd.thaw()
    }
    const error = await within(LONG_MS, run, () => `the task stands at: ${JSON.stringify(progress())}`)
    if (!progress()) throw error
    await vi.waitFor(() => expect(progress()?.state).not.toBe('running'), LONG_MS)
    const task = progress()
    return {
      steps: plan.steps,
      state: task?.state ?? '',
      outcome: task?.outcome ?? '',
      before,
      after: await fingerprint(on),
      commands: commandsOf(db, 1).map(each => each.argv),
      error,
    }
  } finally {
    await tasks.close(0)
    rmSync(programs.at, { force: true })
    await ssh.close()
    db.close()
  }
}

/** What says that things are as they were; that nothing was destroyed is less. */
const UNCHANGED = /nothing was (?!destroyed)|nothing has changed|before anything was made/i
/** What does not claim to know. */
const UNKNOWN = /cannot be told|does not show whether/

function expectTruth(well: Ending, one: Ending, where: string): void {
  const words = `${one.outcome} ${String(one.error)}`
  if (!UNKNOWN.test(one.outcome))
    expect({ where, isDone: one.state === 'done' }).toEqual({ where, isDone: one.after === well.after })
  if (UNCHANGED.test(words)) expect(one.after, `${where}: ${words}`).toBe(one.before)
  expect(words, where).not.toMatch(/undefined|\[object/)
  if (one.error !== null) expect(one.error, where).toBeInstanceOf(AppError)
}

/** The longest action is carried out some thirty times, and each time a machine is waited for. */
const DEADLINE_MS = 600_000

describe.concurrent.each(CASES.map((one, at) => ({ ...one, title: `${one.name} (${at + 1})` })))(
  '$title',
  one => {
    it('ends truthfully wherever the connection is lost', { timeout: DEADLINE_MS }, async ({
      onTestFinished,
    }) => {
      const sshd = await startSshd()
      onTestFinished(() => sshd.dispose())
      const well = await ended(sshd, one)
      expect(well).toMatchObject({ state: 'done', error: null })
      const isRun = ({ argv }: Step) => well.commands.some(each => each.join('\0') === argv?.join('\0'))
      const commands = [...well.steps.entries()].filter(([, step]) => isRun(step))
      for (const [index, step] of commands) {
        for (const how of ALL) {
          expectTruth(well, await ended(sshd, one, { index, how }), `${step.argv?.join(' ')}, ${how}`)
        }
      }
    })
  },
)
