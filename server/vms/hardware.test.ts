import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type * as z from 'zod/mini'
import type { Action, ActionContext } from '../action.ts'
import { AppError } from '../errors.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import type { Plan } from '../tasks/model.ts'
import { doorTo, quietInventory } from '../testing.ts'
import { growDisk } from './actions/grow.ts'
import { addDevice, changeDevice, discardPending, share } from './actions/hardware.ts'
import { start } from './actions/life.ts'
import { editConf, parseConf } from './conf.ts'
import { readVm } from './detail.ts'
import { extraOptionsText, hardwareOf, readExtraOptions } from './hardware.ts'

describe('extra options that a person thinks of as devices', () => {
  test.each([
    ['', { pins: [], tpm: null, rest: [] }],
    ['-p 0:2 -x -p 1:3', { pins: ['0:2', '1:3'], tpm: null, rest: ['-x'] }],
    [
      '-o lpc.fwcfg=qemu -l tpm,passthru,/dev/tpm0',
      { pins: [], tpm: 'passthru,/dev/tpm0', rest: ['-o', 'lpc.fwcfg=qemu'] },
    ],
    // What is none of them stands as it is, also where it is broken.
    ['-p 0 -l com2,stdio -p', { pins: [], tpm: null, rest: ['-p', '0', '-l', 'com2,stdio', '-p'] }],
  ])('%j', (text, found) => {
    expect(readExtraOptions(text)).toEqual(found)
    expect(readExtraOptions(extraOptionsText(found))).toEqual(found)
  })
})

test('what a conf leaves out is as vm-bhyve takes it', () => {
  expect(
    hardwareOf(parseConf('loader="uefi"\ngraphics=yes\nsound=on\nvirt_console0=yes\n'), []),
  ).toMatchObject({
    screen: { listen: '0.0.0.0', port: '', resolution: '', wait: 'auto', hasPassword: false },
    sound: { play: '/dev/dsp0', record: '' },
    comPorts: ['com1'],
    consolePorts: ['0'],
    tablet: false,
    hostBridge: 'standard',
  })
})

