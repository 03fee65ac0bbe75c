/** getopt(3) of FreeBSD: options end at the first operand, `--` or `-`; nothing is permuted. */
export type Options = {
  has: (letter: string) => boolean
  /** Last value given to an option, null without one. */
  value: (letter: string) => string | null
  /** Every value given to an option, in order. */
  values: (letter: string) => string[]
  operands: string[]
}

export type BadOption = { bad: string; missingArgument: boolean }

/** `spec` as in getopt: a letter followed by `:` takes an argument. `words` come after the program's (or verb's) name. */
export function getopt(words: readonly string[], spec: string): Options | BadOption {
  const given: { letter: string; value: string | null }[] = []
  let index = 0
  for (; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') {
      index++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      const place = letter === ':' ? -1 : spec.indexOf(letter)
      if (place < 0) return { bad: letter, missingArgument: false }
      if (spec.charAt(place + 1) !== ':') {
        given.push({ letter, value: null })
        continue
      }
      const rest = word.slice(at + 1)
      const value = rest !== '' ? rest : words[++index]
      if (value === undefined) return { bad: letter, missingArgument: true }
      given.push({ letter, value })
      break
    }
  }
  const values = (letter: string) =>
    given.flatMap(each => (each.letter === letter && each.value !== null ? [each.value] : []))
  return {
    has: letter => given.some(each => each.letter === letter),
    value: letter => values(letter).at(-1) ?? null,
    values,
    operands: words.slice(index),
  }
}
