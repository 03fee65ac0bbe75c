import { expect, it } from 'vitest'
import { commandLines } from './argv.ts'

it('puts each option with its value on a line of its own', () => {
  expect(commandLines(['bhyve', '-c', '2', '-HA', '-s', '0,hostbridge', '-l', 'com1,a b', 'web1'])).toBe(
    [
      'bhyve \\',
      '    -c 2 \\',
      '    -HA \\',
      '    -s 0,hostbridge \\',
      "    -l 'com1,a b' \\",
      '    web1',
    ].join('\n'),
  )
})

it('leaves a short command as it is', () => {
  expect(commandLines(['bhyve'])).toBe('bhyve')
})
