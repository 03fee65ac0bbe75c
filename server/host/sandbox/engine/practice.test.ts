import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { NOTES_LBA, practiceDisk, practiceIso } from './practice.ts'

const SOURCE = fileURLToPath(new URL('./practice/practice.asm', import.meta.url))
const BINARY = new URL('./practice/practice.bin', import.meta.url)

function hasNasm(): boolean {
  try {
    execFileSync('nasm', ['-v'])
    return true
  } catch {
    return false
  }
}

describe('the practice guest', () => {
  test.runIf(hasNasm())('is what nasm makes of its source', () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-nasm-'))
    try {
      const made = path.join(dir, 'practice.bin')
      execFileSync('nasm', ['-f', 'bin', '-i', `${path.dirname(SOURCE)}/`, SOURCE, '-o', made])
      expect(readFileSync(made).equals(readFileSync(BINARY))).toBe(true)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  test('lies on its disk as its source says', () => {
    const disk = practiceDisk('web1', 'moss', ['one', 'two'])
    expect(disk.readUInt16LE(510)).toBe(0xaa55)
    const identity = disk.subarray(64 * 512, 65 * 512)
    expect(identity.toString('latin1', 0, 8)).toBe('SKEPDISK')
    expect(identity[9]).toBe(1)
    expect(identity.readUInt32LE(12)).toBe(0)
    expect(identity.readUInt32LE(16)).toBe(2)
    expect(identity.toString('latin1', 32, 37)).toBe('web1\0')
    expect(disk.toString('latin1', (NOTES_LBA + 1) * 512, (NOTES_LBA + 1) * 512 + 4)).toBe('two\0')
  })

  test('cuts a label and a note that are too long', () => {
    const disk = practiceDisk('x'.repeat(99), 'honey', ['y'.repeat(999)])
    expect(disk.toString('latin1', 64 * 512 + 32, 64 * 512 + 64)).toBe(`${'x'.repeat(30)}\0\0`)
    expect(disk.length).toBe((NOTES_LBA + 1) * 512)
  })

  test('has a CD with a boot catalogue that leads to it, and a file to read', () => {
    const iso = practiceIso()
    expect(iso.length).toBeLessThan(256 * 1024)
    expect(iso.length % 2048).toBe(0)
    expect(iso.toString('latin1', 16 * 2048 + 1, 16 * 2048 + 6)).toBe('CD001')
    const catalogue = iso.readUInt32LE(17 * 2048 + 71) * 2048
    let sum = 0
    for (let at = 0; at < 32; at += 2) sum += iso.readUInt16LE(catalogue + at)
    expect(sum & 0xffff).toBe(0)
    const boot = iso.readUInt32LE(catalogue + 40) * 2048
    const program = readFileSync(BINARY)
    expect(iso.readUInt16LE(catalogue + 38) * 512).toBe(program.length)
    expect(iso.subarray(boot, boot + program.length).equals(program)).toBe(true)
    const root = iso.readUInt32LE(16 * 2048 + 158) * 2048
    expect(iso.toString('latin1', root, root + 2048)).toContain('README.TXT;1')
  })
})
