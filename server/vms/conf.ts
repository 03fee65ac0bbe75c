/**
 * vm-bhyve's configuration files (NAME.conf, .config/system.conf): read exactly as vm-bhyve's shell reads them, edited
 * without touching any other byte. Pure; a browser may import it.
 */
import { AppError } from '../errors.ts'

type ConfEntry = { key: string; value: string }

/** What vm-bhyve sees of a file: lines that count, in order. The first entry of a key wins. */
export type Conf = { entries: readonly ConfEntry[] }

/** A key Skep may write: what vm-bhyve's reader and sysrc(8) both accept. */
const WRITABLE_KEY = /^[a-z][a-zA-Z0-9_]*$/

/**
 * Characters no value may hold: vm-bhyve cuts at `#` and drops every `"`; sysrc sources the file as root's shell, so
 * that `$`, a back quote or a backslash would be run, not read.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must be refused
const UNWRITABLE = /["#$`\\\u0000-\u001f\u007f]/

/** In one pass from the end: a pattern like / *$/ tries every run of blanks of a line anew. */
function withoutTrailing(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1] ?? '')) end -= 1
  return text.slice(0, end)
}

/** Reads one line as vm-bhyve does: null for a line it does not see. */
function readLine(line: string): ConfEntry | null {
  if (!/^[a-z]/.test(line)) return null
  const uncommented = line.split('#', 1)[0] ?? ''
  const text = withoutTrailing(uncommented, ' ').replaceAll('"', '')
  const equals = text.indexOf('=')
  // A line without "=" is its own key and its own value.
  return equals < 0
    ? { key: text, value: text }
    : { key: text.slice(0, equals), value: text.slice(equals + 1) }
}

/**
 * Reads a whole file: only lines that start with a-z count; everything from `#` is cut, also inside quotes; trailing
 * blanks go, tabs and CR stay; all double quotes vanish; single quotes are literal.
 */
export function parseConf(text: string): Conf {
  const entries: ConfEntry[] = []
  for (const line of text.split('\n')) {
    const entry = readLine(line)
    if (entry) entries.push(entry)
  }
  return { entries }
}

/** The value vm-bhyve uses for a key, or undefined where the key is absent. An empty value is found, not absent. */
export function confValue(conf: Conf, key: string): string | undefined {
  return conf.entries.find(entry => entry.key === key)?.value
}

/** A value with vm-bhyve's default for an absent key. */
export function confText(conf: Conf, key: string, fallback = ''): string {
  return confValue(conf, key) ?? fallback
}

/** vm-bhyve's idea of true: not empty and not no / false / off / 0. */
export function isTrue(value: string): boolean {
  return value !== '' && !/^(no|false|off|0)$/i.test(value)
}

/** A switch with vm-bhyve's default for an absent key. */
export function confTrue(conf: Conf, key: string, fallback = ''): boolean {
  return isTrue(confText(conf, key, fallback))
}

/** Splits as an unquoted shell expansion does: blanks, tabs, newlines. */
export function words(text: string): string[] {
  return text.split(/[ \t\n]+/).filter(word => word !== '')
}

/** Why a value cannot be written, as one sentence, or null when it can. */
function whyUnwritable(key: string, value: string): string | null {
  if (!WRITABLE_KEY.test(key)) return `"${key}" is not a name that a guest's configuration can hold.`
  if (UNWRITABLE.test(value)) {
    return `The value of ${key} holds a character that vm-bhyve or sysrc would read as something else (one of " # $ \` \\ or a control character).`
  }
  return null
}

/**
 * Sets keys (a string) and removes keys (null); every other byte stays. The line vm-bhyve reads is the one replaced,
 * with its comment kept; a new key goes to the end, after a missing final newline is added. Written as `key="value"`,
 * the way sysrc writes. AppError `invalid` for a value that could not be read back.
 */
