/** Numbers and times as OpenZFS's command line prints them (lib/libzutil/zutil_nicenum.c). */

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E']

function nice(value: number, smallest: string): string {
  let index = 0
  let scaled = value
  while (scaled >= 1024 && index < UNITS.length - 1) {
    scaled /= 1024
    index++
  }
  if (index === 0) return `${value}${smallest}`
  const unit = UNITS[index]
  if (Number.isInteger(scaled)) return `${scaled}${unit}`
  for (const digits of [2, 1]) {
    const text = `${scaled.toFixed(digits)}${unit}`
    if (text.length <= 5) return text
  }
  return `${scaled.toFixed(0)}${unit}`
}

/** 2296 → `2.24K`, 0 → `0`. */
export function niceNumber(value: number): string {
  return nice(value, '')
}

/** 1006632960 → `960M`, 0 → `0B`. */
export function niceBytes(value: number): string {
  return nice(value, 'B')
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number) => String(value).padStart(2, '0')

/** ctime(3) without its newline; the sandbox lives in UTC: `Sun Nov 22 09:52:44 2026`. */
export function ctime(ms: number): string {
  const date = new Date(ms)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${clock(date)} ${date.getUTCFullYear()}`
}

/** date(1): `Sun Nov 22 09:45:51 UTC 2026`. */
export function dateLine(ms: number): string {
  return ctime(ms).replace(/ (\d+)$/, ' UTC $1')
}

/** `Nov 22 2026 09:53:41.180880084`, the first column of `zpool events`. */
export function eventTime(ms: number, nanoseconds: number): string {
  const date = new Date(ms)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const fraction = String(nanoseconds).padStart(9, '0')
  return `${MONTHS[date.getUTCMonth()]} ${day} ${date.getUTCFullYear()} ${clock(date)}.${fraction}`
}

/** `2026-11-22.09:45:33`, the first column of `zpool history`. */
export function historyTime(ms: number): string {
  const date = new Date(ms)
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}.${clock(date)}`
}

function clock(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
}

/** secs_to_dhms of zpool: `00:00:07`, `2 days 03:04:05`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const days = Math.floor(whole / 86400)
  const rest = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return days > 0 ? `${days} days ${rest}` : rest
}
