import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { inputWords } from './wording.ts'

const schema = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(5)),
  cpus: z.number().check(z.int(), z.minimum(1), z.maximum(8)),
  bytes: z.int(),
  kind: z.enum(['freebsd', 'linux']),
  disks: z.array(z.string()).check(z.minLength(1), z.maxLength(2)),
  size: z.string().check(z.regex(/^\dx\d$/)),
  port: z.string().check(z.regex(/^\d$/, 'A port is a digit.')),
})
const right = { name: 'web', cpus: 1, bytes: 1, kind: 'linux', disks: ['a'], size: '1x1', port: '1' }

it.each([
  ['name', '', 'This is missing.'],
  ['name', undefined, 'This is missing.'],
  ['name', 'abcdef', 'This has to have at most 5 characters.'],
  ['cpus', 0, 'This has to be at least 1.'],
  ['cpus', 9, 'This has to be at most 8.'],
  ['cpus', 1.5, 'This has to be a whole number.'],
  ['cpus', 'two', 'This has to be a number.'],
  ['bytes', 1e30, 'This number is too large.'],
  ['kind', 'minix', 'This has to be one of: freebsd, linux.'],
  ['disks', [], 'Choose at least one.'],
  ['disks', ['a', 'b', 'c'], 'Choose at most 2.'],
  ['size', '12', 'This is not written as it has to be.'],
  ['port', 'x', 'A port is a digit.'],
])('%s: %j is told as “%s”', (field, value, words) => {
  const { error } = z.safeParse(schema, { ...right, [field]: value }, { error: inputWords })
  expect(error?.issues.map(issue => [issue.path.join('.'), issue.message])).toEqual([[field, words]])
})
