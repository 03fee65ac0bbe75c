import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { Kernel } from './kernel.ts'
import { serveKernel } from './kernel-server.ts'
import { isBoot, startGuests, stopEverything } from './rc.ts'
import { seed } from './seed.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function machine() {
  const kernel = new Kernel(mkdtempSync(path.join(os.tmpdir(), 'skep-rc-')))
  await seed(kernel.world, 'demo')
  const server = await serveKernel(kernel)
  ends.push(async () => {
    await stopEverything(kernel.world)
    await server.close()
    kernel.remove()
  })
  return kernel
}

test('a boot starts the guests of vm_list as vm-bhyve does; power off ends them', async () => {
  const kernel = await machine()
  const { world } = kernel
  await startGuests(kernel)
  const titles = () => Object.values(world.state.processes).map(each => each.title || each.argv.join(' '))
  await vi.waitFor(() => expect(titles()).toContain('bhyve: router'))
  expect(titles()).toContain('/bin/sh /usr/local/sbin/vm _run router')
  expect(Object.keys(world.state.vmm).sort()).toEqual(['freebsd-build', 'router'])
  const text = async (...argv: string[]) => (await kernel.collect(argv)).stdout
  expect(await text('cat', '/vm/router/run.lock')).toBe('skep-demo\n')
  expect(await text('cat', '/vm/router/console')).toBe('com1=/dev/nmdm-router.1B\nvnc=127.0.0.1:5900\n')
  expect(await text('ifconfig', '-g', 'vm-port')).toBe('tap7\ntap0\ntap1\n')
  expect(await text('netstat', '-an')).toMatch(/127\.0\.0\.1\.5900/)
  await stopEverything(world)
  expect(titles().filter(title => title.includes('router'))).toEqual([])
  expect(world.state.vmm).toEqual({})
  expect(isBoot(world)).toBe(true)
  expect(isBoot(world)).toBe(false)
})

test('nothing starts where vm-bhyve is off', async () => {
  const kernel = await machine()
  await kernel.collect(['sysrc', 'vm_enable=NO'])
  await startGuests(kernel)
  expect(Object.values(kernel.world.state.processes).filter(each => each.real)).toEqual([])
})
