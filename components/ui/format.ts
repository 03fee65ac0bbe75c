/** Words for figures. Pure; everything that prints a size, a time or a share goes through here. */

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const

/** Three figures and a binary unit: 1.25 TiB, 38.2 GiB, 412 GiB, 0 B. */
export function bytes(value: number): string {
  const sign = value < 0 ? '−' : ''
  let rest = Math.abs(value)
  let unit = 0
  while (rest >= 1024 && unit < BINARY.length - 1) {
    rest /= 1024
    unit++
  }
  // 1023.7 KiB would round to "1,024 KiB": one unit further it is 1.00 MiB.
  if (unit > 0 && unit < BINARY.length - 1 && Math.round(rest) >= 1024) {
    rest /= 1024
    unit++
  }
  return `${sign}${unit === 0 ? Math.round(rest) : threeFigures(rest)} ${BINARY[unit]}`
}

function threeFigures(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return value.toFixed(decimals)
}

/** All of it: "41,016,098,816 bytes". */
export function exactBytes(value: number): string {
  return `${count(value)} ${value === 1 ? 'byte' : 'bytes'}`
}

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgtpe])i?b?|b)?$/i

/**
 * Bytes from what a person types: "40G", "40 GiB", "1.5t", "512". Binary units as ZFS reads them.
 * Null when it is no size, not whole bytes' worth, or beyond what ZFS can hold (2^63).
 */
export function parseBytes(text: string): number | null {
  const match = SIZE.exec(text.trim())
  if (!match?.[1]) return null
  const power = match[2] ? 'kmgtpe'.indexOf(match[2].toLowerCase()) + 1 : 0
  const value = Number(match[1]) * 1024 ** power
  if (!Number.isFinite(value) || value >= 2 ** 63) return null
  return Math.round(value)
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1,204 */
export function count(value: number): string {
  return grouped.format(value)
}

/** "1 snapshot", "3 snapshots", "1,204 snapshots". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Share of 1 as "62 %"; small shares say so instead of claiming nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %'
  // 99.7 % is not full.
  const whole = share < 1 ? Math.min(99, Math.round(share * 100)) : Math.round(share * 100)
  return `${whole} %`
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in at most two units: "0.11 s", "12 s", "4 min 3 s", "6 d 4 h". */
export function duration(ms: number): string {
  const value = Math.max(0, ms)
  if (value < 10 * SECOND) return `${(value / SECOND).toFixed(value < SECOND ? 2 : 1)} s`
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`
  if (value < HOUR) return pair(value, MINUTE, 'min', SECOND, 's')
  if (value < DAY) return pair(value, HOUR, 'h', MINUTE, 'min')
  return pair(value, DAY, 'd', HOUR, 'h')
}

function pair(value: number, big: number, bigName: string, small: number, smallName: string): string {
  const whole = Math.floor(value / big)
  const rest = Math.floor((value % big) / small)
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`
}

/** A clock that counts down or up: "0:12", "1:04:09". */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND))
  const s = String(seconds % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${s}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`
}

/** "2 minutes ago", "in 3 days", "just now". */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at)
  if (distance < 45 * SECOND) return distance < 10 * SECOND ? 'just now' : said('less than a minute', at, now)
  for (const [limit, unit, name] of STEPS) {
    if (distance < limit) {
      const whole = Math.max(1, Math.round(distance / unit))
      return said(`${whole} ${name}${whole === 1 ? '' : 's'}`, at, now)
    }
  }
  return said(plural(Math.round(distance / (365.25 * DAY)), 'year'), at, now)
}

const STEPS: readonly (readonly [number, number, string])[] = [
  [59.5 * MINUTE, MINUTE, 'minute'],
  [23.5 * HOUR, HOUR, 'hour'],
  [60 * DAY, DAY, 'day'],
  [700 * DAY, 30.44 * DAY, 'month'],
]

function said(text: string, at: number, now: number): string {
  return at <= now ? `${text} ago` : `in ${text}`
}

const exact = new Intl.DateTimeFormat('sv-SE', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})
const hourMinute = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit' })

/** "2026-11-22 10:00:03 UTC", in the browser's time zone. */
export function exactTime(at: number): string {
  return exact.format(at)
}

/** "10:00", in the browser's time zone. */
export function timeOfDay(at: number): string {
  return hourMinute.format(at)
}

/** "a", "a and b", "a, b and c"; beyond `most` names "a, b and 7 more". */
export function listing(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length > most)
    return `${names.slice(0, most - 1).join(', ')} and ${count(names.length - most + 1)} more`
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
}
