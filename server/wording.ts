/** What is wrong with an input, for the person who typed it: the schema library speaks to programmers. */
import type * as z from 'zod/mini'

type Issue = z.core.$ZodRawIssue

/** One sentence for a field; undefined where the library's own words have to do. A schema with words of its own keeps them. */
export function inputWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined || issue.input === null) return 'This is missing.'
      if (issue.expected === 'int') return 'This has to be a whole number.'
      return issue.expected === 'number' ? 'This has to be a number.' : undefined
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'This is missing.'
      if (issue.origin === 'array' && issue.minimum === 1) return 'Choose at least one.'
      return amount('at least', issue.minimum, issue.origin)
    case 'too_big':
      if (issue.maximum === Number.MAX_SAFE_INTEGER) return 'This number is too large.'
      return amount('at most', issue.maximum, issue.origin)
    case 'invalid_value':
      return `This has to be one of: ${issue.values.map(String).join(', ')}.`
    case 'invalid_format':
      return 'This is not written as it has to be.'
    default:
      return undefined
  }
}

function amount(limit: string, bound: number | bigint, origin: string): string {
  if (origin === 'string') return `This has to have ${limit} ${bound} characters.`
  if (origin === 'array') return `Choose ${limit} ${bound}.`
  return `This has to be ${limit} ${bound}.`
}
