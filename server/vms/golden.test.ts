import { describe, expect, test } from 'vitest'
import { confText, editConf, parseConf } from './conf.ts'
import {
  deviations,
  goldenCases,
  type Part,
  refusedCases,
  startedCases,
  startedParts,
  writtenCases,
  writtenPart,
} from './golden.testing.ts'
import { vmBhyveTable } from './table.testing.ts'
import { launchCase, writtenBack } from './testing.ts'

function compare(name: string, { part, ours, theirs }: { part: Part; ours: unknown; theirs: unknown }): void {
  const reason = deviations[name]?.[part]
  if (reason === undefined) expect(ours, part).toEqual(theirs)
  else expect(ours, `${name} no longer differs (${reason})`).not.toEqual(theirs)
}

test('the deviations name cases that exist', () => {
  const names = goldenCases.map(one => one.name)
  expect(Object.keys(deviations).filter(name => !names.includes(name))).toEqual([])
})

describe.each(startedCases.map(one => [one.name, one] as const))('%s', (name, golden) => {
  for (const part of startedParts(golden)) test(`the same ${part.part}`, () => compare(name, part))

  test('the same files for the loader', () => {
    const { launch } = launchCase(golden).result
    for (const leaf of ['device.map', 'grub.cfg']) {
      const file = launch?.loader?.files.find(one => one.path.endsWith(`/${leaf}`))
      expect(file?.text ?? null).toBe(golden.file(leaf))
    }
  })
})

describe('what vm-bhyve does not start, Skep refuses with a sentence', () => {
  test.each(refusedCases.map(one => [one.name, one] as const))('%s', (_name, golden) => {
    const { result } = launchCase(golden)
    expect(result.refused?.message).toMatch(/^.+\.$/)
    expect(result.refused?.detail?.field).toBeTruthy()
  })
})

describe('values written back as sysrc writes them', () => {
  test.each(writtenCases.map(one => [one.name, one] as const))('%s', (name, golden) => {
    compare(name, writtenPart(golden))
    const conf = parseConf(editConf(golden.conf, writtenBack(golden)))
    for (const [key, value] of Object.entries(writtenBack(golden))) expect(confText(conf, key)).toBe(value)
  })
})

test('docs/vm-bhyve.md counts these cases', async () => {
  await expect(vmBhyveTable()).toMatchFileSnapshot('../../docs/vm-bhyve.md')
})
