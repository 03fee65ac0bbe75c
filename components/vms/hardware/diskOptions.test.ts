import fc from 'fast-check'
import { expect, test } from 'vitest'
import { optionOf, withOption } from './diskOptions.ts'

test('what a form ticks is put in and taken out, and the rest stays', () => {
  expect(withOption('', 'ro', '')).toBe('ro')
  expect(withOption('sectorsize=512/4096,what', 'ro', '')).toBe('sectorsize=512/4096,what,ro')
  expect(withOption('ro,sectorsize=512,what', 'sectorsize', '4096')).toBe('ro,sectorsize=4096,what')
  expect(withOption('ro,nocache', 'ro', null)).toBe('nocache')
  expect(optionOf('ro,sectorsize=512/4096', 'sectorsize')).toBe('512/4096')
  expect(optionOf('root=1', 'ro')).toBeNull()
})

test('an option that is set is read back, one that is taken away is gone, others are untouched', () => {
  const option = fc.constantFrom('ro', 'nocache', 'sectorsize=512', 'ser=A', 'bootindex=1', 'odd')
  fc.assert(
    fc.property(
      fc.array(option),
      fc.constantFrom('ro', 'ser', 'sync'),
      fc.constantFrom('', '1'),
      (list, key, value) => {
        const options = list.join(',')
        const others = (text: string) =>
          text.split(',').filter(each => each !== '' && each !== key && !each.startsWith(`${key}=`))
        const set = withOption(options, key, value)
        expect(optionOf(set, key)).toBe(value)
        expect(optionOf(withOption(set, key, null), key)).toBeNull()
        expect(others(set)).toEqual(others(options))
      },
    ),
  )
})
