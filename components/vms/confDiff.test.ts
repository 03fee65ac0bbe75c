import fc from 'fast-check'
import { expect, it } from 'vitest'
import { confDiff } from './confDiff.ts'

it('shows a changed line as the one that goes and the one that comes', () => {
  expect(confDiff('cpu=1\nmemory=512M\n', 'cpu=1\nmemory=1G\nuuid=x\n')).toEqual([
    { sign: '-', text: 'memory=512M' },
    { sign: '+', text: 'memory=1G' },
    { sign: '+', text: 'uuid=x' },
  ])
})

it('says nothing of equal texts', () => {
  fc.assert(fc.property(fc.string(), text => confDiff(text, text).length === 0))
})

it('counts lines: what is there now is what was there without what went and with what came', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '')).map(lines => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = confDiff(before, after)
      const gone = lines.filter(line => line.sign === '-').length
      const come = lines.length - gone
      expect(before.split('\n').length - gone + come).toBe(after.split('\n').length)
    }),
  )
})
