/**
 * bhyve's configuration tree (bhyve_config(5)): dotted names, values are text, references `%(name)` are expanded when a
 * value is read. Texts and statuses are those of bhyve's own config.c, of FreeBSD 15.0's time.
 */

/** bhyve gives up: what it says on stderr before it ends with that status (or by that signal). */
export class BhyveExit extends Error {
  readonly status: number
  readonly signal: 'SIGABRT' | 'SIGSEGV' | null

  /** `text` is a whole line or several, without the last newline. */
  constructor(status: number, text: string, signal: 'SIGABRT' | 'SIGSEGV' | null = null) {
    super(text)
    this.name = 'BhyveExit'
    this.status = status
    this.signal = signal
  }
}

/** A value is null where bhyve stored a NULL (`-l com1`): using it aborts. */
export type ConfigNode = Map<string, string | null | ConfigNode>

/** A reference within a reference, so deep; then the rest is taken as it is written. */
const DEEPEST_REFERENCE = 15
/**
 * References in one value, those in their values counted. Two that name themselves make 2^17, and bhyve gets through;
 * three make 43 million: there bhyve runs out of memory or of its reader's patience.
 */
const MOST_REFERENCES = 200_000

export class Config {
  readonly root: ConfigNode = new Map()
  /** Lines for stderr that did not end the program, in order. */
  readonly warnings: string[] = []
  #references = 0

  /** null where there is no such node; a warning where a part of the path is a variable or empty. */
  find(path: string): ConfigNode | null {
    return this.#walk(path, false)
  }

  /** null where a part of the path is a variable or empty. */
  create(path: string): ConfigNode | null {
    return this.#walk(path, true)
  }

  /** Sets a variable; it moves to the end of its node. Exit 4 when the place is a node or below a variable. */
  set(path: string, value: string | null): void {
    const dot = path.lastIndexOf('.')
    const parent = dot < 0 ? this.root : this.create(path.slice(0, dot))
    if (!parent) throw new BhyveExit(4, `bhyve: Failed to create configuration node ${path.slice(0, dot)}`)
    if (parent.get(path.slice(dot + 1)) instanceof Map)
      throw new BhyveExit(4, `bhyve: Attempting to add value ${value} to existing node ${path}`)
    this.setIn(parent, path.slice(dot + 1), value)
  }

  setIn(node: ConfigNode, name: string, value: string | null): void {
    if (name.includes('.')) throw new BhyveExit(4, `bhyve: Invalid config node name ${name}`)
    const old = node.get(name)
    if (old instanceof Map)
      // bhyve's own spelling; the address differs from run to run.
      throw new BhyveExit(4, `bhyve: Attemping to add value ${value} to existing node ${name} of list 0xADDR`)
    if (old === null)
      throw new BhyveExit(134, 'Assertion failed: (nvl->nvl_error == 0), function nvlist_find.', 'SIGABRT')
    node.delete(name)
    node.set(name, value)
  }

  /** The value with its references expanded; undefined where there is none. */
  get(path: string): string | undefined {
    const value = this.#raw(path)
    return value === undefined ? undefined : this.#expand(value, 0)
  }

  getIn(node: ConfigNode, name: string): string | undefined {
    const value = node.get(name)
    return typeof value === 'string' ? this.#expand(value, 0) : undefined
  }

  /** true/on/yes/1 and false/off/no/0 in any case; exit 4 for anything else. */
  bool(node: ConfigNode, name: string, otherwise: boolean): boolean {
    const value = this.getIn(node, name)
    if (value === undefined) return otherwise
    if (/^(true|on|yes|1)$/i.test(value)) return true
    if (/^(false|off|no|0)$/i.test(value)) return false
    throw new BhyveExit(
      4,
      `bhyve: Invalid value ${value} for boolean variable ${name}: No such file or directory`,
    )
  }

  boolAt(path: string, otherwise: boolean): boolean {
    const dot = path.lastIndexOf('.')
    const node = dot < 0 ? this.root : this.find(path.slice(0, dot))
    if (!node?.has(path.slice(dot + 1))) return otherwise
    try {
      return this.bool(node, path.slice(dot + 1), otherwise)
    } catch (error) {
      // bhyve names the whole path here.
      if (error instanceof BhyveExit)
        throw new BhyveExit(4, error.message.replace(/variable [^:]*:/, `variable ${path}:`))
      throw error
    }
  }

