/** Damage, reproducible: the same seed and number give the same case on every machine. */

type Random = {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number
  pick: <Item>(items: readonly Item[]) => Item
}

/** xorshift32 over a mixed seed: small, and the same everywhere. */
function randomOf(seed: number, number: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) | 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let round = 0; round < 4; round++) next()
  const below = (limit: number): number => (limit <= 0 ? 0 : next() % limit)
  return {
    below,
    pick: items => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** What breaks parsers: separators, signs, numbers that do not fit, names that objects know, other alphabets. */
const TOKENS = [
  ...[
    '',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\0',
    '-',
    '"',
    "'",
    '#',
    '=',
    ':',
    ',',
    '.',
    '/',
    '@',
    '%',
    '\\',
    '$x',
  ],
  ...['0', '-1', '007', '1.2.3', '1e9', '0x10', 'NaN', 'Infinity', '99999999999999999999', '4294967296'],
  ...['__proto__', 'constructor', 'true', 'none', 'ONLINE', 'é', '🙂', '\ufeff', '\u2028', 'x'.repeat(300)],
]

type Mutation = (text: string, random: Random, seeds: readonly string[]) => string

/** One of the pieces between separators is dropped, doubled, replaced or swapped with its neighbour. */
function pieces(separator: string): Mutation {
  return (text, random) => {
    const parts = text.split(separator)
    const at = random.below(parts.length)
    const part = parts[at] ?? ''
    switch (random.below(4)) {
      case 0:
        parts.splice(at, 1)
        break
      case 1:
        parts.splice(at, 0, part)
        break
      case 2:
        parts[at] = random.pick(TOKENS)
        break
      default:
        parts.splice(at, 2, parts[at + 1] ?? '', part)
    }
    return parts.join(separator)
  }
}

const MUTATIONS: readonly Mutation[] = [
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    const from = random.below(text.length + 1)
    return text.slice(0, from) + text.slice(from + 1 + random.below(20))
  },
  (text, random) => {
    const at = random.below(text.length + 1)
    return text.slice(0, at) + random.pick(TOKENS) + text.slice(at)
  },
  (text, random) => {
    const at = random.below(text.length + 1)
    return text.slice(0, at) + String.fromCharCode(random.below(128)) + text.slice(at + 1)
  },
  (text, random, seeds) => {
    const other = random.pick(seeds)
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1))
  },
  pieces('\n'),
  pieces('\n'),
  pieces('\t'),
  pieces(' '),
  pieces(' '),
]

/** Case `number` of a parser: one of its seeds, damaged once to three times; one in ten is the seed itself. */
export function damaged(seeds: readonly string[], seed: number, number: number): string {
  const random = randomOf(seed, number)
  let text = random.pick(seeds)
  if (random.below(10) === 0) return text
  for (let rounds = 1 + random.below(3); rounds > 0; rounds--)
    text = random.pick(MUTATIONS)(text, random, seeds)
  return text
}
