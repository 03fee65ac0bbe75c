/**
 * How many steps a backtracking matcher takes: the patterns of a parser are walked as V8's own engine would walk them,
 * and the steps counted. A pattern that is quadratic shows in the count, on every machine alike; no clock is asked.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp'

type Walk = { text: string; steps: number; starts: Map<AST.CapturingGroup, [from: number, to: number]> }
/** Matches from `at` and goes on with `then`. */
type Matcher = (walk: Walk, at: number, then: (at: number) => boolean) => boolean

const parser = new RegExpParser({ ecmaVersion: 2025 })
const known = new Map<string, Matcher>()

/** Steps of one `exec` from `lastIndex`, sticky or searching. */
export function stepsOf(pattern: RegExp, text: string): number {
  const key = `${pattern.flags}/${pattern.source}`
  let matcher = known.get(key)
  if (!matcher) {
    matcher = alternatives(parser.parsePattern(pattern.source).alternatives, pattern)
    known.set(key, matcher)
  }
  const walk: Walk = { text, steps: 0, starts: new Map() }
  const isAnchored = pattern.source.startsWith('^') && !pattern.multiline
  for (let at = pattern.global || pattern.sticky ? pattern.lastIndex : 0; at <= text.length; at++) {
    walk.steps++
    if (matcher(walk, at, () => true) || pattern.sticky || isAnchored) break
  }
  return walk.steps
}

function alternatives(list: readonly AST.Alternative[], pattern: RegExp): Matcher {
  const ways = list.map(one => sequence(one.elements, pattern))
  return (walk, at, then) => ways.some(way => way(walk, at, then))
}

function sequence(elements: readonly AST.Element[], pattern: RegExp): Matcher {
  return elements
    .map(one => element(one, pattern))
    .reduceRight<Matcher>(
      (rest, first) => (walk, at, then) => first(walk, at, next => rest(walk, next, then)),
      (_walk, at, then) => then(at),
    )
}

function element(one: AST.Element, pattern: RegExp): Matcher {
  switch (one.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass':
      return character(new RegExp(`^${one.raw}$`, pattern.flags.replace(/[gmy]/g, '')))
    case 'Group':
      return alternatives(one.alternatives, pattern)
    case 'CapturingGroup': {
      const inner = alternatives(one.alternatives, pattern)
      return (walk, at, then) =>
        inner(walk, at, next => {
          walk.starts.set(one, [at, next])
          return then(next)
        })
    }
    case 'Backreference':
      return (walk, at, then) => {
        const group = [one.resolved].flat()[0]
        const [from, to] = (group && walk.starts.get(group)) ?? [0, 0]
        walk.steps += to - from + 1
        return walk.text.startsWith(walk.text.slice(from, to), at) && then(at + to - from)
      }
    case 'Quantifier':
      return repeated(element(one.element, pattern), one)
    case 'Assertion':
      return assertion(one, pattern)
  }
}

function character(single: RegExp): Matcher {
  const kept = new Map<string, boolean>()
  return (walk, at, then) => {
    walk.steps++
    const char = walk.text[at]
    if (char === undefined) return false
    let fits = kept.get(char)
    if (fits === undefined) {
      fits = single.test(char)
      kept.set(char, fits)
    }
    return fits && then(at + 1)
  }
}

/** In a loop, not by recursion, where what repeats is of one length: texts may be long. */
function repeated(inner: Matcher, { min, max, greedy }: AST.Quantifier): Matcher {
  return (walk, at, then) => {
    if (!greedy) return lazily(inner, min, max, walk, at, then)
    const ends = [at]
    while (ends.length <= max) {
      const from = ends.at(-1) ?? at
      let to = -1
      inner(walk, from, next => {
        to = next
        return true
      })
      if (to <= from) break
      ends.push(to)
    }
    for (let count = ends.length - 1; count >= min; count--) {
      walk.steps++
      if (then(ends[count] ?? at)) return true
    }
    return false
  }
}

function lazily(
  inner: Matcher,
  min: number,
  max: number,
  walk: Walk,
  from: number,
  then: (at: number) => boolean,
): boolean {
  let at = from
  for (let count = 0; count <= max; count++) {
    walk.steps++
    if (count >= min && then(at)) return true
    let to = -1
    inner(walk, at, next => {
      to = next
      return true
    })
    if (to <= at) return false
    at = to
  }
  return false
}

/** Most characters that these can go over. */
function longest(elements: readonly AST.Element[]): number {
  const lengths = elements.map(one => {
    if (one.type === 'Quantifier') return one.max * longest([one.element])
    return one.type === 'Character' || one.type === 'CharacterSet' || one.type === 'CharacterClass' ? 1 : 1000
  })
  return lengths.reduce((sum, length) => sum + length, 0)
}

function assertion(one: AST.Assertion, pattern: RegExp): Matcher {
  switch (one.kind) {
    case 'start':
      return (walk, at, then) => (at === 0 || (pattern.multiline && walk.text[at - 1] === '\n')) && then(at)
    case 'end':
      return (walk, at, then) =>
        (at === walk.text.length || (pattern.multiline && walk.text[at] === '\n')) && then(at)
    case 'word': {
      const isWord = (char: string | undefined) => char !== undefined && /\w/.test(char)
      return (walk, at, then) =>
        (isWord(walk.text[at - 1]) !== isWord(walk.text[at])) !== one.negate && then(at)
    }
    case 'lookahead': {
      const ahead = alternatives(one.alternatives, pattern)
      return (walk, at, then) => ahead(walk, at, () => true) !== one.negate && then(at)
    }
    case 'lookbehind': {
      const behind = alternatives(one.alternatives, pattern)
      const reach = Math.max(...one.alternatives.map(each => longest(each.elements)))
      return (walk, at, then) => {
        let found = false
        // V8 walks backwards; here every place is tried from which what it looks for could reach.
        for (let from = at; from >= Math.max(0, at - reach) && !found; from--)
          found = behind(walk, from, end => end === at)
        return found !== one.negate && then(at)
      }
    }
  }
}
