/** The kernel as a process of its own: it starts on demand, outlives its clients, survives a kill. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { sandboxHost } from './adapter.ts'
import { KernelClient, socketDirectory } from './protocol.ts'
import { kernelOf } from './start.ts'

const run = promisify(execFile)
const dirs: string[] = []

afterEach(async () => {
  for (const dir of dirs.splice(0)) {
    const pid = kernelPid(dir)
    const host = sandboxHost(dir, () => KernelClient.connect(dir))
    await host.run(['shutdown', '-p', 'now']).catch(() => {})
    await host.close()
    // It still writes after it has stopped listening: until the process is gone, the directory would come back.
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 15_000)
    rmSync(dir, { recursive: true, force: true })
    rmSync(socketDirectory(dir), { recursive: true, force: true })
  }
})

function fresh(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-kernel-'))
  dirs.push(dir)
  return dir
}

/** Until nothing listens there any more. */
async function gone(dir: string): Promise<void> {
  await vi.waitFor(async () => {
    const client = await KernelClient.connect(dir).catch(() => null)
    client?.close()
    if (client) throw new Error('still there')
  }, 15_000)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function kernelPid(dir: string): number {
  return Number(readFileSync(path.join(dir, 'kernel.pid'), 'utf8'))
}

test('starts on demand, serves real executables, and comes back with everything after kill -9', async () => {
  const dir = fresh()
  const host = sandboxHost(dir, () => kernelOf(dir, 'empty'))
  expect((await host.run(['zfs', 'create', '-s', '-V', '1M', 'tank/disk'])).exit).toBe(0)
  await host.run(['dd', 'of=/dev/zvol/tank/disk', 'bs=4k', 'seek=3'], { stdin: 'kept over the years' })
  const fromShell = await run(path.join(dir, 'bin', 'zfs'), ['snapshot', 'tank/disk@a'])
  expect(fromShell.stderr).toBe('')
  await expect(run(path.join(dir, 'bin', 'zfs'), ['list', 'tank/none'])).rejects.toMatchObject({
    code: 1,
    stderr: "cannot open 'tank/none': dataset does not exist\n",
  })
  await host.run(['dd', 'of=/dev/zvol/tank/disk', 'bs=4k', 'seek=3'], { stdin: 'lost to the rollback' })
  await vi.waitFor(
    () => expect(readFileSync(path.join(dir, 'state.json'), 'utf8')).toContain('"tag":"a"'),
    10_000,
  )

  process.kill(kernelPid(dir), 'SIGKILL')
  await gone(dir)
  // The call that runs into the dead machine may say so; the door mends itself.
  await vi.waitFor(() => host.run(['zfs', 'version']))
  const again = await host.run(['zfs', 'rollback', 'tank/disk@a'])
  expect(again).toEqual({ exit: 0, stdout: '', stderr: '' })
  const bytes = await host.run(['dd', 'if=/dev/zvol/tank/disk', 'bs=4k', 'skip=3', 'count=1', 'status=none'])
  expect(bytes.stdout.replaceAll('\0', '')).toBe('kept over the years')
  await host.close()
})

test('one kernel a directory, however many knock at once', async () => {
  const dir = fresh()
  const hosts = [1, 2, 3].map(() => sandboxHost(dir, () => kernelOf(dir, 'empty')))
  const answers = await Promise.all(hosts.map((host, at) => host.run(['zfs', 'create', `tank/h${at}`])))
  expect(answers.map(each => each.exit)).toEqual([0, 0, 0])
  const [host] = hosts
  const listed = await host?.run(['zfs', 'list', '-H', '-o', 'name', '-d', '1', 'tank'])
  expect(listed?.stdout).toMatch(/tank\/h0\n(.*\n)*tank\/h1\n(.*\n)*tank\/h2\n/)
  expect(readdirSync(dir)).toContain('kernel.pid')
  for (const each of hosts) await each.close()
})
