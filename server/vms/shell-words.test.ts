import { execFile } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellCommand } from './shell-words.ts'

test('any word comes out of sh as it went in', async () => {
  const word = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }))
    .map(text => text.replaceAll('\u0000', '').replaceAll('\uE000', ''))
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async list => {
      const script = `for one in ${shellCommand(list)}; do printf '%s\\0' "$one"; done`
      const said = await new Promise<string>(resolve => {
        execFile('/bin/sh', ['-c', script], (_error, stdout) => resolve(stdout))
      })
      expect(said.split('\u0000').slice(0, -1)).toEqual(list)
    }),
    { numRuns: 40 },
  )
})
