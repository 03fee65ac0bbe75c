import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bhyveTraps } from './bhyve.ts'

const GOLDEN = join(import.meta.dirname, 'golden/bhyve')

/**
 * Where the judgement of an argv may differ from what bhyve did with it: `environment` cases failed for a file or a
 * device that is not there, `silent` cases passed although bhyve did not do what is written.
 */
const judged = JSON.parse(readFileSync(join(GOLDEN, 'judged.json'), 'utf8')) as {
  environment: Record<string, string>
  silent: Record<string, string>
}

const read = (name: string, leaf: string) => {
  const path = join(GOLDEN, name, leaf)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
}

const cases = readdirSync(GOLDEN, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)

function bhyveFailed(name: string): boolean {
  return read(name, 'rc') !== '1' || read(name, 'init.rc') !== '0'
}

describe.each(cases)('%s', name => {
  test('is judged as bhyve does, or better', () => {
    const text = readFileSync(join(GOLDEN, name, 'argv'), 'utf8')
    const argv = text === '' ? [] : text.replace(/\n$/, '').split('\n')
    const traps = bhyveTraps(argv)
    const refused = name in judged.silent || (bhyveFailed(name) && !(name in judged.environment))
    expect(traps.length > 0, JSON.stringify({ argv, traps, note: read(name, 'note').split('\n')[0] })).toBe(
      refused,
    )
  })
})
