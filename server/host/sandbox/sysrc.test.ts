import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignments, withoutSetting, withSetting } from './sysrc.ts'

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
const value = fc.string({ unit: 'grapheme-ascii', maxLength: 30 })
const line = fc.oneof(
  fc.tuple(name, value).map(([key, text]) => `${key}="${text.replace(/["\\$`]/g, '\\$&')}"`),
  fc.tuple(name, fc.stringMatching(/^[a-zA-Z0-9./:-]*$/)).map(([key, text]) => `${key}=${text} # why`),
  value.map(text => `# ${text}`),
  fc.constant(''),
)
const file = fc.array(line, { maxLength: 12 }).map(lines => lines.map(text => `${text}\n`).join(''))
const read = (text: string, key: string) => assignments(text).findLast(each => each.name === key)?.value

test('what was set is read again, and every other line stays as it was', () => {
  fc.assert(
    fc.property(file, name, value, (text, key, wanted) => {
      const after = withSetting(text, key, wanted)
      expect(read(after, key)).toBe(wanted)
      const others = (all: string) => assignments(all).filter(each => each.name !== key)
      expect(others(after).map(each => [each.name, each.value])).toEqual(
        others(text).map(each => [each.name, each.value]),
      )
      const place = assignments(text).findLast(each => each.name === key)
      expect(after.startsWith(text.slice(0, place?.start))).toBe(true)
      expect(after.endsWith(place ? text.slice(place.end) : '"\n')).toBe(true)
    }),
  )
})

test('what was removed is gone, and nothing else', () => {
  fc.assert(
    fc.property(file, name, (text, key) => {
      const after = withoutSetting(text, key)
      expect(read(after, key)).toBeUndefined()
      const others = (all: string) => assignments(all).filter(each => each.name !== key)
      expect(others(after).map(each => [each.name, each.value])).toEqual(
        others(text).map(each => [each.name, each.value]),
      )
    }),
  )
})

test('comments behind values, single quotes and bare words', () => {
  const text = 'a="1" # one\nb=\'x # y\'\nc=bare#no\n d=2\n#e="3"\n'
  expect(assignments(text).map(each => [each.name, each.value])).toEqual([
    ['a', '1'],
    ['b', 'x # y'],
    ['c', 'bare'],
    ['d', '2'],
  ])
  expect(withSetting(text, 'a', '7')).toBe(text.replace('"1"', '"7"'))
})
