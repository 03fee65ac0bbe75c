/** What the fuzzer knows of a parser, and what it demands of every answer that a parser gives. */
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../server/errors.ts'

/**
 * What a parser does with a text that is not in its program's form: AppError `unreadable` (what a program said) or `invalid`
 * (what a person wrote), null, or it takes any text.
 */
type Misfit = 'unreadable' | 'invalid' | 'null' | 'takes anything'

export type ParserSpec<Value> = {
  /** The command line whose answer it reads, or the file. */
  program: string
  /** Name under which it is exported. */
  name: string
  parse: (text: string) => Value
  /** Answers of real programs, or in their form. */
  seeds: readonly string[]
  misfit: Misfit
  /** The answer that tells this: reading it again has to give the same. */
  print?: (value: Value) => string
  /** The format has one way to say a thing: what was read, printed, is the text, letter by letter. */
  exact?: boolean
  /** Every line ends with a newline: an answer that breaks off within one is refused. */
  lines?: boolean
  /** No line may come twice. */
  keyed?: boolean
}

export type Parser = Omit<ParserSpec<unknown>, 'parse' | 'print'> & {
  /** Runs it; what is wrong with its behaviour as a sentence, null where nothing is. */
  fault: (text: string) => string | null
  isRefused: (text: string) => boolean
}

/** Adds up what a parser knows about itself, so that its value's type is nobody else's business. */
export function parser<Value>(spec: ParserSpec<Value>): Parser {
  const { parse, print, ...rest } = spec
  return {
    ...rest,
    isRefused: text => {
      const { error, value } = attempt(parse, text)
      return error !== undefined || (spec.misfit === 'null' && value === null)
    },
    fault: text => {
      const { error, value } = attempt(parse, text)
      if (error !== undefined) return faultOfError(spec.misfit, error, text)
      if (value === undefined) return 'It answered nothing.'
      if (!print || value === null) return null
      const printed = print(value)
      if (spec.exact && printed !== text) return `It read ${JSON.stringify(printed.slice(0, 500))} out of it.`
      const again = attempt(parse, printed)
      if (again.error !== undefined) return `What it read cannot be read again: ${String(again.error)}`
      return isDeepStrictEqual(again.value, value) ? null : 'What it read reads differently when printed.'
    },
  }
}

function attempt<Value>(parse: (text: string) => Value, text: string): { value?: Value; error?: unknown } {
  try {
    return { value: parse(text) }
  } catch (error) {
    return { error: error ?? new Error('nothing was thrown') }
  }
}

function faultOfError(misfit: Misfit, error: unknown, text: string): string | null {
  if (!(error instanceof AppError))
    return `It crashed: ${error instanceof Error ? error.stack : String(error)}`
  if (error.code !== misfit) return `It threw ${error.code}: ${error.message}`
  // A person still has what they wrote before them.
  if (misfit === 'invalid') return error.message === '' ? 'The error says nothing.' : null
  const { output } = error.detail ?? {}
  return typeof output === 'string' && (text.includes(output) || output.endsWith('…'))
    ? null
    : 'The error does not keep the text.'
}
