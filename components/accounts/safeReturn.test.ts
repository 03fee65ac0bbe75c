import { expect, test } from 'vitest'
import { browserName } from './browserName.ts'
import { safeReturn } from './safeReturn.ts'

test('after signing in only pages of this console', () => {
  expect(safeReturn('/vms/web1?x=1#top')).toBe('/vms/web1?x=1#top')
  for (const bad of [
    null,
    '',
    'https://other.example/',
    '//other.example',
    '/\\other.example',
    '/\t/other.example',
    'javascript:alert(1)',
    '/login?to=/',
    '/api/trpc',
  ]) {
    expect(safeReturn(bad)).toBe('/')
  }
})

test('browsers by name', () => {
  expect(browserName('Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe(
    'Firefox 140 on FreeBSD',
  )
  expect(
    browserName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari 17 on iOS')
  expect(browserName('curl/8.1')).toBe('curl/8.1')
  expect(browserName('')).toBe('Unknown program')
})
