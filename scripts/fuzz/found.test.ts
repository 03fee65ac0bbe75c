/** What the fuzzer has found: each text was once read as something that it does not say. */
import { describe, expect, test } from 'vitest'
import { parseCtime, parseSpan } from '../../server/host/zpool/clock.ts'
import { parsePoolEvents } from '../../server/host/zpool/events.ts'
import { parseConf } from '../../server/vms/conf.ts'
import { parseShellAssignments } from '../../server/vms/system-conf.ts'
import { PARSERS } from './registry.ts'
import { workOf } from './work.ts'

function parserNamed(name: string) {
  const found = PARSERS.find(one => one.name === name)
  if (!found) throw new Error(`no parser is named ${name}`)
  return found
}

/** A seed of the parser with one change, which has to be possible. */
function changed(name: string, from: string | RegExp, to: string): string {
  const seed = parserNamed(name).seeds.find(text => text.search(from) >= 0)
  if (seed === undefined) throw new Error(`no seed of ${name} holds ${from}`)
  return seed.replace(from, to)
}

/** A figure or a name that is one by half. */
const CUT = [
  ['parseSysctl', /hw\.physmem=(\d{7})[\s\S]*/, 'hw.physmem=$1'],
  ['parseProcesses', /(bhyve: we)[\s\S]*/, '$1'],
  ['parseInterfaces', /(mtu 15)[\s\S]*/, '$1'],
  ['parsePciconf', /(device=0x12)[\s\S]*/, '$1'],
  ['parsePoolStatus', /(errors: No known)[\s\S]*/, '$1'],
  ['parsePoolStatus', /(\n\t +mirror[^\n]*\n)[\s\S]*/, '$1'],
  ['parseLinuxLoad', /MemAvailable: {3}2000[\s\S]*/, 'MemAvailable:   2000 kB'],
] as const

/** Told twice: which one counts is anybody's guess. */
const TWICE = [
  ['parseProcesses', /^( *4242 .*\n)/m, '$1$1'],
  ['parseInterfaces', /^tap0:/m, 'em0:'],
  ['parsePciconf', /^none0@/m, 'ppt0@'],
  ['parsePciconf', /^( {4}device .*\n)/m, '$1$1'],
  ['parseDatasets', /^(.*\n)/, '$1$1'],
  ['parseSnapshots', /^(.*\n)/, '$1$1'],
  ['parseHolds', /^(.*\n)/, '$1$1'],
  ['parseFigures', 'written@before', 'used'],
  ['parsePoolStatus', /^( state:.*\n)/m, '$1$1'],
  ['parsePoolStatus', /^(\t {4}\S+ +ONLINE.*\n)/m, '$1$1'],
] as const

/** Figures that JavaScript reads and programs do not print. */
const FIGURES = [
  ['parseProcesses', '12.5', '1.2.5'],
  ['parseProcesses', '12.5', '999999999999999999990.0'],
  ['parseProcesses', '1048576', '99999999999999999999'],
  ['parsePciconf', '@pci0:2:', '@pci99999999999999999999:2:'],
  ['parseInterfaces', 'mtu 1500', 'mtu 1500 0'],
  ['parseDatasets', /\t(\d+)\t/, '\t00$1\t'],
  ['parseDatasets', /\t(\d\.\d\d)\t/, '\t$1x\t'],
  ['parseCpuTime', '1 2 3 4 5', '1 2 3 4 0x5'],
  ['parseLoad', 'kern.cp_time=1 2 3 4 5', 'kern.cp_time=1e3 2 3 4 5'],
  ['parseLinuxFacts', /^cpu\d.*\n/gm, ''],
  ['parseConfig', /(ONLINE +)0( +0)/, '$11.2.3$2'],
  ['parseScan', /with 0 errors on \w+ \w+/, 'with 0 errors on Mon Feb'],
  ['parseRelease', '14.', '99999999999999999999.'],
] as const

describe.each([...CUT, ...TWICE, ...FIGURES])('%s of an answer with %s for %s', (name, from, to) => {
  test('refuses', () => {
    const text = changed(name, from, to)
    expect(parserNamed(name).isRefused(text), text).toBe(true)
    expect(parserNamed(name).fault(text)).toBeNull()
  })
})

test('a time is one that a calendar and a clock know', () => {
  expect(parseCtime('Sun Nov 22 09:52:54 2026')).not.toBeNull()
  expect(parseCtime('Mon Nov 22 09:52:54 2026')).toBeNull()
  expect(parseCtime('Sun Nov 22 25:52:54 2026')).toBeNull()
  expect(parseCtime('Tue Feb 30 09:52:54 2026')).toBeNull()
  expect(parseSpan('00:00:99')).toBeNull()
})

test('a value of rc.conf that goes on in the next line is asked of sysrc', () => {
  expect(parseShellAssignments(['vm_list="web1\n  db1"\n']).get('vm_list')).toBeNull()
  expect(parseShellAssignments(['vm_list=web1\\\n']).get('vm_list')).toBeNull()
})

test('a run of blanks in a conf costs no more than its length', () => {
  const cost = (size: number) => workOf(() => parseConf(`a=b${' '.repeat(size)}c\n`))
  expect(cost(2000) / cost(1000)).toBeLessThan(2.1)
})

test('a text of many lines in an event costs no more than its length', () => {
  const cost = (lines: number) => {
    const text = `Nov 22 2026 09:52:54.000000000\tsysevent.fs.zfs.history_event\n        history_internal_str = "${'x\n'.repeat(lines)}"\n\n`
    return workOf(() => parsePoolEvents(text))
  }
  expect(cost(2000) / cost(1000)).toBeLessThan(2.1)
})
