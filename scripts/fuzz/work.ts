/** Counts the work of a parser: steps of its patterns, characters that its string functions go over. */
import { stepsOf } from './regexp-steps.ts'

const GO_OVER = [
  'split',
  'indexOf',
  'lastIndexOf',
  'includes',
  'trim',
  'trimEnd',
  'replaceAll',
  'slice',
] as const

/** The work of `run`: the same number whenever and wherever it is run. */
export function workOf(run: () => unknown): number {
  let work = 0
  const exec = RegExp.prototype.exec
  const plain = GO_OVER.map(name => [name, Object.getOwnPropertyDescriptor(String.prototype, name)] as const)
  let isInside = false
  const outside = (count: () => number): void => {
    if (isInside) return
    isInside = true
    try {
      work += count()
    } finally {
      isInside = false
    }
  }
  // Every use of a pattern (test, match, matchAll, replace, search, split) comes down to its exec, by the language's rules.
  RegExp.prototype.exec = function (this: RegExp, text: string) {
    outside(() => stepsOf(this, String(text)))
    return exec.call(this, text)
  }
  for (const [name, descriptor] of plain) {
    const original: unknown = descriptor?.value
    if (typeof original !== 'function') continue
    Object.defineProperty(String.prototype, name, {
      ...descriptor,
      value(this: string, ...given: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, given)
        outside(() => (name === 'slice' && typeof result === 'string' ? result.length : this.length) + 1)
        return result
      },
    })
  }
  try {
    run()
  } finally {
    RegExp.prototype.exec = exec
    for (const [name, descriptor] of plain)
      if (descriptor) Object.defineProperty(String.prototype, name, descriptor)
  }
  return work
}
