/** fetch(1), as far as it brings a file of the web: real requests from this computer. usr.bin/fetch/fetch.c, lib/libfetch/common.c. */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

/** libfetch's words for what a server answers (http.errors). */
const ANSWERS: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  416: 'Requested Range Not Satisfiable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

export const fetch: Program = async (world, argv, io) => {
  const options = getopt(argv.slice(1), 'qrRFso:T:a')
  if ('bad' in options || options.operands.length !== 1)
    return fail(1, 'usage: fetch [-FqRrs] [-o file] URL\n')
  const [url = ''] = options.operands
  if (!/^https?:/.test(url)) return fail(1, `fetch: ${url}: URL scheme not supported\n`)
  if (options.has('s')) {
    const answer = await ask(url, { method: 'HEAD', signal: io.signal })
    if (typeof answer === 'string') return fail(1, `fetch: ${answer}\n`)
    return ok(`${answer.headers.get('content-length') ?? 'Unknown'}\n`)
  }
  const name = path.posix.resolve(io.cwd, options.value('o') ?? path.posix.basename(new URL(url).pathname))
  const file = world.resolve(name)
  const from = options.has('r') && existsSync(file) ? statSync(file).size : 0
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {}
  const answer = await ask(url, { headers, signal: io.signal })
  if (typeof answer === 'string') return fail(1, `fetch: ${url}: ${answer}\n`)
  let at = answer.status === 206 ? from : 0
  const total = at + Number(answer.headers.get('content-length') ?? Number.NaN)
  let handle: number
  try {
    handle = openSync(file, at > 0 ? 'r+' : 'w')
  } catch {
    return fail(1, `fetch: ${name}: open(): No such file or directory\n`)
  }
  try {
    for await (const piece of answer.body ?? []) {
      writeSync(handle, piece, 0, piece.length, at)
      at += piece.length
    }
  } catch {
    if (io.signal.aborted) return fail(1, 'fetch: transfer interrupted\n')
  } finally {
    closeSync(handle)
    world.touched(name)
  }
  return at < total ? fail(1, `fetch: ${name} appears to be truncated: ${at}/${total} bytes\n`) : ok()
}

/** The answer, or why there is none in libfetch's words. */
async function ask(url: string, init: RequestInit): Promise<Response | string> {
  try {
    // As it is sent: a compressed answer has another length than the file.
    const answer = await globalThis.fetch(url, {
      ...init,
      headers: { ...init.headers, 'accept-encoding': 'identity' },
    })
    return answer.ok ? answer : (ANSWERS[answer.status] ?? 'Unknown HTTP error')
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null
    const code = cause && 'code' in cause ? cause.code : null
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Host does not resolve'
    return code === 'ECONNREFUSED' ? 'Connection refused' : 'Network is unreachable'
  }
}