export function editConf(text: string, changes: Readonly<Record<string, string | null>>): string {
  let lines = text.split('\n')
  const appended: string[] = []
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) {
      lines = lines.filter(line => readLine(line)?.key !== key)
      continue
    }
    const why = whyUnwritable(key, value)
    if (why) throw new AppError('invalid', why, { field: key })
    const place = lines.findIndex(line => readLine(line)?.key === key)
    const old = lines[place]
    if (old !== undefined && readLine(old)?.value === value) continue
    if (old === undefined) appended.push(`${key}="${value}"`)
    else lines[place] = `${key}="${value}"${commentOf(old)}`
  }
  const edited = lines.join('\n')
  if (appended.length === 0) return edited
  // As vm-bhyve does before it lets sysrc append, also for an empty file.
  return `${edited}${edited.endsWith('\n') ? '' : '\n'}${appended.join('\n')}\n`
}

/**
 * Takes a numbered thing (`disk1_…`, `network0_…`, `passthru0`) out; those after it, as far as vm-bhyve sees them (`count`), move up,
 * because it stops at the first gap. Of a line that stays only the number changes.
 */
export function withoutNumbered(text: string, prefix: string, index: number, count: number): string {
  // A PCI device stands in a key without a leaf of its own.
  const end = prefix === 'passthru' ? '(?:_|$)' : '_'
  const pattern = new RegExp(`^${prefix}(0|[1-9][0-9]*)${end}`)
  return text
    .split('\n')
    .flatMap(line => {
      const number = pattern.exec(readLine(line)?.key ?? '')?.[1]
      const at = Number(number)
      if (number === undefined || at < index || at >= count) return [line]
      return at === index ? [] : [`${prefix}${at - 1}${line.slice(prefix.length + number.length)}`]
    })
    .join('\n')
}

/** The line of a screen's password, also one that vm-bhyve does not see because it is a comment or indented. */
const PASSWORD_LINE = /vnc_password\s*=/

/** The conf for eyes that need not see the password of the screen. */
export function maskedConf(text: string): string {
  return text.replaceAll(/(vnc_password\s*=).*/g, '$1"••••••••"')
}

/** The conf without the password of the screen: to be kept where more people can read it than the file. */
export function withoutScreenPassword(text: string): string {
  const lines = text.split('\n')
  return lines.filter(line => !PASSWORD_LINE.test(line)).join('\n')
}

/** A conf of then with the password of the screen that `today` has, byte for byte; with none where that has none. */
export function withScreenPasswordOf(today: string, text: string): string {
  const own = today.split('\n').find(line => readLine(line)?.key === 'vnc_password')
  const bare = withoutScreenPassword(text)
  return own === undefined ? bare : `${bare}${bare.endsWith('\n') || bare === '' ? '' : '\n'}${own}\n`
}

/** The comment of a line with the blanks before it; tabs become blanks, because vm-bhyve would keep them in the value. */
function commentOf(line: string): string {
  const hash = line.indexOf('#')
  if (hash < 0) return ''
  const before = line.slice(0, hash)
  const gap = before.length - withoutTrailing(before, ' \t').length
  return `${' '.repeat(gap)}${line.slice(hash)}`
}

/** Names of the keys whose value differs, in the order of the first file, then new ones. */
export function changedKeys(before: Conf, after: Conf): string[] {
  const keys = new Set([...before.entries, ...after.entries].map(entry => entry.key))
  return [...keys].filter(key => confValue(before, key) !== confValue(after, key))
}

/** Bytes for `2G`, `512M`, `1048576`: bhyve's -m grammar (a bare number below 1048576 is MiB). Null when it is not one. */
export function memoryBytes(text: string): number | null {
  const match = /^([0-9]+)([KMGT]?)B?$/i.exec(text)
  if (!match?.[1]) return null
  // expand_number(3) reads a leading zero as octal; nobody means that.
  if (/^0/.test(match[1])) return null
  const number = Number(match[1])
  const unit = (match[2] ?? '').toUpperCase()
  if (unit === '') {
    if (/B$/i.test(text)) return null
    return number < 1048576 ? number * 1048576 : number
  }
  const bytes = number * { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }[unit as 'K' | 'M' | 'G' | 'T']
  return Number.isSafeInteger(bytes) ? bytes : null
}
