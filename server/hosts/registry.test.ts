import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { insertTask, taskById } from '../db/tasks.ts'
import { withDigest } from '../tasks/digest.ts'
import { operator, writeNote } from '../tasks/testing.ts'
import { failureOf, scriptedHost, temporaryDirectory, testServices } from '../testing.ts'
import { hostIdOf } from './model.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work()
})

async function place(): Promise<string> {
  const { dir, remove } = await temporaryDirectory()
  cleanUp.push(remove)
  return dir
}

const codeOf = async (work: () => unknown) => (await failureOf(Promise.resolve().then(work))).code

describe('an id', () => {
  it('is made of the name', () => {
    expect(hostIdOf('NAS 2', [])).toBe('nas-2')
    expect(hostIdOf('Büro', [])).toBe('buro')
    expect(hostIdOf('nas', ['nas', 'nas-2'])).toBe('nas-3')
    expect(hostIdOf('東京', [])).toBe('host')
    expect(hostIdOf('tasks', [])).toBe('tasks-2')
  })
  it('can always stand in an address, and is nobody else’s', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.string()), (name, others) => {
        const taken = [...others, hostIdOf(name, others)]
        const id = hostIdOf(name, taken)
        expect(encodeURIComponent(id)).toBe(id)
        expect(id).toMatch(/^[a-z0-9][a-z0-9-]*$/)
        expect(taken).not.toContain(id)
        expect(['tasks', 'accounts', 'system', 'login', 'setup', 'api', 'ws']).not.toContain(id)
      }),
    )
  })
})

describe('a host that is added', () => {
  it('comes after the first one, and is there after a restart', async () => {
    const services = testServices()
    const dir = await place()
    services.hosts.add({ ...services.hosts.plan('NAS 2', `sandbox:${dir}`, null), name: 'NAS 2' }, 'olga')
    expect(services.fleet.hosts().map(host => host.id)).toEqual(['scripted', 'nas-2'])
    const again = testServices({ db: services.db })
    expect(again.fleet.host('nas-2')).toMatchObject({
      name: 'NAS 2',
      address: `sandbox:${dir}`,
      addedBy: 'olga',
    })
  })

  it('needs an address and a name of its own, and a place where nothing else is', async () => {
    const { hosts } = testServices()
    const dir = await place()
    const full = path.join(dir, 'full')
    await mkdir(full)
    await writeFile(path.join(full, 'letter'), 'dear bees')
    const plan = (name: string, address: string) => codeOf(() => hosts.plan(name, address, null))
    expect(await plan('x', 'local:')).toBe('refused')
    expect(await plan('x', 'sandbox:here')).toBe('invalid')
    expect(await plan('x', 'telnet://x')).toBe('invalid')
    expect(await plan('x', 'sandbox:/scripted')).toBe('exists')
    expect(await plan('SCRIPTED', `sandbox:${dir}/new`)).toBe('exists')
    expect(await plan('x', `sandbox:${full}`)).toBe('refused')
    await writeFile(path.join(full, 'state.json'), '{}')
    expect(hosts.plan('x', `sandbox:${full}`, null).id).toBe('x')
  })
})

describe('the host of SKEP_HOST', () => {
  it('cannot be removed or renamed', async () => {
    const { hosts } = testServices()
    expect(await codeOf(() => hosts.remove('scripted'))).toBe('refused')
    expect(await codeOf(() => hosts.rename('scripted', 'x'))).toBe('refused')
    expect(await codeOf(() => hosts.remove('nobody'))).toBe('not_found')
  })
})

describe('a host that is removed', () => {
  async function withSecond() {
    const gate = Promise.withResolvers<void>()
    const services = testServices({
      host: scriptedHost(async () => {
        await gate.promise
        return { exit: 0, stdout: '', stderr: '' }
      }),
    })
    const dir = await place()
    services.hosts.add({ id: 'nas2', name: 'nas2', address: `sandbox:${dir}`, signIn: null }, 'olga')
    return { services, gate }
  }

  it('takes the roles on it along, and what nobody can settle any more', async () => {
    const { services } = await withSecond()
    const account = await services.accounts.create({
      name: 'vera',
      password: 'correct horse battery',
      role: 'viewer',
    })
    services.accounts.setExceptions(account.id, [{ host: 'nas2', role: 'none' }])
    const plan = withDigest({ action: 'a.b', title: 'A', steps: [], victims: [], warnings: [], locks: [] })
    const id = insertTask(services.db, { plan, userName: 'olga', hostId: 'nas2', startedAt: 0 })
    await services.hosts.remove('nas2')
    expect(services.fleet.has('nas2')).toBe(false)
    expect(services.accounts.get(account.id).exceptions).toEqual([])
    expect(taskById(services.db, id)?.task).toMatchObject({ state: 'interrupted' })
  })

  it('stays while a task works on it', async () => {
    const { services, gate } = await withSecond()
    const { tasks } = await services.fleet.machine('nas2')
    const note = { name: 'todo', text: 'feed the bees' }
    const running = tasks.run(writeNote(), note, (await tasks.plan(writeNote(), note)).digest, operator)
    expect(await codeOf(() => services.hosts.remove('nas2'))).toBe('refused')
    expect(services.fleet.has('nas2')).toBe(true)
    gate.resolve()
    await running
    await services.hosts.remove('nas2')
    expect(services.fleet.has('nas2')).toBe(false)
  })
})
