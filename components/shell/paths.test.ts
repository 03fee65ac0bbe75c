import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { datasetOfSegments, decode, hostOfPath, pathsOf, samePageOn } from './paths.ts'

const paths = pathsOf('nas')

test('addresses a person can read and send', () => {
  expect(paths.pool('tank')).toBe('/nas/pools/tank')
  expect(paths.pool('tank', 'properties')).toBe('/nas/pools/tank/properties')
  expect(paths.dataset('tank/vms/debian')).toBe('/nas/datasets/tank/vms/debian')
  expect(paths.dataset('tank/vms/debian', 'snapshots')).toBe('/nas/datasets/tank/vms/debian/@snapshots')
  expect(paths.snapshot('tank/vms/debian@before upgrade')).toBe(
    '/nas/datasets/tank/vms/debian/@snapshots?at=before%20upgrade',
  )
  expect(paths.vm('debian01', 'console')).toBe('/nas/vms/debian01/console')
  expect(paths.dataset('tank/my data/50%:x')).toBe('/nas/datasets/tank/my%20data/50%25:x')
})

describe('datasets', () => {
  // What OpenZFS lets a name of a dataset be made of: namecheck.c.
  const component = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019-_.: '), minLength: 1, maxLength: 12 })
    .filter(name => name !== '.' && name !== '..')
  const dataset = fc.array(component, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'))
  const tab = fc.constantFrom('overview', 'snapshots', 'properties')

  test('every dataset and tab comes back from its address, as a browser reads it', () => {
    fc.assert(
      fc.property(dataset, tab, (name, which) => {
        const { pathname } = new URL(paths.dataset(name, which), 'http://console.invalid')
        expect(datasetOfSegments(pathname.split('/').slice(3))).toEqual({ dataset: name, tab: which })
      }),
    )
  })
  test('a dataset may be called like a tab', () => {
    expect(datasetOfSegments(['tank', 'snapshots'])).toEqual({ dataset: 'tank/snapshots', tab: 'overview' })
    expect(datasetOfSegments(['tank', 'snapshots', '@snapshots'])).toEqual({
      dataset: 'tank/snapshots',
      tab: 'snapshots',
    })
  })
  test('what names none is none', () => {
    expect(datasetOfSegments([])).toBeNull()
    expect(datasetOfSegments(['@snapshots'])).toBeNull()
    expect(datasetOfSegments(['tank', '@nonsense'])).toBeNull()
    expect(datasetOfSegments(['tank', '%E0%A4'])).toBeNull()
    expect(datasetOfSegments(['tank', ''])).toBeNull()
  })
})

test('a segment that is no text is null', () => {
  expect(decode('a%20b')).toBe('a b')
  expect(decode('%')).toBeNull()
})

test('the host is the first segment, but not of the pages of Skep itself', () => {
  expect(hostOfPath('/nas2/datasets/tank/@snapshots')).toEqual({
    host: 'nas2',
    rest: '/datasets/tank/@snapshots',
  })
  expect(hostOfPath('/nas2')).toEqual({ host: 'nas2', rest: '/' })
  for (const path of ['/', '/tasks/12', '/accounts', '/system', '/login', '/setup'])
    expect(hostOfPath(path)).toBeNull()
})

test('another host shows the same kind of page', () => {
  expect(samePageOn('nas2', '/vms/web1/console')).toBe('/nas2/vms')
  expect(samePageOn('nas2', '/')).toBe('/nas2')
})
