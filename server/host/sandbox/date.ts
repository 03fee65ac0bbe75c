/** date(1) on the machine's clock, and `clock`, which sets it by hand for tests and demonstrations. */
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { dateLine } from './zpool/figures.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** strftime(3) in UTC, as far as scripts use it; unknown conversions stay. */
export function formatTime(ms: number, format: string): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = DAYS[date.getUTCDay()] ?? ''
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1)
  const simple: Record<string, string> = {
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    e: String(date.getUTCDate()).padStart(2, ' '),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    s: String(Math.floor(ms / 1000)),
    j: String(Math.floor((ms - yearStart) / 86_400_000) + 1).padStart(3, '0'),
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    B: month,
    u: String(date.getUTCDay() || 7),
    N: String(Math.floor(((ms % 1000) + 1000) % 1000) * 1_000_000).padStart(9, '0'),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  }
  const whole: Record<string, string> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }
  return format.replace(/%(.)/g, (text, letter: string) => {
    const longer = whole[letter]
    return longer ? formatTime(ms, longer) : (simple[letter] ?? text)
  })
}

export const date: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'ujnRr:f:v:I:z:')
  if ('bad' in options)
    return fail(1, 'usage: date [-jnRu] [-I[date|hours|minutes|seconds|ns]] [-f input_fmt] [+output_fmt]\n')
  const seconds = options.value('r')
  const at = seconds === null ? world.now() : Number(seconds) * 1000
  if (!Number.isFinite(at)) return fail(1, `date: ${seconds}: No such file or directory\n`)
  const format = options.operands.find(word => word.startsWith('+'))
  return ok(`${format ? formatTime(at, format.slice(1)) : dateLine(at)}\n`)
}

/** `clock`, `clock set 2026-11-22T09:00:00Z`, `clock set +3600` */
export const clock: Program = (world, argv) => {
  const [, verb, to] = argv
  if (verb === undefined) return ok(`${new Date(world.now()).toISOString()}\n`)
  if (verb !== 'set' || to === undefined || argv.length > 3)
    return fail(64, 'usage: clock [set ISO8601 | set +SECONDS]\n')
  const at = /^[+-]\d+(\.\d+)?$/.test(to) ? world.now() + Number(to) * 1000 : Date.parse(to)
  if (!Number.isFinite(at)) return fail(64, `clock: ${to}: neither a time nor +SECONDS\n`)
  world.setClock(at)
  return ok(`${new Date(world.now()).toISOString()}\n`)
}
