import { expect, it } from 'vitest'
import { propertyText } from './propertyText.ts'

it.each([
  ['used', '2494487974844', '2.27 TiB'],
  ['volblocksize', '16384', '16.0 KiB'],
  ['quota', '0', 'none'],
  ['usedbysnapshots', '0', '0 B'],
  ['capacity', '62', '62 %'],
  ['compressratio', '1.62', '1.62×'],
  ['creation', '0', '1970-01-01'],
  ['guid', '15066172483158340219', '15066172483158340219'],
  ['compression', 'lz4', 'lz4'],
  ['recordsize', '-', '-'],
  ['copies', '1', '1'],
  ['org.example:size', '1048576000x', '1048576000x'],
])('%s %s reads as %s', (name, value, text) => {
  expect(propertyText(name, value)).toContain(text)
})
