/**
 * `/api/uploads/<host>/<digest>`: the door through which the pieces of an upload come. Of the tus protocol 1.0.0 the two
 * methods that go on with an upload, and the one that ends it: an upload begins with its task, and its bytes lie on
 * another machine, where no store of a library reaches.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mayAct, roleOn } from '../accounts/model.ts'
import type { Caller } from '../context.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { type Reception, receptionOf } from './receptions.ts'

const ADDRESS = /^\/api\/uploads\/([^/]+)\/([0-9a-f]{64})$/
const ROLE = 'operator'

const STATUS: Partial<Record<ErrorCode, number>> = {
  changed: 409,
  locked: 423,
  invalid: 413,
  no_space: 507,
  unreachable: 503,
  timeout: 504,
}

/** True where the address is one of uploads; it is answered then. */
export async function serveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  caller: Caller | null,
): Promise<boolean> {
  const [, host, digest] = ADDRESS.exec(pathname) ?? []
  if (host === undefined || digest === undefined) return false
  response.setHeader('Tus-Resumable', '1.0.0')
  const say = (status: number, words = '') => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.writeHead(status).end(words)
    return true
  }
  if (!caller) return say(401, 'You are not signed in.\n')
  const id = decodeURIComponent(host)
  const role = roleOn(caller.account, id)
  const reception = role === null ? null : receptionOf(id, digest)
  if (role !== null && !mayAct(role, ROLE)) return say(403, `This needs the role ${ROLE}.\n`)
  if (!reception) return say(404, 'This upload is not waited for.\n')
  switch (request.method) {
    case 'HEAD':
      tell(response, reception)
      return say(200)
    case 'PATCH':
      return say(...(await taken(request, response, reception)))
    case 'DELETE':
      reception.stop()
      return say(204)
    default:
      return say(405)
  }
}

function tell(response: ServerResponse, { offset, totalBytes }: Reception) {
  response.setHeader('Upload-Offset', offset)
  response.setHeader('Upload-Length', totalBytes)
}

async function taken(
  request: IncomingMessage,
  response: ServerResponse,
  reception: Reception,
): Promise<[number, string?]> {
  const offset = Number(request.headers['upload-offset'] ?? Number.NaN)
  if (request.headers['content-type'] !== 'application/offset+octet-stream' || !Number.isSafeInteger(offset))
    return [415, 'A piece says where it begins.\n']
  try {
    await reception.receive(offset, request)
  } catch (error) {
    if (error instanceof AppError) return [STATUS[error.code] ?? 500, `${error.message}\n`]
    // The browser went away in the middle of it: nobody hears this.
    if (request.errored ?? !request.complete) return [400]
    throw error
  }
  tell(response, reception)
  return [204]
}
