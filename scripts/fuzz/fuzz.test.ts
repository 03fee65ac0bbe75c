import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { growing } from './growth.ts'
import { PARSERS } from './registry.ts'
import { faultText, findFault } from './run.ts'
import { workOf } from './work.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The same cases every time; the bench goes on behind them. */
const SEED = 20261125
const CASES = 10_000

/** Names of what a room exports to read text with; the sandbox answers, it does not read. */
function exportedParsers(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter(file => /^(?!sandbox\/).*(?<!\.test|\.testing)\.ts$/.test(file))
    .flatMap(file => [
      ...readFileSync(join(ROOT, room, file), 'utf8').matchAll(
        /^export (?:function|const) (parse[A-Z]\w*)/gm,
      ),
    ])
    .map(match => match[1] ?? '')
}

test('every parser of the rooms that read a machine is in the registry', () => {
  const registered = new Set(PARSERS.map(one => one.name))
  const missing = [...exportedParsers('server/host'), ...exportedParsers('server/vms')].filter(
    name => !registered.has(name),
  )
  expect(missing).toEqual([])
  expect(PARSERS.filter(one => one.seeds.length === 0).map(one => one.name)).toEqual([])
})

test(`${CASES} damaged answers of seed ${SEED}: read as they stand or refused, never a crash`, () => {
  const fault = findFault(PARSERS, SEED, 0, CASES)
  expect(fault && faultText(fault)).toBeNull()
})

describe.each(PARSERS.map(one => [one.name, one] as const))('%s', (_name, one) => {
  test('reads what real programs said', () => {
    for (const seed of one.seeds) {
      expect(one.isRefused(seed), seed).toBe(false)
      expect(one.fault(seed), seed).toBeNull()
    }
  })

  test('takes any text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), text => {
        expect(one.fault(text)).toBeNull()
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('works in proportion to the length of the text', () => {
    for (const { name, text } of growing((one.seeds[0] ?? '').slice(0, 700))) {
      const [first, second, third] = [300, 600, 1200].map(size => workOf(() => one.fault(text(size))))
      if (first === undefined || second === undefined || third === undefined || third < 20_000) continue
      // Twice the addition may cost twice as much again; a quadratic pattern costs four times as much.
      expect((third - second) / Math.max(1, second - first), name).toBeLessThan(2.6)
    }
  })

  if (one.lines) {
    test('refuses an answer that breaks off within a line', () => {
      for (const seed of one.seeds.slice(0, 3)) {
        for (let end = 1; end < Math.min(seed.length, 3000); end++) {
          if (seed[end - 1] === '\n') continue
          expect(one.isRefused(seed.slice(0, end)), seed.slice(0, end)).toBe(true)
        }
      }
    })
  }

  if (one.keyed) {
    test('refuses a line that comes twice', () => {
      for (const seed of one.seeds.slice(0, 3)) {
        const lines = seed.split('\n').slice(0, -1)
        for (const [index, line] of lines.entries()) {
          const twice = lines.toSpliced(index, 0, line)
          expect(one.isRefused(`${twice.join('\n')}\n`), line).toBe(true)
        }
      }
    })
  }
})

test('the count of work tells a quadratic pattern from a linear one', () => {
  const cost = (pattern: RegExp, size: number) => workOf(() => pattern.test(`a${' '.repeat(size)}b`))
  expect(cost(/ *$/, 2000) / cost(/ *$/, 1000)).toBeGreaterThan(3.5)
  expect(cost(/^a *b$/, 2000) / cost(/^a *b$/, 1000)).toBeLessThan(2.1)
  expect(workOf(() => 'x'.repeat(500).split(','))).toBeGreaterThanOrEqual(500)
})
