/** The seed of a cloud image: its texts, and a guest that is made with one. */
import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type Stage, stage } from '../actions.testing.ts'
import { imageFacts } from '../host/image-format.ts'
import { failureOf } from '../testing.ts'
import { clone } from './actions/clone.ts'
import { create } from './actions/create.ts'
import { metaData, networkConfig, userData } from './cloud-init.ts'
import { readVm } from './detail.ts'
import { type CloudInput, type CreateVmInput, cloudInput } from './input.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna: "home" # 1'
const CLOUD: CloudInput = {
  user: 'anna',
  sshKeys: [KEY],
  network: { address: '192.0.2.10/24', gateway: '192.0.2.1', nameServers: ['192.0.2.2', '192.0.2.3'] },
}

test('whatever stands in a key stays one text of YAML', () => {
  expect(userData(CLOUD)).toBe(`#cloud-config
resize_rootfs: True
manage_etc_hosts: localhost
users:
  - default
  - name: "anna"
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys:
      - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna: \\"home\\" # 1"
ssh_authorized_keys:
  - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna: \\"home\\" # 1"
`)
  expect(userData({ ...CLOUD, user: null, sshKeys: [] })).toBe(
    '#cloud-config\nresize_rootfs: True\nmanage_etc_hosts: localhost\n',
  )
})

test('the network is the card’s by its address, and DHCP where none is given', () => {
  expect(networkConfig(CLOUD, '58:9c:fc:00:00:01')).toBe(`version: 2
ethernets:
  id0:
    set-name: eth0
    match:
      macaddress: "58:9c:fc:00:00:01"
    addresses: ["192.0.2.10/24"]
    nameservers:
      addresses: ["192.0.2.2", "192.0.2.3"]
    routes:
      - to: 0.0.0.0/0
        via: "192.0.2.1"
`)
  expect(networkConfig({ ...CLOUD, network: null }, '58:9c:fc:00:00:01')).toBe(null)
  expect(networkConfig(CLOUD, null)).toBe(null)
  expect(metaData({ directory: '/vm/x', name: 'no', uuid: 'u', mac: null })).toBe(
    'instance-id: u\nlocal-hostname: "no"\n',
  )
})

test.each([
  { sshKeys: ['AAAA'] },
  { sshKeys: ['ssh-rsa AAAA x\nruncmd: [evil]'] },
  { user: 'Anna' },
  { user: 'a b' },
  { network: { address: '192.0.2.10', gateway: null, nameServers: [] } },
  { network: { address: '192.0.2.10/24', gateway: 'gate', nameServers: [] } },
])('refused at the door: %o', change => {
  expect(z.safeParse(cloudInput, { ...CLOUD, ...change }).success).toBe(false)
})

let on: Stage & AsyncDisposable
beforeEach(async () => {
  on = await stage()
  await on.host.mkdir('/vm/.img')
  await on.host.writeBytes('/vm/.img/cloud.raw', 0, Buffer.alloc(1024, 1))
  return () => on[Symbol.asyncDispose]()
})

const input: CreateVmInput = {
  ...{ name: 'cloud', datastore: 'default', kind: 'linux', cpus: 1, memoryMiB: 64 },
  ...{ switchName: 'public', resolution: null, iso: null, cloud: CLOUD },
  disk: {
    ...{ from: 'new', dataset: 'tank/vms/cloud/disk0', sizeBytes: 8 * 1024 ** 2, sparse: true },
    ...{ volblocksizeBytes: null, emulation: 'virtio-blk', image: '/vm/.img/cloud.raw' },
  },
}

test('a guest of an image has its seed in a drive, and the seed is the files of its directory', async () => {
  const plan = await create.plan(on.context, input)
  expect(plan.refused).toBe(undefined)
  await create.run(on.context, plan, input)
  const vm = await readVm(on.host, 'cloud')
  expect(vm.disks[1]).toMatchObject({ emulation: 'ahci-cd', path: '/vm/cloud/seed.iso' })
  expect(vm.argv.join(' ')).toContain('ahci-cd,/vm/cloud/seed.iso')
  const head = await on.host.readBytes('/vm/cloud/seed.iso', 0, 36 * 1024)
  expect(imageFacts(head).format).toBe('iso')
  expect(Buffer.from(head.subarray(16 * 2048 + 40, 16 * 2048 + 46)).toString()).toBe('cidata')
  const mac = /network0_mac="(.*)"/.exec(vm.conf)?.[1] ?? 'none'
  expect(await on.host.read('/vm/cloud/.cloud-init/network-config')).toContain(mac)
  expect(await create.settle(on.context, plan, [])).toMatchObject({ state: 'done' })

  const copy = { vm: 'cloud', name: 'copy', tag: null, network: true }
  const cloned = await clone.plan(on.context, copy)
  expect(cloned.refused).toBe(undefined)
  await clone.run(on.context, cloned, copy)
  expect((await readVm(on.host, 'copy')).disks).toHaveLength(1)
})

test('a seed that cannot be made leaves nothing of the guest', async () => {
  const plan = await create.plan(on.context, input)
  await on.host.run(['fault', 'add', 'makefs', '--', 'exit', '1', 'makefs: no', 'once'])
  expect((await failureOf(create.run(on.context, plan, input))).message).toContain('Nothing of it is left')
  expect(await on.host.stat('/vm/cloud')).toBe(null)
})
