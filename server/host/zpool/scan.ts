/** The scan paragraph of zpool-status(8): scrub, resilver, rebuild, in the words of OpenZFS 0.8 to 2.4. */
import { unreadable } from '../answer.ts'
import { parseCtime, parseSpan } from './clock.ts'

export type ZpoolScan = {
  kind: 'none' | 'scrub' | 'resilver'
  state: 'none' | 'running' | 'paused' | 'finished' | 'canceled'
  /** Unix ms. */
  startedAt: number | null
  endedAt: number | null
  /** 0 to 100. */
  percent: number | null
  scannedBytes: number | null
  issuedBytes: number | null
  totalBytes: number | null
  /** Rate of the issued I/O. */
  bytesPerSecond: number | null
  secondsLeft: number | null
  repairedBytes: number | null
  errors: number | null
  /** The paragraph as zpool prints it, one line. */
  text: string
}

/** Of a pool that was never scrubbed. */
export const NO_SCAN: ZpoolScan = {
  kind: 'none',
  state: 'none',
  startedAt: null,
  endedAt: null,
  percent: null,
  scannedBytes: null,
  issuedBytes: null,
  totalBytes: null,
  bytesPerSecond: null,
  secondsLeft: null,
  repairedBytes: null,
  errors: null,
  text: '',
}

/** A figure as zpool prints it, to be part of a pattern. */
export const SIZE = '\\d{1,16}(?:\\.\\d{1,3})?[BKMGTPEZ]?'
const DATE = '[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}'
const SPAN = '(?:\\d{1,6} days? )?\\d{1,6}:[0-5]\\d:[0-5]\\d'
/** "(draid1-0) " behind "resilver" in a sequential rebuild: which vdev. */
const WHICH = '(?: \\(.+?\\))?'

const FINISHED = new RegExp(
  `^(?:(scrub) repaired|(resilver)ed${WHICH}) (${SIZE}) in (${SPAN}) with (\\d{1,15}) errors on (${DATE})$`,
)
const CANCELED = new RegExp(`^(scrub|resilver)${WHICH} canceled on (${DATE})$`)
const RUNNING = new RegExp(`^(scrub|resilver)${WHICH} in progress since (${DATE})$`)
const PAUSED = new RegExp(`^(scrub) paused since (${DATE})$`)
const STARTED = new RegExp(`^(?:scrub|resilver) started on (${DATE})$`)
/** 2.1: scanned, issued and total apart; from 2.2: "scanned / total" and "issued / total"; a rate only while it moves. */
const PROGRESS = new RegExp(
  `^(${SIZE})(?: / (${SIZE}))? scanned(?: at (${SIZE})/s)?, (${SIZE})(?: / ${SIZE})? issued(?: at (${SIZE})/s)?(?:, (${SIZE}) total)?$`,
)
const DONE = new RegExp(
  `^(${SIZE}) (?:repaired|resilvered), (\\d{1,3}(?:\\.\\d+)?)% done(?:, (?:(${SPAN}) to go|no estimated completion time))?$`,
)

/** Bytes of "41.5M", "0B", "182M": as exact as zpool prints them. */
export function parseShortSize(text: string): number | null {
  const match = /^(\d{1,16}(?:\.\d{1,3})?)([BKMGTPEZ]?)$/.exec(text)
  const [, number = '', unit = ''] = match ?? []
  if (!match) return null
  return Math.round(Number(number) * 1024 ** Math.max(0, 'BKMGTPEZ'.indexOf(unit || 'B')))
}

function size(text: string | undefined): number | null {
  return text === undefined ? null : parseShortSize(text)
}

/** AppError `unreadable` where there is no such day. */
function time(date: string | undefined, answer: string): number {
  const at = parseCtime(date ?? '')
  if (at === null) throw unreadable('zpool status', answer, `“${date ?? ''}” is no time`)
  return at
}

function kind(word: string | undefined): 'scrub' | 'resilver' {
  return word === 'resilver' ? 'resilver' : 'scrub'
}

/**
 * The lines behind `scan:`. A pool that resilvers several vdevs at once has several paragraphs: the first that runs
 * counts, else the first. AppError `unreadable` where a line says something unknown; it keeps `answer`, the whole text.
 */
export function parseScan(lines: readonly string[], answer = lines.join('\n')): ZpoolScan {
  const paragraphs: string[][] = []
  for (const raw of lines) {
    const line = raw.trim()
    if (line === '') continue
    const last = paragraphs.at(-1)
    if (last && (PROGRESS.test(line) || DONE.test(line) || STARTED.test(line))) last.push(line)
    else paragraphs.push([line])
  }
  const scans = paragraphs.map(each => parseParagraph(each, answer))
  return scans.find(scan => scan.state === 'running') ?? scans[0] ?? { ...NO_SCAN }
}

function parseParagraph(lines: readonly string[], answer: string): ZpoolScan {
  const [head = '', ...rest] = lines
  const text = lines.join(', ')
  if (/^none requested$/.test(head) && rest.length === 0) return { ...NO_SCAN, text }
  return {
    ...NO_SCAN,
    ...parseHead(head, answer),
    ...Object.assign({}, ...rest.map(line => parseMore(line, answer))),
    text,
  }
}

function parseHead(head: string, answer: string): Partial<ZpoolScan> {
  const finished = FINISHED.exec(head)
  if (finished) {
    const endedAt = time(finished[6], answer)
    const lasted = parseSpan(finished[4] ?? '')
    return {
      kind: kind(finished[1] ?? finished[2]),
      state: 'finished',
      repairedBytes: size(finished[3]),
      errors: Number(finished[5]),
      endedAt,
      startedAt: lasted === null ? null : endedAt - lasted * 1000,
    }
  }
  const canceled = CANCELED.exec(head)
  if (canceled) {
    return { kind: kind(canceled[1]), state: 'canceled', endedAt: time(canceled[2], answer) }
  }
  const running = RUNNING.exec(head)
  if (running) {
    return { kind: kind(running[1]), state: 'running', startedAt: time(running[2], answer) }
  }
  // The time behind "paused since" is the pause's; the scrub's own start stands in the next line.
  if (PAUSED.test(head)) return { kind: 'scrub', state: 'paused' }
  throw unreadable('zpool status', answer, `its scan line says “${head.slice(0, 120)}”`)
}

function parseMore(line: string, answer: string): Partial<ZpoolScan> {
  const started = STARTED.exec(line)
  if (started) return { startedAt: time(started[1], answer) }
  const progress = PROGRESS.exec(line)
  if (progress) {
    return {
      scannedBytes: size(progress[1]),
      issuedBytes: size(progress[4]),
      totalBytes: size(progress[6] ?? progress[2]),
      bytesPerSecond: size(progress[5]),
    }
  }
  const done = DONE.exec(line)
  return {
    repairedBytes: size(done?.[1]),
    percent: done ? Number(done[2]) : null,
    secondsLeft: done?.[3] === undefined ? null : parseSpan(done[3]),
  }
}
