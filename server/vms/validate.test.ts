import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConf } from './conf.ts'
import { GOLDEN, goldenCase, goldenNames } from './testing.ts'
import { confProblems, whyBadName } from './validate.ts'

const place = { name: 'web1', directory: '/vm/web1', datastorePath: '/vm', dataset: 'tank/vms', vmDir: '/vm' }
const BASE = 'loader="uefi"\ncpu="2"\nmemory="2G"\ndisk0_type="virtio-blk"\ndisk0_name="disk0.img"\n'
const problems = (extra: string) => confProblems(place, parseConf(extra + BASE), parseConf(''))

/** Guests that vm-bhyve starts and Skep refuses, with the field that is wrong: bhyve would not do what is written. */
const refused = JSON.parse(readFileSync(join(GOLDEN, 'refusals.json'), 'utf8')) as Record<string, string>

describe('confs that vm-bhyve starts', () => {
  const started = goldenNames()
    .map(goldenCase)
    .filter(golden => golden.argv.length > 0)
  test.each(started.map(golden => [golden.name, golden] as const))('%s', (name, golden) => {
    const found = confProblems(
      { ...place, name: golden.json.guest, directory: golden.json.guest_dir },
      parseConf(golden.conf),
      parseConf(golden.system),
    )
    expect(found.map(one => one.field)[0], JSON.stringify(found)).toBe(refused[name])
  })
  test('the refusals name cases that exist', () => {
    expect(Object.keys(refused).filter(name => !started.some(golden => golden.name === name))).toEqual([])
  })
})

test('a conf in order has no problem', () => {
  expect(problems('')).toEqual([])
})

test.each([
  ['memory=""\n', 'memory'],
  ['memory="0512"\n', 'memory'],
  ['memory="4GiB"\n', 'memory'],
  ['memory="G"\n', 'memory'],
  ['cpu="4"\ncpu_cores="2"\n', 'cpu'],
  ['cpu="010"\n', 'cpu'],
  ['uuid="junk"\n', 'uuid'],
  ['loader="bios"\n', 'loader'],
  ['graphics="yes"\ngraphics_listen="localhost"\n', 'graphics_listen'],
  ['graphics="yes"\ngraphics_port="590000"\n', 'graphics_listen'],
  ['graphics="yes"\ngraphics_res="66560x768"\n', 'graphics_res'],
  ['graphics="yes"\ngraphics_vga="on"\n', 'graphics_vga'],
  ['graphics="yes"\nvnc_password="a,b"\n', 'graphics_listen'],
  ['graphics="yes"\nvnc_password="a%b"\n', 'vnc_password'],
  ['disk1_type="virtio-blk"\ndisk1_name="a,b.img"\n', 'disk1_name'],
  ['disk1_type="virtio-blk"\ndisk1_name="a b.img"\n', 'disk1_name'],
  ['disk1_type="floppy"\ndisk1_name="a.img"\n', 'disk1_type'],
  ['disk1_name="a.img"\n', 'disk1_type'],
  ['disk1_type="nvme"\ndisk1_name="a.img"\ndisk1_opts="maxq=17"\n', 'disk1_opts'],
  ['network0_type="virtio-net"\n', 'network0_switch'],
  ['network0_type="virtio-net"\nnetwork0_switch="p"\nnetwork0_mac="58:9c:fc:00:10:00junk"\n', 'network0_mac'],
  ['network0_type="virtio-net"\nnetwork0_switch="p"\nnetwork0_name="web1nic"\n', 'network0_name'],
  ['bhyve_options="-s"\n', 'bhyve_options'],
  ['bhyve_options="-s help"\n', 'bhyve_options'],
  ['bhyve_options="-f /etc/*"\n', 'bhyve_options'],
  ['comports="com5"\n', 'comports'],
  ['start_slot="0"\n', 'start_slot'],
  ['start_slot="x"\n', 'start_slot'],
  ['virt_console0="a,b"\n', 'virt_console0'],
  ['passthru0="2:0:0"\n', 'passthru0'],
  ['note="x"\r\n', 'note'],
])('%j is refused at its field', (extra, field) => {
  const found = problems(extra)
  expect(found[0]?.field, JSON.stringify(found)).toBe(field)
  expect(found[0]?.message).toMatch(/^.+\.$/)
})

test('names', () => {
  expect(whyBadName('web-1.example')).toBeNull()
  for (const name of ['a', '-a', 'a-', 'a b', 'ä1', 'a/b', '', `a${'b'.repeat(229)}`]) {
    expect(whyBadName(name)).not.toBeNull()
  }
})
