/** A guest written by a hand, and a machine to edit it on. */
import { vmRow } from '../row.testing.ts'
import type { Edit, EditKnowledge } from './edit.ts'

const volume = (name: string) => ({ name, type: 'volume' }) as EditKnowledge['datasets'][number]

export function known(more: Partial<EditKnowledge> = {}): EditKnowledge {
  return {
    place: { name: 'web1', directory: '/vm/web1', datastorePath: '/vm', dataset: 'tank/vms', vmDir: '/vm' },
    others: [
      vmRow('db1', {
        disks: [
          {
            index: 0,
            emulation: 'nvme',
            backing: 'zvol',
            path: '/dev/zvol/tank/vms/db1/disk0',
            dataset: 'tank/vms/db1/disk0',
          },
        ],
        nics: [{ index: 0, emulation: 'virtio-net', switchName: 'public', mac: '58:9c:fc:00:00:01' }],
      }),
    ],
    datasets: [volume('tank/vms/web1/disk0'), volume('tank/vms/db1/disk0'), volume('tank/free')],
    switches: ['public', 'lab'],
    newVolumeProblem: () => null,
    stores: ['/vm', '/store2'],
    found: null,
    racct: true,
    pci: new Map([
      ['2/0/0', { driver: 'ix0', usedBy: null }],
      ['3/0/0', { driver: 'ppt0', usedBy: 'db1' }],
      ['3/0/1', { driver: 'ppt1', usedBy: null }],
      ['4/0/0', { driver: 'none0', usedBy: null }],
    ]),
    mac: attempt => `58:9c:fc:00:00:0${attempt}`,
    busyPorts: new Set([5901]),
    maxCpus: 8,
    hostCpus: 4,
    memoryOfHostBytes: 16 * 1024 ** 3,
    ...more,
  }
}

/** Written by a hand: comments, keys nobody knows, an order of its own, no newline at the end. */
export const CONF = `# web1: do not touch
loader="uefi"
cpu=2\t\t# two are enough
memory=2G
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="zvol"
owner_note="ask before"
disk1_type="ahci-cd"   # the installer
disk1_name="/vm/.iso/a.iso"
disk1_dev="custom"
  disk1_opts="indented, so vm-bhyve does not see it"
disk2_type=nvme
disk2_name=disk2.img
network0_type="virtio-net"
network0_switch=public
network0_mac="58:9c:fc:00:00:00"`

/** The lines that go and come. */
export function diff(edit: Edit, text = CONF): string[] {
  if (edit.refused) return [`refused ${edit.refused.detail?.field}: ${edit.refused.message}`]
  const [before, after] = [text.split('\n'), edit.after.split('\n')]
  return [
    ...before.filter(line => !after.includes(line)).map(line => `- ${line}`),
    ...after.filter(line => !before.includes(line) && line !== '').map(line => `+ ${line}`),
  ]
}
