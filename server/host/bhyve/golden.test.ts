import { describe, expect, test } from 'vitest'
import { type BhyveCase, bhyveCases, capturedOn, judged, readByModel, withDump } from './golden.testing.ts'
import { bhyveTable } from './table.testing.ts'
import { bhyveTraps } from './traps.ts'

/** An assertion of libnv names a line of its own source. */
const ABORTED = 134

const refusedByBhyve = (one: BhyveCase) => one.dump?.exit !== 1 || one.init?.exit !== 0

describe.each(bhyveCases.map(one => [one.name, one] as const))('%s', (name, one) => {
  test('gives the tree that bhyve prints, or its refusal', async () => {
    if (!one.dump) return
    const { exit, stdout, stderr } = await readByModel(withDump(one.argv))
    expect({ exit, stdout }).toEqual({ exit: one.dump.exit, stdout: one.dump.stdout })
    if (exit === ABORTED) expect(stderr).toMatch(/^Assertion failed/)
    else expect(stderr).toBe(one.dump.stderr)
  })

  test('goes on as bhyve does until the guest runs', async () => {
    if (!one.init) return
    const { exit, stderr } = await readByModel(one.argv, capturedOn)
    expect(exit).toBe(one.init.exit)
    if (exit !== ABORTED) expect(stderr).toBe(one.init.stderr)
  })

  test('is judged as bhyve does, or better', () => {
    const traps = bhyveTraps(one.argv)
    const refused = name in judged.silent || (refusedByBhyve(one) && !(name in judged.environment))
    expect(traps.length > 0, JSON.stringify({ argv: one.argv, traps, note: one.note })).toBe(refused)
  })
})

test('every reason belongs to a case that needs it', () => {
  const byName = new Map(bhyveCases.map(one => [one.name, one]))
  const refused = (name: string) => {
    const one = byName.get(name)
    return one ? refusedByBhyve(one) : null
  }
  expect(Object.keys(judged.silent).filter(name => refused(name) !== false)).toEqual([])
  expect(Object.keys(judged.environment).filter(name => refused(name) !== true)).toEqual([])
})

test('docs/bhyve-argv.md counts these cases', async () => {
  await expect(await bhyveTable()).toMatchFileSnapshot('../../../docs/bhyve-argv.md')
})
