/**
 * A deadline is there for what hangs, not to measure: vitest gives `vi.waitFor` one second, which a busy machine takes
 * for one start of a program. Everything waited for has a minute, however little the call itself asks for.
 */
import { vi } from 'vitest'

const DEADLINE_MS = 60_000
const waitFor = vi.waitFor

vi.waitFor = (callback, options) => {
  const given = typeof options === 'object' ? options : {}
  return waitFor(callback, { ...given, timeout: DEADLINE_MS })
}