describe('on a machine', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await sandboxForTest({ seed: 'small' })
  })
  afterEach(() => host.close())

  const CONF = '/vm/alpha/alpha.conf'
  const context = (): ActionContext => ({
    host,
    inventory: quietInventory(),
    now: Date.now,
    taskId: 1,
    progress: () => undefined,
    nudged: new AbortController().signal,
  })
  async function carryOut<Schema extends z.core.$ZodType, Result>(
    action: Action<Schema, Result>,
    input: z.core.output<Schema>,
  ): Promise<Plan> {
    const plan = await action.plan(context(), input)
    if (plan.refused) throw new AppError(plan.refused.code, plan.refused.message, plan.refused.detail)
    await action.run(context(), plan, input)
    return plan
  }
  const onAlpha = async () => ({ vm: 'alpha', revision: (await readVm(host, 'alpha')).revision })
  const volumes = async () => (await host.run(['zfs', 'list', '-H', '-o', 'name', '-t', 'volume'])).stdout

  test('a running guest shows what it runs with, and what its next cold start changes', async () => {
    const off = await readVm(host, 'alpha')
    expect(off).toMatchObject({ argvOf: 'conf', next: null })
    await carryOut(start, { vm: 'alpha' })
    expect(await readVm(host, 'alpha')).toMatchObject({ argvOf: 'run', next: null, devices: off.devices })

    const started = await host.read(CONF)
    await host.write(CONF, editConf(started, { virt_random: 'yes', owner_note: 'ask first' }))
    const edited = await readVm(host, 'alpha')
    expect(edited).toMatchObject({ argvOf: 'run', devices: off.devices, hardware: { random: true } })
    const changed = edited.next?.devices.filter(each => each.change !== 'same' && each.change !== 'moved')
    expect(changed).toEqual([
      { change: 'new', now: null, next: expect.objectContaining({ emulation: 'virtio-rnd' }) },
    ])
    // Its tap and the port of its screen are its own: a cold start gets them again.
    const plain = (argv: readonly string[] = []) => argv.filter(word => !/virtio-rnd|^-s$|^0:\d+:/.test(word))
    expect(plain(edited.next?.argv)).toEqual(plain(edited.argv))

    await carryOut(discardPending, await onAlpha())
    expect(await host.read(CONF)).toBe(started)
    expect(await readVm(host, 'alpha')).toMatchObject({ pending: [], next: null })
    const again = await discardPending.plan(context(), await onAlpha())
    expect(again.refused).toMatchObject({ code: 'refused', message: 'Nothing is pending.' })
  })

  test('a disk whose conf cannot be written leaves no zvol behind', async () => {
    const before = [await volumes(), await host.read(CONF)]
    const input = {
      ...(await onAlpha()),
      device: {
        kind: 'disk' as const,
        emulation: 'nvme' as const,
        options: '',
        source: {
          from: 'new' as const,
          dataset: 'tank/vms/alpha/disk1',
          sizeBytes: 2 ** 26,
          sparse: true,
          volblocksizeBytes: null,
        },
      },
    }
    const plan = await addDevice.plan(context(), input)
    const full = () => Promise.reject(new AppError('no_space', 'The disk is full.'))
    const broken = { ...context(), host: doorTo(host, { write: full }) }
    await expect(addDevice.run(broken, plan, input)).rejects.toMatchObject({ code: 'no_space' })
    expect([await volumes(), await host.read(CONF)]).toEqual(before)

    // An editor was there between the plan and the click: what it wrote stays, and the zvol goes again.
    const theirs = `${before[1]}# theirs\n`
    await host.write(CONF, theirs)
    await expect(addDevice.run(context(), plan, input)).rejects.toMatchObject({ code: 'changed' })
    expect([await volumes(), await host.read(CONF)]).toEqual([before[0], theirs])
  })

  test('the revision of the form counts, and no plan repeats the password of the screen', async () => {
    const old = await onAlpha()
    await host.write(CONF, editConf(await host.read(CONF), { vnc_password: 'geheim' }))
    const device = { kind: 'memory' as const, memoryMiB: 128, wired: false }
    expect((await changeDevice.plan(context(), { ...old, device })).refused).toMatchObject({
      code: 'changed',
    })
    const plan = await changeDevice.plan(context(), { ...(await onAlpha()), device })
    expect(plan.refused).toBeUndefined()
    expect(JSON.stringify(plan.facts)).not.toContain('geheim')
  })

  test("the machine's own bhyve is asked, and what it says counts where it said nothing before", async () => {
    const device = { kind: 'memory' as const, memoryMiB: 128, wired: false }
    const plan = async () => (await changeDevice.plan(context(), { ...(await onAlpha()), device })).refused
    const dump = ['bhyve', '-o', 'config.dump=1']
    expect(await plan()).toBeUndefined()
    await host.run(['fault', 'add', ...dump, '--', 'exit', '4', 'pci slot 0:4:0: unknown device', 'once'])
    expect(await plan()).toMatchObject({
      code: 'refused',
      message: 'The bhyve of this machine does not take it: pci slot 0:4:0: unknown device',
    })
    // It does not take what is there either: that is not the fault of this edit.
    await host.run(['fault', 'add', ...dump, '--', 'exit', '64', 'bhyve: invalid'])
    expect(await plan()).toBeUndefined()
    await host.run(['fault', 'clear'])
    await host.run(['fault', 'add', ...dump, '--', 'missing'])
    expect(await plan()).toBeUndefined()
  })

  test('a disk grows and never shrinks, an image too', async () => {
    await carryOut(growDisk, { vm: 'alpha', index: 0, sizeBytes: 2 ** 33 })
    const volsize = ['zfs', 'get', '-Hp', '-o', 'value', 'volsize', 'tank/vms/alpha/disk0']
    expect((await host.run(volsize)).stdout.trim()).toBe(String(2 ** 33))
    const refusal = async (index: number, sizeBytes: number) =>
      (await growDisk.plan(context(), { vm: 'alpha', index, sizeBytes })).refused
    expect(await refusal(0, 2 ** 32)).toMatchObject({ code: 'invalid', detail: { field: 'sizeBytes' } })
    expect(await refusal(0, 2 ** 33)).toMatchObject({ message: 'It has that size already.' })
    expect(await refusal(3, 2 ** 33)).toMatchObject({ code: 'not_found' })

    await host.run(['truncate', '-s', '1M', '/vm/alpha/b.img'])
    const image = { kind: 'disk' as const, emulation: 'nvme' as const, options: '' }
    const source = { from: 'file' as const, path: '/vm/alpha/b.img' }
    await carryOut(addDevice, { ...(await onAlpha()), device: { ...image, source } })
    expect(await refusal(1, 2 ** 21 + 1)).toMatchObject({ code: 'invalid' })
    await carryOut(growDisk, { vm: 'alpha', index: 1, sizeBytes: 2 ** 21 })
    expect((await host.stat('/vm/alpha/b.img'))?.sizeBytes).toBe(2 ** 21)

    // Somebody was faster: what they made larger is not cut off again.
    const plan = await growDisk.plan(context(), { vm: 'alpha', index: 1, sizeBytes: 2 ** 22 })
    await host.run(['truncate', '-s', '8M', '/vm/alpha/b.img'])
    const late = growDisk.run(context(), plan, { vm: 'alpha', index: 1, sizeBytes: 2 ** 22 })
    await expect(late).rejects.toMatchObject({ code: 'changed' })
    expect((await host.stat('/vm/alpha/b.img'))?.sizeBytes).toBe(2 ** 23)
  })

  test('a PCI device that is kept for guests is given, with wired memory, and to one guest alone', async () => {
    const device = { kind: 'pci' as const, address: '3/0/1' }
    await carryOut(share, { ...(await onAlpha()), device })
    await carryOut(start, { vm: 'alpha' })
    const { devices, argv, pid } = await readVm(host, 'alpha')
    expect(pid).not.toBeNull()
    expect(argv).toContain('-S')
    expect(devices).toContainEqual(expect.objectContaining({ emulation: 'passthru', backing: '3/0/1' }))
    const beta = { vm: 'beta', revision: (await readVm(host, 'beta')).revision, device }
    expect((await share.plan(context(), beta)).refused).toMatchObject({
      code: 'in_use',
      message: '3/0/1 is given to alpha.',
    })
    const machines = { ...beta, device: { ...device, address: '3/0/0' } }
    expect((await share.plan(context(), machines)).refused?.message).toBe('3/0/0 is ix0 of the machine.')
  })

  test('what is added starts: a second disk, a second card, a shared directory', async () => {
    await carryOut(share, {
      ...(await onAlpha()),
      device: { kind: 'directory', path: '/tank/home', tag: 'home', readonly: true },
    })
    await carryOut(addDevice, {
      ...(await onAlpha()),
      device: { kind: 'network', emulation: 'e1000', switchName: 'public', mac: null },
    })
    await carryOut(start, { vm: 'alpha' })
    const { devices, pid } = await readVm(host, 'alpha')
    expect(pid).not.toBeNull()
    expect(devices.map(each => each.emulation)).toEqual([
      'hostbridge',
      'virtio-blk',
      'virtio-9p',
      'virtio-net',
      'e1000',
      'fbuf',
      'xhci',
      'lpc',
    ])
  })
})
