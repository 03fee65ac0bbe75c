import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxForTest, type TestHost } from './testing.ts'

let host: TestHost
beforeAll(async () => {
  host = await sandboxForTest({ seed: 'empty' })
})
afterAll(async () => host?.close())

const ctl = (...words: string[]) => host.run(['bhyvectl', ...words])

test('without a guest to speak of it says how it is used', async () => {
  const { exit, stderr } = await ctl('--destroy')
  expect(exit).toBe(1)
  expect(stderr).toMatch(/^Usage: bhyvectl --vm=<vmname>\n/)
  expect((await ctl('--vm=web1', '--frobnicate')).stderr).toMatch(
    /^bhyvectl: unrecognized option `--frobnicate'\n/,
  )
})

test('a guest that is not there cannot be opened', async () => {
  for (const verb of ['--destroy', '--force-poweroff', '--get-stats'])
    expect(await ctl('--vm=web1', verb)).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'vm_open: web1 could not be opened: No such file or directory\n',
    })
})

test('what was created is there until it is destroyed; nobody runs it, so it cannot be reset', async () => {
  expect(await ctl('--create', '--vm=web1')).toMatchObject({ exit: 0, stdout: '' })
  expect(Object.keys(host.world.state.vmm)).toEqual(['web1'])
  expect(await ctl('--vm', 'web1', '--create')).toMatchObject({ exit: 255, stdout: 'errno = 17\n' })
  expect(await ctl('--vm=web1', '--force-reset')).toMatchObject({ exit: 255, stdout: 'errno = 22\n' })
  const { stdout } = await ctl('--vm=web1', '--get-stats')
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toBe('vcpu0 stats:')
  for (const line of lines.slice(1)) expect(line).toMatch(/^.{40}\t\d+$/)
  expect(stdout).toMatch(/^Resident memory +\t0$/m)
  expect((await ctl('--vm=web1', '--get-active-cpus')).stdout).toBe('active cpus:\t (none)\n')
  expect(await ctl('--vm=web1', '--destroy')).toMatchObject({ exit: 0, stdout: '' })
  expect(host.world.state.vmm).toEqual({})
})
