import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../testing.ts'
import { ownKey, readIdentity } from './keys.ts'

let dir = ''
let remove = async () => {}
beforeEach(async () => {
  const made = await temporaryDirectory()
  dir = made.dir
  remove = made.remove
})
afterEach(() => remove())

describe('Skep’s own key', () => {
  test('is the same ever after, also when its public half is lost', () => {
    const first = ownKey(dir)
    const secret = readFileSync(first.path, 'utf8')
    expect(ownKey(dir)).toEqual(first)
    rmSync(`${first.path}.pub`)
    expect(ownKey(dir)).toEqual(first)
    expect(readFileSync(first.path, 'utf8')).toBe(secret)
    expect(execFileSync('ssh-keygen', ['-yf', first.path], { encoding: 'utf8' }).trim()).toBe(
      first.publicKeyLine,
    )
  })

  test('that cannot be read is never replaced', () => {
    const { path: file } = ownKey(dir)
    writeFileSync(file, 'half of a key')
    expect(() => ownKey(dir)).toThrow('no private key that Skep can read')
    expect(readFileSync(file, 'utf8')).toBe('half of a key')
  })
})

test('what is no file, or far too long for a key, is not opened', () => {
  const pipe = path.join(dir, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const file of [pipe, '/dev/zero', dir])
    expect(() => readIdentity(file)).toThrow('no private key that Skep can read')
  const long = path.join(dir, 'long')
  writeFileSync(long, Buffer.alloc(65 * 1024))
  expect(() => readIdentity(long)).toThrow('no private key that Skep can read')
})
