import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { answering } from '../golden/answering.testing.ts'
import { factsFile, type GoldenCase, goldenCases, reshape } from '../golden/cases.testing.ts'
import { zpoolRecognisers } from './errors.ts'
import { parsePoolEvents, ZpoolEventReader } from './events.ts'
import { parsePoolIo, poolIoArgv, readPoolIo } from './iostat.ts'
import { getPool, listPoolsArgv, parsePoolProperties, parsePools, scrubArgv } from './list.ts'
import { parseScan, parseShortSize } from './scan.ts'
import { getPoolStatus, parsePoolStatus, poolStatusArgv } from './status.ts'
import type { ZpoolVdev } from './vdevs.ts'

const VERSIONS = ['2.1.11', '2.3.9', '2.4.4']
const CASES = goldenCases('zpool')

function of(version: string, verb: string): GoldenCase[] {
  return CASES.filter(
    each => each.name.startsWith(`${version}/`) && each.argv[1] === verb && each.argv[0] === 'zpool',
  )
}

function flat(vdevs: readonly ZpoolVdev[]): ZpoolVdev[] {
  return vdevs.flatMap(vdev => [vdev, ...flat(vdev.children)])
}

describe('zpool iostat', () => {
  function the(version: string, name: string): GoldenCase {
    const found = CASES.find(each => each.name === `${version}/${name}`)
    if (!found) throw new Error(`There is no capture ${name} of ${version}.`)
    return found
  }
  const asked = (host: ReturnType<typeof answering>) => readPoolIo(host, 1, new AbortController().signal)

  test('one measurement of whole seconds or parts of one, without the means since boot', () => {
    expect(poolIoArgv(9)).toEqual(['zpool', 'iostat', '-Hpy', '9', '1'])
    expect(poolIoArgv(0.5)).toEqual(['zpool', 'iostat', '-Hpy', '0.5', '1'])
  })

  test.each(VERSIONS)('%s: a row a pool, whose name may have blanks', version => {
    const { stdout } = the(version, 'create.space-name-iostat')
    const [first, second] = parsePoolIo(stdout)
    const [, , , reads, writes, readBytes, writtenBytes] = stdout.split(/[\t\n]/)
    expect(first).toEqual({
      name: 'a b',
      ...{ reads: Number(reads), writes: Number(writes) },
      ...{ readBytes: Number(readBytes), writtenBytes: Number(writtenBytes) },
    })
    expect(second?.name).toBe('tank')
  })

  test.each(VERSIONS)('%s: more than one measurement is not ours', async version => {
    await expect(asked(answering(the(version, 'iostat.pool3')))).rejects.toThrow('“tank” comes twice')
  })

  test('no pool is no figure', async () => {
    expect(await asked(answering(the('2.4.4', 'empty.iostat')))).toEqual([])
  })
})

