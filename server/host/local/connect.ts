/** Byte streams to the loopback interface and to unix sockets. */
import net from 'node:net'
import { AppError } from '../../errors.ts'
import type { HostSocket } from '../host.ts'
import { errorCode } from './errors.ts'

const DEADLINE_MS = 5_000

/**
 * Connects to 127.0.0.1:port or to a unix socket. AppError `unreachable` (nobody listens), `not_found` (no such socket),
 * `denied`, `timeout`, `invalid`.
 */
export function connectLocal(
  target: { port: number } | { path: string },
  options: { timeoutMs?: number } = {},
): Promise<HostSocket> {
  const name = 'port' in target ? `port ${target.port}` : `“${target.path}”`
  if ('port' in target && !(Number.isInteger(target.port) && target.port > 0 && target.port < 65_536)) {
    return Promise.reject(new AppError('invalid', `${target.port} is no TCP port.`))
  }
  return new Promise((resolve, reject) => {
    const socket =
      'port' in target
        ? net.connect({ host: '127.0.0.1', port: target.port, noDelay: true })
        : net.connect({ path: target.path })
    const timeoutMs = options.timeoutMs ?? DEADLINE_MS
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new AppError('timeout', `Nothing answered on ${name} within ${timeoutMs / 1000} s.`))
    }, timeoutMs)
    socket.once('error', error => {
      clearTimeout(timer)
      reject(connectError(error, name))
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

function connectError(error: Error, name: string): AppError {
  const cause = { cause: error }
  switch (errorCode(error)) {
    case 'ECONNREFUSED':
      return new AppError('unreachable', `Nothing listens on ${name}.`, {}, cause)
    case 'ENOENT':
      return new AppError('not_found', `There is no socket ${name}.`, {}, cause)
    case 'EACCES':
    case 'EPERM':
      return new AppError('denied', `The host does not permit Skep to connect to ${name}.`, {}, cause)
    default:
      return new AppError('unreachable', `Skep could not connect to ${name}: ${error.message}.`, {}, cause)
  }
}
