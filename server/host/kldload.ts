/** kldload(8). */
import { AppError } from '../errors.ts'
import { type Recogniser, runOrThrow } from './answer.ts'
import type { Host } from './host.ts'

/** `-n`: quiet when it is loaded already. */
export function kldloadArgv(module: string): string[] {
  return ['kldload', '-n', module]
}

/** AppError `not_found` (no such module), `denied`, `unsupported` (it refused this machine). */
export async function kldload(host: Host, module: string): Promise<void> {
  const recognise: Recogniser = stderr => {
    const line = stderr.split('\n', 1)[0] ?? ''
    const start = `kldload: can't load ${module}: `
    if (line === `${start}No such file or directory`) {
      return new AppError('not_found', `This kernel has no module “${module}”.`)
    }
    if (line === `${start}Operation not permitted`) {
      return new AppError('denied', `The host does not permit Skep to load “${module}”.`)
    }
    if (line.startsWith('kldload: an error occurred while loading module')) {
      return new AppError('unsupported', `The module “${module}” refused this machine.`, {
        next: 'See what it says in dmesg.',
      })
    }
    return null
  }
  await runOrThrow(host, kldloadArgv(module), [recognise])
}
