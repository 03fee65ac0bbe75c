/** zpool-events(8): the push channel. */
import type { Host, HostStream } from '../host.ts'

/** One event of the kernel's queue. */
export type ZpoolEvent = {
  /** Counts up by one; null where the record was damaged. */
  eid: number | null
  /** `sysevent.fs.zfs.history_event`, `resource.fs.zfs.statechange`, …; empty where the record was damaged. */
  class: string
  /** Unix ms; null where the event does not tell. */
  at: number | null
  pool: string | null
  /** history_dsname: `tank/vm1@e1`. */
  dataset: string | null
  /** history_internal_name: `snapshot`, `destroy`, `create`, `set`, `rename`, `hold`, `clone swap` (a rollback), … */
  verb: string | null
  /** history_internal_str: `-> tank/fs2`, `compression=2`, … */
  text: string | null
  /** Events between the one before and this one were lost (or the kernel began to count anew): read everything again. */
  isAfterGap: boolean
}

/** First what the kernel still holds, then, with `follow`, live. */
export function poolEventsArgv(options: { follow: boolean } = { follow: true }): string[] {
  return ['zpool', 'events', options.follow ? '-vHf' : '-vH']
}

const HEAD = /^[A-Z][a-z]{2} [ \d]\d \d{4} \d\d:\d\d:\d\d\.\d+\t(\S+)$/
const ATTRIBUTE = /^ {8}([A-Za-z0-9_]+) = ?(.*)$/

/**
 * Reads `zpool events -vH[f]` line by line: a line "date<TAB>class", lines of 8 spaces "key = value", an empty line.
 * A text may hold newlines (names and values of user properties are printed raw): they belong to the value above.
 */
export class ZpoolEventReader {
  #class: string | null = null
  /** The lines of each value. */
  #values = new Map<string, string[]>()
  #lastKey: string | null = null
  #lastEid: number | null = null
  #isDamaged = false

  /** The event this line completes, if it does. */
  push(line: string): ZpoolEvent | null {
    const head = HEAD.exec(line)
    if (head) {
      const lost = this.#class === null ? null : this.#finish()
      this.#class = head[1] ?? ''
      return lost
    }
    if (this.#class === null) {
      if (line === '') return null
      // A record without its head: what it tells is read all the same, as one behind a gap.
      this.#class = ''
      this.#isDamaged = true
    }
    if (line === '' && !this.#isOpen()) return this.#finish()
    const attribute = this.#isOpen() ? null : ATTRIBUTE.exec(line)
    if (attribute) {
      const [, key = '', value = ''] = attribute
      this.#lastKey = key
      this.#values.set(key, [value])
    } else if (this.#lastKey !== null) {
      this.#values.get(this.#lastKey)?.push(line)
    } else this.#isDamaged = true
    return null
  }

  /** A text whose closing quote has not come yet. A known state has its number behind it: `"ONLINE" (0x7)`. */
  #isOpen(): boolean {
    const lines = this.#values.get(this.#lastKey ?? '') ?? []
    const [first = ''] = lines
    if (!first.startsWith('"')) return false
    const last = lines.length > 1 ? (lines.at(-1) ?? '') : first.slice(1)
    return !/"(?: \(0x[0-9a-f]+\))?$/.test(last)
  }

  #value(key: string): string | undefined {
    return this.#values.get(key)?.join('\n')
  }

  #finish(): ZpoolEvent {
    const eid = hex(this.#value('eid'))
    const isNext = eid !== null && (this.#lastEid === null || eid === this.#lastEid + 1)
    // A text with an odd quote and newlines can swallow the next keys; a history event always tells what was done.
    if (this.#class?.endsWith('.history_event') && !this.#values.has('history_internal_name'))
      this.#isDamaged = true
    const event: ZpoolEvent = {
      eid,
      class: this.#class ?? '',
      at: time(this.#value('time')),
      pool: text(this.#value('pool')),
      dataset: text(this.#value('history_dsname')),
      verb: text(this.#value('history_internal_name')),
      text: text(this.#value('history_internal_str')),
      isAfterGap: this.#isDamaged || !isNext,
    }
    if (eid !== null) this.#lastEid = eid
    this.#class = null
    this.#values = new Map()
    this.#lastKey = null
    this.#isDamaged = false
    return event
  }
}

function text(value: string | undefined): string | null {
  return value?.startsWith('"') && value.endsWith('"') && value.length >= 2 ? value.slice(1, -1) : null
}

function hex(value: string | undefined): number | null {
  const number = /^0x[0-9a-f]{1,16}$/.test(value ?? '') ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) ? number : null
}

/** `time = 0x<seconds> 0x<nanoseconds> `. */
function time(value: string | undefined): number | null {
  const [seconds, nanoseconds] = (value ?? '').trim().split(' ')
  const whole = hex(seconds)
  const part = hex(nanoseconds)
  return whole === null || part === null ? null : whole * 1000 + Math.floor(part / 1_000_000)
}

/** The text of `zpool events -vH`, whole. */
export function parsePoolEvents(text: string): ZpoolEvent[] {
  const reader = new ZpoolEventReader()
  return text.split('\n').flatMap(line => reader.push(line) ?? [])
}

/**
 * Follows the host's events until `signal` ends or the program does. The first events are those the kernel still held:
 * they may be old. AppError as for `host.stream`.
 */
export async function followPoolEvents(
  host: Host,
  signal?: AbortSignal,
): Promise<{ events: AsyncIterable<ZpoolEvent>; done: HostStream['done']; kill: () => void }> {
  const stream = await host.stream(poolEventsArgv(), signal ? { signal } : {})
  return { events: readEvents(stream.lines), done: stream.done, kill: () => stream.kill() }
}

async function* readEvents(lines: AsyncIterable<string>): AsyncIterable<ZpoolEvent> {
  const reader = new ZpoolEventReader()
  for await (const line of lines) {
    const event = reader.push(line)
    if (event) yield event
  }
}
