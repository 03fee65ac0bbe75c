import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandLine, quote, shellText } from './shell.ts'

test('plain words stay as they are', () => {
  expect(commandLine(['zfs', 'clone', '-o', 'compression=lz4', 'tank/a@b', 'tank/c_d-1.0%x'])).toBe(
    'zfs clone -o compression=lz4 tank/a@b tank/c_d-1.0%x',
  )
  expect(quote("it's")).toBe(`'it'\\''s'`)
  expect(quote('')).toBe("''")
})

test('sh reads back exactly the argv that was shown', () => {
  const argument = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(text => !text.includes('\0'))
  const argvs = fc.sample(fc.array(argument, { minLength: 1, maxLength: 6 }), { numRuns: 60, seed: 7 })
  // One shell for all of them: every argument is printed with a NUL behind it, a record separator ends an argv.
  const script = argvs.map(argv => `printf '%s\\0' ${commandLine(argv)} "$end"`).join('\n')
  const out = execFileSync('/bin/sh', ['-c', `end=$(printf '\\036')\n${script}`], { encoding: 'utf8' })
  const read = out.split('\x1e\0').slice(0, -1)
  expect(read.map(text => text.split('\0').slice(0, -1))).toEqual(argvs.map(argv => [...argv]))
})

test('steps as shell text: commands, words as comments, files as here-documents', () => {
  const text = shellText([
    { title: 'Shut down debian01', note: 'ACPI power button, up to 90 s', argv: ['kill', '-TERM', '14203'] },
    { title: 'Wait until it is gone' },
    { title: 'Write the conf', file: { path: '/vm/a b/a.conf', before: null, after: 'cpu=2\nEOF\n' } },
  ])
  expect(text).toBe(
    [
      '# Shut down debian01: ACPI power button, up to 90 s',
      'kill -TERM 14203',
      '# Wait until it is gone',
      '# Write the conf',
      "cat > '/vm/a b/a.conf' <<'EOF_'",
      'cpu=2',
      'EOF',
      'EOF_',
    ].join('\n'),
  )
})
