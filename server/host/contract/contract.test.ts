/**
 * What Skep asks of zfs and zpool, and what it makes of the answers. Every story is told to the sandbox; what real
 * OpenZFS answered, version by version, is read again; and the sandbox must say it as a version beside its own does.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandboxForTest, type TestHost } from '../sandbox/testing.ts'
import { zfsVersion } from '../zfs/version.ts'
import { type Fault, misfits, retell, strangers } from './judge.testing.ts'
import { readRecording, recordedVersions, settled } from './recordings.testing.ts'
import { play } from './run.testing.ts'
import { TABLE_FILE, tableText } from './table.testing.ts'
import { isFor, type KnownDifferences } from './theme.testing.ts'
import { THEMES } from './themes.testing.ts'

const VERSIONS = recordedVersions()

/** Faults that nobody knows of, and known ones that are gone and must be struck from the list. */
function surprises(faults: readonly Fault[], known: KnownDifferences): string[] {
  const unknown = faults.filter(({ step }) => known[step] === undefined && known['*'] === undefined)
  const gone = Object.keys(known).filter(step => !faults.some(fault => fault.step === step || step === '*'))
  return [
    ...unknown.map(({ step, wrong }) => `${step}: ${wrong}`),
    ...gone.map(step => `${step}: listed as a known difference, but there is none`),
  ]
}

for (const theme of THEMES) {
  const recordings = VERSIONS.map(version => readRecording(version, theme.name))
  describe(`${theme.title}, on the sandbox`, () => {
    let host: TestHost
    let version = ''
    beforeAll(async () => {
      host = await sandboxForTest({ seed: 'empty' })
      version = (await zfsVersion(host)).userland.replace(/-.*/, '')
    })
    afterAll(() => host.close())

    test.each(theme.scenarios)('$name', async ({ name, steps, sandbox }) => {
      const told = await play(host, steps)
      const recorded = recordings.flatMap(recording => recording.get(name) ?? [])
      const faults = [
        ...misfits(told, version),
        ...strangers(
          settled(told),
          recordings.flatMap(each => {
            const steps = each.get(name)
            return steps ? [steps] : []
          }),
        ),
      ]
      expect(recorded.length).toBeGreaterThan(0)
      expect(surprises(faults, sandbox)).toEqual([])
    })
  })
}

describe.each(VERSIONS)('what OpenZFS %s answered', version => {
  for (const theme of THEMES) {
    const recording = readRecording(version, theme.name)
    const scenarios = theme.scenarios.filter(scenario => isFor(scenario, version))
    test.each(scenarios)(`${theme.title}: $name`, async ({ name, steps }) => {
      const told = await retell(steps, recording.get(name) ?? [])
      if (told === null) throw new Error('the story is new or was changed: record it with npm run contract')
      expect(misfits(told, version)).toEqual([])
    })
  }
})

test('the table in the handbook is the one of these recordings', () => {
  expect(readFileSync(path.join(import.meta.dirname, '../../..', TABLE_FILE), 'utf8')).toBe(tableText())
})
