import { describe, expect, test } from 'vitest'
import { cpuWords, diskOptionWords, limitWords } from './words.ts'

describe('the options of a disk', () => {
  test.each([
    ['', ''],
    ['ro', 'read-only'],
    ['nodelete,sectorsize=512/4096', 'no TRIM, sectors of 512 bytes on 4096'],
    ['sectorsize=4096,bootindex=1', 'sectors of 4096 bytes, boot position 1'],
    ['maxq=4,ser=A1', 'maxq=4, serial number A1'],
    ['ro,,what', 'read-only, what'],
  ])('%j', (options, words) => {
    expect(diskOptionWords(options)).toBe(words)
  })
})

test('limits', () => {
  const free = { priority: '', pcpu: '', rbps: '', wbps: '', riops: '', wiops: '' }
  expect(limitWords(free)).toBe('')
  expect(limitWords({ ...free, pcpu: '150', wiops: '9', priority: '-5' })).toBe(
    'at most 150 % of a CPU · 9 writes a second · priority -5',
  )
})

describe('CPUs', () => {
  const cpu = { cpus: '4', sockets: '', cores: '', threads: '', pins: [] }
  test.each([
    [cpu, '4 CPUs, each in a socket of its own'],
    [{ ...cpu, cpus: '1' }, '1 CPU'],
    [{ ...cpu, cpus: '' }, 'no number of CPUs'],
    [{ ...cpu, sockets: '1', cores: '2', threads: '2' }, '4 CPUs: 1 socket × 2 cores × 2 threads'],
    // bhyve takes as many sockets as CPUs where it is told none.
    [{ ...cpu, cores: '1' }, '4 CPUs: 4 sockets × 1 core × 1 thread'],
    [{ ...cpu, cpus: '1', pins: ['0:2', '1:3'] }, '1 CPU · pinned: 0 on CPU 2, 1 on CPU 3'],
  ])('%o', (given, words) => {
    expect(cpuWords(given)).toBe(words)
  })
})
