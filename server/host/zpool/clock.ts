/** Times as zpool prints them in the C locale. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const CTIME = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) (\d{4})$/

/**
 * ctime(3), "Sun Nov 22 09:52:54 2026", as Unix ms; null where it is none. The text is in the host's time zone, which is
 * the console's own: it runs there.
 */
export function parseCtime(text: string): number | null {
  const match = CTIME.exec(text)
  const month = MONTHS.indexOf(match?.[2] ?? '')
  if (!match || month < 0) return null
  const [, weekday, , day, hour, minute, second, year] = match
  const at = new Date(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  return at.getDate() === Number(day) && DAYS[at.getDay()] === weekday ? at.getTime() : null
}

/** "00:00:19", "1 days 02:03:04" in seconds; null where it is none. */
export function parseSpan(text: string): number | null {
  const match = /^(?:(\d{1,6}) days? )?(\d{1,6}):([0-5]\d):([0-5]\d)$/.exec(text)
  if (!match) return null
  return ((Number(match[1] ?? 0) * 24 + Number(match[2])) * 60 + Number(match[3])) * 60 + Number(match[4])
}