describe('zpool status', () => {
  const texts = CASES.filter(each => each.argv[1] === 'status' && each.exit === 0)

  test.each(VERSIONS)('%s: the facts written down', async version => {
    const facts = Object.fromEntries(
      of(version, 'status')
        .filter(each => each.exit === 0)
        .map(each => [each.name.slice(version.length + 1), parsePoolStatus(each.stdout)]),
    )
    expect(Object.keys(facts).length).toBeGreaterThan(50)
    await expect(`${JSON.stringify(facts, null, 1)}\n`).toMatchFileSnapshot(
      factsFile(`zpool/${version}`, 'status'),
    )
  })

  test.each(texts)('$name: no vdev, paragraph or counter is lost', ({ stdout }) => {
    const pools = parsePoolStatus(stdout)
    expect(pools).toHaveLength(stdout.match(/^ {2}pool: /gm)?.length ?? 0)
    const states = /^\t *\S.*? +(?:ONLINE|DEGRADED|FAULTED|OFFLINE|UNAVAIL|REMOVED|AVAIL|INUSE)\b.*$/gm
    const lines = stdout.match(states) ?? []
    const vdevs = pools.flatMap(pool => flat(pool.vdevs))
    expect(vdevs.length + pools.filter(pool => pool.root).length).toBe(lines.length)
    const words = lines.flatMap(line => / {2,}\d+ +\d+ +(\d+)\b/.exec(line)?.[1] ?? [])
    const counted = [...vdevs, ...pools.flatMap(pool => pool.root ?? [])].reduce(
      (sum, vdev) => sum + vdev.checksumErrors,
      0,
    )
    if (!/\d[KMG] *$/m.test(stdout)) expect(counted).toBe(words.reduce((sum, word) => sum + Number(word), 0))
    for (const pool of pools) {
      expect(pool.statusText === null).toBe(!stdout.includes('\nstatus: '))
      expect(pool.scan.state !== 'none' || !/^ {2}scan: (?!none)/m.test(stdout) || pools.length > 1).toBe(
        true,
      )
    }
  })

  test('a running scrub says how far it is, in both wordings', () => {
    const older = parsePoolStatus(stdoutOf('2.1.11/scrub.progress1'))[0]?.scan
    expect(older).toMatchObject({
      kind: 'scrub',
      state: 'running',
      startedAt: Date.UTC(2026, 10, 22, 9, 53, 35),
      percent: 17.38,
      secondsLeft: 19,
      scannedBytes: 739 * 2 ** 20,
      issuedBytes: 128 * 2 ** 20,
      totalBytes: 739 * 2 ** 20,
      bytesPerSecond: Math.round(32.1 * 2 ** 20),
      repairedBytes: 0,
    })
    const newer = parsePoolStatus(stdoutOf('2.3.9/scrub.progress1'))[0]?.scan
    expect(newer).toMatchObject({
      percent: 20.42,
      secondsLeft: 3,
      issuedBytes: 151 * 2 ** 20,
      totalBytes: 739 * 2 ** 20,
    })
  })

  test('a finished, a paused, a canceled and a sequential one', () => {
    expect(
      parseScan(['resilvered (mirror-0) 1.5G in 1 days 02:03:04 with 2 errors on Sun Nov  1 10:06:01 2026']),
    ).toMatchObject({
      kind: 'resilver',
      state: 'finished',
      errors: 2,
      endedAt: Date.UTC(2026, 10, 1, 10, 6, 1),
      startedAt: Date.UTC(2026, 9, 31, 8, 2, 57),
      repairedBytes: 1.5 * 2 ** 30,
    })
    expect(parsePoolStatus(stdoutOf('2.4.4/scrub.paused.status-pP'))[0]?.scan).toMatchObject({
      kind: 'scrub',
      state: 'paused',
      startedAt: Date.UTC(2026, 10, 22, 10, 18, 25),
      percent: 0,
    })
    expect(parseScan(['none requested']).state).toBe('none')
    expect(() => parseScan(['polishing in progress'])).toThrow(AppError)
  })

  test('names with blanks, and characters of several bytes, keep their place', () => {
    const config = (name: string): string =>
      [
        '  pool: a b',
        ' state: ONLINE',
        'config:',
        '',
        '\tNAME                 STATE     READ WRITE CKSUM',
        '\ta b                  ONLINE       0     0     0',
        `\t  ${name}  ONLINE       1     2     3  was /dev/da2`,
        '',
        'errors: No known data errors',
        '',
      ].join('\n')
    for (const name of ['/vd/my file one   ', '/vd/üüü filé   ']) {
      const [pool] = parsePoolStatus(config(name))
      expect(pool?.name).toBe('a b')
      expect(pool?.vdevs[0]).toMatchObject({
        name: name.trim(),
        readErrors: 1,
        checksumErrors: 3,
        note: 'was /dev/da2',
      })
    }
  })

  test('a suspended pool says that its errors cannot be told', async () => {
    const each = CASES.find(known => known.name === '2.4.4/suspended.status')
    const status = await getPoolStatus(
      answering({ stdout: each?.stdout ?? '', stderr: each?.stderr ?? '' }),
      'sus',
    )
    expect(status.state).toBe('SUSPENDED')
    expect(status.messageId).toBe('ZFS-8000-HC')
    expect(status.errorsText).toBe('List of errors unavailable: pool I/O is currently suspended')
  })

  test('an answer about another pool is none', async () => {
    const stdout = stdoutOf('2.4.4/healthy.status')
    await expect(getPoolStatus(answering({ stdout }), 'rz')).rejects.toMatchObject({ code: 'unreadable' })
  })

  test('argv', () => {
    expect(poolStatusArgv('a b')).toEqual(['zpool', 'status', '-pv', 'a b'])
    expect(scrubArgv('tank', 'start')).toEqual(['zpool', 'scrub', 'tank'])
    expect(scrubArgv('tank', 'resume')).toEqual(['zpool', 'scrub', 'tank'])
    expect(scrubArgv('tank', 'pause')).toEqual(['zpool', 'scrub', '-p', 'tank'])
    expect(scrubArgv('tank', 'stop')).toEqual(['zpool', 'scrub', '-s', 'tank'])
  })
})

