import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { changedKeys, confText, confTrue, confValue, editConf, memoryBytes, parseConf } from './conf.ts'

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
/** Lines as people write them: settings, comments, indented, without "=", CR at the end, anything at all. */
const line = fc.oneof(
  fc.tuple(key, fc.string()).map(([name, value]) => `${name}="${value.replaceAll('\n', '')}"`),
  fc.tuple(key, fc.string()).map(([name, value]) => `${name}=${value.replaceAll('\n', '')}`),
  fc.string().map(text => `# ${text.replaceAll('\n', '')}`),
  fc.tuple(key, fc.string()).map(([name, value]) => `  ${name}=${value.replaceAll('\n', '')}\t# x`),
  fc.string().map(text => text.replaceAll('\n', '')),
  fc.tuple(key, fc.string()).map(([name, value]) => `${name}=${value.replaceAll('\n', '')}\r`),
)
const file = fc
  .tuple(fc.array(line), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''))
const value = fc.stringMatching(/^[A-Za-z0-9 .,:=/@%_'~+-]{0,30}$/)

describe('editing', () => {
  test('what is written is what vm-bhyve then reads, and only that line changes', () => {
    fc.assert(
      fc.property(file, key, value, (text, name, wanted) => {
        const edited = editConf(text, { [name]: wanted })
        expect(confValue(parseConf(edited), name)).toBe(wanted)
        const before = text.split('\n')
        const after = edited.split('\n')
        const different = before.filter((was, index) => after[index] !== was)
        expect(different.length).toBeLessThanOrEqual(1)
        expect(changedKeys(parseConf(text), parseConf(edited)).filter(one => one !== name)).toEqual([])
      }),
    )
  })

  test('removing leaves every other line', () => {
    fc.assert(
      fc.property(file, key, (text, name) => {
        const edited = editConf(text, { [name]: null })
        expect(confValue(parseConf(edited), name)).toBeUndefined()
        const kept = new Set(edited.split('\n'))
        expect(changedKeys(parseConf(text), parseConf(edited)).filter(one => one !== name)).toEqual([])
        expect(edited.split('\n').every(one => text.split('\n').includes(one))).toBe(true)
        expect(kept.size).toBeLessThanOrEqual(text.split('\n').length)
      }),
    )
  })

  test('an edit that changes nothing changes no byte', () => {
    fc.assert(
      fc.property(file, text => {
        expect(editConf(text, {})).toBe(text)
        const first = parseConf(text).entries.find(entry => /^[a-z][a-z0-9_]*$/.test(entry.key))
        if (first && /^[A-Za-z0-9 ]*$/.test(first.value)) {
          expect(editConf(text, { [first.key]: first.value })).toBe(text)
        }
      }),
    )
  })

  test('a hand-written file keeps its comments, its order and its unknown keys', () => {
    const text = '# lab\ncpu=2   # one package\nconsole_note="hands off"\n\tindented=1\nmemory=1G'
    expect(editConf(text, { cpu: '4', memory: '2G', uuid: 'x' })).toBe(
      '# lab\ncpu="4"   # one package\nconsole_note="hands off"\n\tindented=1\nmemory="2G"\nuuid="x"\n',
    )
  })

  test.each(['a"b', 'a#b', 'a$(reboot)', 'a`b', 'a\\b', 'a\nb', 'a\rb'])('refuses %j', bad => {
    expect(() => editConf('', { note: bad })).toThrow(AppError)
  })
})

describe('reading', () => {
  test('true is anything but no, false, off, 0 and nothing', () => {
    const conf = parseConf('a=n\nb=NO\nc=\nd=0\ne=False\nf=yes\n')
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(name => confTrue(conf, name))).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(confTrue(conf, 'absent', 'yes')).toBe(true)
    expect(confText(conf, 'absent', 'x')).toBe('x')
  })

  test.each([
    ['2G', 2 * 1024 ** 3],
    ['512m', 512 * 1024 ** 2],
    ['512', 512 * 1024 ** 2],
    ['1048576', 1048576],
    ['4GB', 4 * 1024 ** 3],
    ['4GiB', null],
    ['0512', null],
    ['0', null],
    ['-1', null],
    ['', null],
    ['1.5G', null],
  ])('memory %s', (text, bytes) => {
    expect(memoryBytes(text)).toBe(bytes)
  })
})
