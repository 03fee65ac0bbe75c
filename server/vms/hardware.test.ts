import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ActionContext } from '../action.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import { quietInventory } from '../testing.ts'
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

  test('a running guest shows what it runs with, and what its next cold start changes', async () => {
    const inventory = quietInventory()
    const context: ActionContext = {
      host,
      inventory,
      now: Date.now,
      taskId: 1,
      progress: () => undefined,
      nudged: new AbortController().signal,
    }
    const conf = '/vm/alpha/alpha.conf'
    const off = await readVm(host, 'alpha')
    expect(off).toMatchObject({ argvOf: 'conf', next: null })
    await start.run(context, await start.plan(context, { vm: 'alpha' }), { vm: 'alpha' })
    expect(await readVm(host, 'alpha')).toMatchObject({ argvOf: 'run', next: null, devices: off.devices })

    await host.write(conf, editConf(await host.read(conf), { virt_random: 'yes', owner_note: 'ask first' }))
    const edited = await readVm(host, 'alpha')
    expect(edited).toMatchObject({ argvOf: 'run', devices: off.devices, hardware: { random: true } })
    const changed = edited.next?.devices.filter(each => each.change !== 'same' && each.change !== 'moved')
    expect(changed).toEqual([
      { change: 'new', now: null, next: expect.objectContaining({ emulation: 'virtio-rnd' }) },
    ])
    // Its tap and the port of its screen are its own: a cold start gets them again.
    const plain = (argv: readonly string[] = []) => argv.filter(word => !/virtio-rnd|^-s$|^0:\d+:/.test(word))
    expect(plain(edited.next?.argv)).toEqual(plain(edited.argv))
  })
})
