import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { answering } from '../golden/answering.testing.ts'
import { reshape } from '../golden/cases.testing.ts'
import type { Host } from '../host.ts'
import {
  getProperties,
  getPropertyArgv,
  getWrittenSince,
  parseFigures,
  parseOneProperty,
  parseProperties,
  parseUserProperty,
} from './properties.ts'
import { CASES, columnsOf, KEEP } from './testing.ts'

describe('zfs get', () => {
  const all = [...CASES, ...KEEP].filter(
    each =>
      each.argv[1] === 'get' && each.argv.includes('-Hp') && each.exit === 0 && !each.argv.includes('-j'),
  )

  test('every row of every listing', () => {
    let rows = 0
    for (const each of all) {
      const from =
        columnsOf(each.argv).length > 0 ? columnsOf(each.argv) : ['name', 'property', 'value', 'source']
      if (!each.argv.includes('all') || !from.includes('property') || !from.includes('source')) continue
      const byName = new Map<string, string>()
      for (const line of each.stdout.split('\n').slice(0, -1)) {
        const name = line.split('\t')[from.indexOf('name')] ?? ''
        const ours = reshape(`${line}\n`, from, ['property', 'value', 'received', 'source'])
        byName.set(name, (byName.get(name) ?? '') + ours)
      }
      for (const text of byName.values()) {
        const { properties, userNames } = parseProperties(text)
        expect(properties.length + userNames.length).toBe(text.split('\n').length - 1)
        rows += properties.length
      }
    }
    expect(rows).toBeGreaterThan(500)
  })

  test('sources, inheritance and received values', () => {
    const text = [
      'compression\tzstd\tzstd\treceived',
      'recordsize\t32768\t65536\tlocal',
      'mountpoint\t/tank/a b\t-\tinherited from tank/a b',
      'used\t98304\t-\t-',
      'quota\t0\t-\tdefault',
      'atime\toff\t-\ttemporary',
      'org.x:u\tone\ttwo\nthree\t\t-\tlocal',
      'org.x:empty\t\t-\tlocal',
      '',
    ].join('\n')
    expect(parseProperties(text)).toEqual({
      properties: [
        { name: 'compression', value: 'zstd', source: 'received', inheritedFrom: null, received: 'zstd' },
        { name: 'recordsize', value: '32768', source: 'local', inheritedFrom: null, received: '65536' },
        {
          name: 'mountpoint',
          value: '/tank/a b',
          source: 'inherited',
          inheritedFrom: 'tank/a b',
          received: null,
        },
        { name: 'used', value: '98304', source: 'none', inheritedFrom: null, received: null },
        { name: 'quota', value: '0', source: 'default', inheritedFrom: null, received: null },
        { name: 'atime', value: 'off', source: 'temporary', inheritedFrom: null, received: null },
      ],
      userNames: ['org.x:u', 'org.x:empty'],
    })
    const row = 'used\t1\t-\t-\n'
    for (const damaged of ['used\t1\t-\n', row.slice(0, -1), 'used\t1\t-\tsomewhere\n', row + row]) {
      expect(() => parseProperties(damaged)).toThrow(AppError)
    }
  })

  test('one property, whatever its value holds', () => {
    const anything = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }))
    fc.assert(
      fc.property(anything, fc.constantFrom('local', 'received'), (value, source) => {
        expect(parseOneProperty(`${source}\t${value}\n`)).toEqual({ value, source, inheritedFrom: null })
        const inherited = { value, source: 'inherited', inheritedFrom: 'tank/a b' }
        expect(parseOneProperty(`inherited from tank/a b\t${value}\n`)).toEqual(inherited)
      }),
    )
    expect(parseOneProperty('-\t-\n')).toBeNull()
    expect(parseOneProperty('local\t-\n')).toEqual({ value: '-', source: 'local', inheritedFrom: null })
    expect(() => parseOneProperty('zfs: what?\n')).toThrow(AppError)
    expect(getPropertyArgv('skep:conf', 'tank@a')).toEqual(
      'zfs get -Hp -o source,value skep:conf tank@a'.split(' '),
    )
  })

  test('properties with any value are read back or refused, never as another value', async () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab:-\t\n') }),
      fc.constantFrom('v\t-\tlocal\norg.x:c\tforged', 'v\t-\tlocal\nquota\t1\t-\tlocal\norg.x:d\tw', '-'),
    )
    await fc.assert(
      fc.asyncProperty(value, value, async (first, second) => {
        const real = new Map([
          ['org.x:a', first],
          ['org.x:b', second],
        ])
        const text = `used\t1\t-\t-\n${[...real].map(([name, own]) => `${name}\t${own}\t-\tlocal\n`).join('')}`
        const host: Host = {
          ...answering(),
          run: argv => {
            const own = real.get(argv[5] ?? '')
            const one = own === undefined ? '-\t-\n' : `local\t${own}\n`
            const isAll = argv[5] === 'all'
            return Promise.resolve({ exit: 0, stderr: '', stdout: isAll ? text : one })
          },
        }
        const properties = await getProperties(host, 'tank').catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'unreadable' })
          return null
        })
        if (!properties) return
        expect(properties[0]).toMatchObject({ name: 'used', value: '1' })
        expect(new Map(properties.slice(1).map(each => [each.name, each.value]))).toEqual(real)
      }),
      { numRuns: 500 },
    )
  })

  test('figures and where a user property is set', async () => {
    expect(parseFigures('written@T\t3244032\nwritten@old1\t5341184\n').get('written@old1')).toBe(5341184)
    expect(() => parseFigures('written@T\t3.2M\n')).toThrow(AppError)
    expect(await getWrittenSince(answering({ stdout: 'written@a b\t7\n' }), 'tank', 'a b')).toBe(7)
    await expect(getWrittenSince(answering({ stdout: 'written@b\t7\n' }), 'tank', 'a')).rejects.toMatchObject(
      {
        code: 'unreadable',
      },
    )
    expect(parseUserProperty('tank/a.before\ttank/a\n')).toEqual(new Map([['tank/a.before', 'tank/a']]))
    expect(parseUserProperty('tank/a@x y\toff\n').get('tank/a@x y')).toBe('off')
    expect(() => parseUserProperty('tank/a@\toff\n')).toThrow(AppError)
  })
})
