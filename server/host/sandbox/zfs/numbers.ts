/** Numbers and dates as zfs prints and reads them. */
const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E']

/** Three figures and a unit: `0B`, `96K`, `40.1M` (zfs_nicebytes). */
export function niceBytes(bytes: number): string {
  return niceNumber(bytes, 'B')
}

function niceNumber(value: number, ones = ''): string {
  let index = 0
  for (let rest = value; rest >= 1024 && index < UNITS.length - 1; rest = Math.floor(rest / 1024)) index++
  const unit = index === 0 ? ones : (UNITS[index] ?? '')
  const divisor = 1024 ** index
  if (value % divisor === 0) return `${value / divisor}${unit}`
  for (const digits of [2, 1, 0]) {
    const text = `${(value / divisor).toFixed(digits)}${unit}`
    if (text.length <= 5) return text
  }
  return `${Math.round(value / divisor)}${unit}`
}

/** `10G`, `1.5T`, `512`, `64KB`; null for anything else (zfs_nicestrtonum). */
export function parseSize(text: string): number | null {
  const found = /^(\d+(?:\.\d*)?|\.\d+)([BKMGTPEZ]?)(?:I?B)?$/i.exec(text)
  if (!found) return null
  const unit = (found[2] ?? '').toUpperCase()
  const power = unit === '' || unit === 'B' ? 0 : 'KMGTPEZ'.indexOf(unit) + 1
  const bytes = Math.floor(Number(found[1]) * 1024 ** power)
  return bytes >= 2 ** 64 ? null : bytes
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Sun Nov 22  9:45 2026`; holds pad the hour with a zero. */
export function longDate(unixSeconds: number, padHour: ' ' | '0' = ' '): string {
  const date = new Date(unixSeconds * 1000)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const hour = String(date.getUTCHours()).padStart(2, padHour)
  const minute = String(date.getUTCMinutes()).padStart(2, '0')
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${hour}:${minute} ${date.getUTCFullYear()}`
}