function stdoutOf(name: string): string {
  const found = CASES.find(each => each.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found.stdout
}

describe('zpool list and get', () => {
  test('pools of the wide listing', () => {
    const columns = listPoolsArgv()[4]?.split(',') ?? []
    // The listings in the cases show columns of their own; these are the ones that hold ours.
    const wide = CASES.filter(
      each =>
        each.argv[1] === 'list' &&
        each.argv.includes('-o') &&
        each.argv.includes('-Hp') &&
        each.exit === 0 &&
        each.stdout !== '',
    )
    for (const each of wide) {
      const from = each.argv[each.argv.indexOf('-o') + 1]?.split(',') ?? []
      if (!columns.every(column => from.includes(column))) continue
      for (const pool of parsePools(reshape(each.stdout, from, columns))) {
        expect(pool.sizeBytes).toBe(pool.allocatedBytes + pool.freeBytes)
        expect(pool.health).toBe('ONLINE')
      }
    }
    const row = 'a b\t18027694189143447123\tSUSPENDED\t1006632960\t43515904\t963117056\t4\t-\t1.00\toff\n'
    expect(parsePools(row)).toEqual([
      {
        name: 'a b',
        guid: '18027694189143447123',
        health: 'SUSPENDED',
        sizeBytes: 1006632960,
        allocatedBytes: 43515904,
        freeBytes: 963117056,
        capacityPercent: 4,
        fragmentationPercent: null,
        dedupRatio: 1,
        readonly: false,
      },
    ])
    for (const damaged of [
      row.slice(0, -1),
      row.replace('SUSPENDED', 'FINE'),
      row.replace('\t4\t', '\t'),
      `\n${row}`,
    ]) {
      expect(() => parsePools(damaged)).toThrow(AppError)
    }
  })

  test('every property of a pool', () => {
    for (const each of CASES.filter(
      known => /^(?:zpool,get,-Hp,all,[a-z]+)$/.test(known.argv.join(',')) && known.exit === 0,
    )) {
      const ours = reshape(
        each.stdout,
        ['name', 'property', 'value', 'source'],
        ['property', 'value', 'source'],
      )
      const properties = parsePoolProperties(ours)
      expect(properties).toHaveLength(each.stdout.split('\n').length - 1)
      expect(properties.find(property => property.name === 'feature@async_destroy')?.value).toMatch(
        /enabled|active|disabled/,
      )
    }
    expect(parsePoolProperties('comment\ta\ttab\tlocal\n')).toEqual([
      { name: 'comment', value: 'a\ttab', source: 'local' },
    ])
  })

  test.each(VERSIONS)('%s: refusals', async version => {
    const refused = [
      ...of(version, 'scrub'),
      ...of(version, 'list'),
      ...of(version, 'status'),
      ...of(version, 'get'),
    ]
      .filter(each => each.exit !== 0)
      .map(each => {
        const pool = each.argv.at(-1) ?? ''
        const known = zpoolRecognisers(pool)
          .map(recognise => recognise(each.stderr))
          .find(error => error !== null)
        return [each.name.slice(version.length + 1), known ? `${known.code}: ${known.message}` : null]
      })
    expect(refused.length).toBeGreaterThan(4)
    await expect(`${JSON.stringify(Object.fromEntries(refused), null, 1)}\n`).toMatchFileSnapshot(
      factsFile(`zpool/${version}`, 'refusals'),
    )
  })

  test('a refusal about another pool is not ours', async () => {
    const stderr = "cannot open 'other': no such pool\n"
    await expect(getPool(answering({ exit: 1, stderr }), 'tank')).rejects.toMatchObject({
      code: 'failed',
      detail: { stderr },
    })
    await expect(getPool(answering({ exit: 1, stderr }), 'other')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('zpool events', () => {
  const streams = CASES.filter(each => each.name.endsWith('events.vH') || each.name.endsWith('errors.events'))

  test.each(streams)('$name: every event, in order, without a gap', ({ stdout }) => {
    const events = parsePoolEvents(stdout)
    const eids = [...stdout.matchAll(/^ {8}eid = (0x[0-9a-f]+)/gm)].map(match => Number(match[1]))
    expect(events.map(event => event.eid)).toEqual(eids.slice(0, events.length))
    expect(eids.length - events.length).toBeLessThan(2)
    expect(events.filter((event, index) => event.isAfterGap && index > 0)).toEqual([])
    expect(events.every(event => event.at !== null && event.class !== '')).toBe(true)
  })

  test.each(VERSIONS)('%s: what was done to which dataset', async version => {
    const text = CASES.find(each => each.name === `${version}/events.vH`)?.stdout ?? ''
    const told = parsePoolEvents(text)
      .filter(event => event.verb !== null && event.dataset !== null)
      .map(event => `${event.eid} ${event.verb} ${event.dataset} ${event.text ?? ''}`.trimEnd())
    expect(told.length).toBeGreaterThan(10)
    await expect(`${JSON.stringify(told, null, 1)}\n`).toMatchFileSnapshot(
      factsFile(`zpool/${version}`, 'events'),
    )
  })

  const record = (eid: number, text = '"x"'): string =>
    [
      'Nov 22 2026 16:36:50.198541485\tsysevent.fs.zfs.history_event',
      '        pool = "k"',
      '        history_dsname = "k/cs"',
      `        history_internal_str = ${text}`,
      '        history_internal_name = "set"',
      '        time = 0x6b031a22 0xbd580ad ',
      `        eid = 0x${eid.toString(16)}`,
      '',
      '',
    ].join('\n')

  test('a hole in the numbers is told', () => {
    const events = parsePoolEvents(record(7) + record(8) + record(11) + record(1))
    expect(events.map(event => event.isAfterGap)).toEqual([false, false, true, true])
    expect(events[0]).toMatchObject({ pool: 'k', dataset: 'k/cs', verb: 'set', text: 'x', at: 1795365410198 })
  })

  test('newlines within a value, also empty lines, stay within it', () => {
    const events = parsePoolEvents(record(1, '"a:b=one\n\n        eid = 0x99\nthree"') + record(2))
    expect(events.map(event => [event.eid, event.text])).toEqual([
      [1, 'a:b=one\n\n        eid = 0x99\nthree'],
      [2, 'x'],
    ])
  })

  test('after damage the reader finds its way and says so', () => {
    const whole = record(1) + record(2) + record(3)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(300), (from, length) => {
        const events = parsePoolEvents(whole.slice(0, from) + whole.slice(from + length) + record(4))
        const last = events.at(-1)
        expect(last?.eid).toBe(4)
        const lost = ![1, 2, 3].every(eid => events.some(event => event.eid === eid))
        if (lost) expect(events.some(event => event.isAfterGap) || events[0]?.eid !== 1).toBe(true)
      }),
    )
  })

  test('a text that never closes ends with the next record', () => {
    const reader = new ZpoolEventReader()
    const lines = (record(1, '"open') + record(2)).split('\n')
    const events = lines.flatMap(line => reader.push(line) ?? [])
    expect(events.at(-1)?.eid).toBe(2)
    expect(events.some(event => event.isAfterGap)).toBe(true)
  })
})

describe('damaged answers', () => {
  const texts = CASES.filter(
    each => each.argv[1] === 'status' && each.name.startsWith('2.4.4/') && each.stdout.length > 300,
  )
  test('are read as they stand or refused, never crash', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(30),
        fc.string({ maxLength: 5 }),
        (each, at, cut, put) => {
          const from = at % each.stdout.length
          const text = each.stdout.slice(0, from) + put + each.stdout.slice(from + cut)
          try {
            parsePoolStatus(text)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
            expect(error).toMatchObject({ code: 'unreadable' })
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('sizes', () => {
    expect(parseShortSize('2.35K')).toBe(2406)
    expect(parseShortSize('12')).toBe(12)
    expect(parseShortSize('x')).toBeNull()
  })
})