  /** What `-o config.dump=1` prints. */
  dump(): string {
    const lines: string[] = []
    const walk = (node: ConfigNode, prefix: string) => {
      for (const [name, value] of node)
        if (value instanceof Map) walk(value, `${prefix}${name}.`)
        else if (value !== null) lines.push(`${prefix}${name}=${value}\n`)
    }
    walk(this.root, '')
    return lines.join('')
  }

  #walk(path: string, create: boolean): ConfigNode | null {
    let node = this.root
    const parts = path.split('.')
    for (const [i, name] of parts.entries()) {
      if (name === '') {
        this.warnings.push(`bhyve: Invalid configuration node: ${path}`)
        return null
      }
      const next = node.get(name)
      if (next instanceof Map) node = next
      else if (next !== undefined) {
        const variable = parts.slice(0, i + 1).join('.')
        this.warnings.push(`bhyve: Configuration node ${path} is a child of existing variable ${variable}`)
        return null
      } else if (create) {
        const made: ConfigNode = new Map()
        node.set(name, made)
        node = made
      } else return null
    }
    return node
  }

  #raw(path: string): string | undefined {
    const dot = path.lastIndexOf('.')
    const node = dot < 0 ? this.root : this.find(path.slice(0, dot))
    const value = node?.get(path.slice(dot + 1))
    if (value instanceof Map) this.warnings.push(`bhyve: Attempting to fetch value of node ${path}`)
    return typeof value === 'string' ? value : undefined
  }

  /** `%(name)` is what that variable has, nothing where there is none; a backslash counts only beside a `%`. */
  #expand(value: string, depth: number): string {
    if (depth === 0) this.#references = 0
    if (depth === 0 && !value.includes('%')) return value
    let result = ''
    for (let at = 0; at < value.length; at++) {
      const letter = value.charAt(at)
      if (letter === '\\') {
        at++
        if (at === value.length) this.warnings.push(`bhyve: Trailing \\ in configuration value "${value}"`)
        result += value.charAt(at)
        continue
      }
      if (letter !== '%') {
        result += letter
        continue
      }
      const end = value.charAt(at + 1) === '(' ? value.indexOf(')', at + 2) : -1
      if (depth > DEEPEST_REFERENCE || end < 0) {
        this.warnings.push(
          depth > DEEPEST_REFERENCE
            ? 'bhyve: Too many recursive references in configuration value'
            : `bhyve: Invalid reference in configuration value "${value}"`,
        )
        result += '%'
        continue
      }
      result += this.#referenced(value.slice(at + 2, end), value, depth)
      at = end
    }
    return result
  }

  #referenced(name: string, value: string, depth: number): string {
    if (name === '') {
      this.warnings.push(`bhyve: Empty reference in configuration value "${value}"`)
      return ''
    }
    this.#references++
    if (this.#references > MOST_REFERENCES) throw new BhyveExit(4, 'bhyve: Failed to allocate memory')
    const raw = this.#raw(name)
    if (raw !== undefined) return this.#expand(raw, depth + 1)
    this.warnings.push(`bhyve: Failed to fetch referenced configuration variable ${name}`)
    return ''
  }
}

/** `name=value` or `name` (which is "true"), separated by commas: the options of most devices. */
export function setOptions(config: Config, node: ConfigNode, options: string | undefined): void {
  if (options === undefined) return
  for (const option of options.split(',')) {
    const equals = option.indexOf('=')
    if (equals < 0) config.setIn(node, option, 'true')
    else config.setIn(node, option.slice(0, equals), option.slice(equals + 1))
  }
}

/** First word and the rest behind its comma; the rest is undefined where there is no comma. */
export function cut(text: string, at = ','): [first: string, rest: string | undefined] {
  const place = text.indexOf(at)
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)]
}

/** strtol with base 0; null when the text is not wholly a number. */
export function integer(text: string): number | null {
  const match = /^\s*([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text)
  if (!match) return null
  const digits = match[2] ?? ''
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return match[1] === '-' ? -value : value
}

/** What scanf(3) makes of the digits it found for `%d`: saturated to 64 bits, then cut to 32. */
export function scanned(digits: string): number {
  const most = (1n << 63n) - 1n
  const value = BigInt(digits.replace(/^\+/, ''))
  const kept = value > most ? most : value < -most - 1n ? -most - 1n : value
  return Number(BigInt.asIntN(32, kept))
}
