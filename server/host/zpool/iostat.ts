/** zpool-iostat(8): what pools read and write. */
import { commandError } from '../answer.ts'
import type { Host } from '../host.ts'
import { Fields, parseRows } from '../zfs/rows.ts'
import { zpoolRecognisers } from './errors.ts'
import { isPoolName } from './list.ts'

/** Means of the time that was measured, a second. */
export type PoolIo = {
  name: string
  reads: number
  writes: number
  readBytes: number
  writtenBytes: number
}

const COLUMNS = ['name', 'allocated', 'free', 'reads', 'writes', 'readBytes', 'writtenBytes'] as const

/** `-y` leaves out the means since boot: the program measures so many seconds, says one thing and ends. */
export function poolIoArgv(seconds: number): string[] {
  return ['zpool', 'iostat', '-Hpy', String(seconds), '1']
}

/** `zpool iostat -Hpy SECONDS 1`, without `-v`: a row a pool. AppError `unreadable`. */
export function parsePoolIo(text: string): PoolIo[] {
  return parseRows('zpool iostat', COLUMNS, text, ['name']).map(row => {
    const field = new Fields('zpool iostat', row)
    // A pool that is suspended tells no space.
    for (const space of ['allocated', 'free'] as const) field.numberOrNull(space)
    return {
      name: field.check('name', isPoolName),
      reads: field.number('reads'),
      writes: field.number('writes'),
      readBytes: field.number('readBytes'),
      writtenBytes: field.number('writtenBytes'),
    }
  })
}

/** Measures all pools for so many seconds; empty where there is none. AppError `unreadable`, `timeout`. */
export async function readPoolIo(
  host: Pick<Host, 'run'>,
  seconds: number,
  signal: AbortSignal,
): Promise<PoolIo[]> {
  const argv = poolIoArgv(seconds)
  const result = await host.run(argv, { signal, timeoutMs: (seconds + 10) * 1000 })
  if (result.stdout === '' && /^no pools available\n/.test(result.stderr)) return []
  if (result.exit !== 0) throw commandError(argv, result, zpoolRecognisers(null))
  return parsePoolIo(result.stdout)
}
