import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shellText } from './shell-text.ts'

describe('argv as shell text', () => {
  test('leaves plain words alone and quotes the others', () => {
    expect(shellText(['zfs', 'snapshot', '-o', 'skep:note=it is "so"', 'tank/vm 1@a'])).toBe(
      `zfs snapshot -o 'skep:note=it is "so"' 'tank/vm 1@a'`,
    )
    expect(shellText(['zfs', 'set', 'a:b=', 'tank'])).toBe('zfs set a:b= tank')
    expect(shellText(['zfs', 'set', "a:b=don't", 'tank'])).toBe(`zfs set 'a:b=don'\\''t' tank`)
    expect(shellText(['a=b', '', '~'])).toBe(`'a=b' '' '~'`)
  })

  test('the shell reads back the very same words', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: fc.constantFrom(...'\ud800 \t\n\'"\\$`!*?[]{}()<>|&;#~=%-a') }),
    )
    const argv = fc.array(
      word.filter(text => !text.includes('\0')),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      // Many at once: starting a shell is what costs.
      fc.property(fc.array(argv, { minLength: 15, maxLength: 15 }), argvs => {
        const text = argvs.map(words => `printf '%s\\0' ${shellText(['x', ...words]).slice(2)}`).join('\n')
        const printed = execFileSync('/bin/sh', ['-c', text]).toString('utf8')
        // Lone surrogates cannot be written as UTF-8: what reaches the shell is their replacement.
        const expected = argvs.flat().map(each => Buffer.from(each).toString('utf8'))
        expect(printed.split('\0').slice(0, -1)).toEqual(expected)
      }),
      { numRuns: 12 },
    )
  })
})
