/** Byte streams through the connection: to the other machine's loopback interface and unix sockets. */
import type { ClientChannel } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { Host } from '../host.ts'
import type { Connection } from './connection.ts'

const DEADLINE_MS = 5_000

/** As `Host.connect`: AppError `unreachable` (nobody listens, connection lost), `denied`, `timeout`, `invalid`. */
export function connectThrough(connection: Connection): Host['connect'] {
  return async (target, options = {}) => {
    if ('port' in target && !(Number.isInteger(target.port) && target.port > 0 && target.port < 65_536)) {
      throw new AppError('invalid', `${target.port} is no TCP port.`)
    }
    const name = 'port' in target ? `port ${target.port}` : `“${target.path}”`
    const timeoutMs = options.timeoutMs ?? DEADLINE_MS
    return new Promise((resolve, reject) => {
      let late = false
      const deadline = setTimeout(() => {
        late = true
        reject(new AppError('timeout', `Nothing answered on ${name} within ${timeoutMs / 1000} s.`))
      }, timeoutMs)
      const opened = (error: Error | undefined, channel: ClientChannel) => {
        clearTimeout(deadline)
        if (error) reject(openError(error, name))
        else if (late) channel.destroy()
        else resolve(channel)
      }
      connection.client().then(
        client => {
          if (late) return
          // RFC 4254, 7.2; the unix socket is OpenSSH's own (PROTOCOL, 2.4).
          if ('port' in target) client.forwardOut('127.0.0.1', 0, '127.0.0.1', target.port, opened)
          else client.openssh_forwardOutStreamLocal(target.path, opened)
        },
        error => {
          clearTimeout(deadline)
          reject(error)
        },
      )
    })
  }
}

/** RFC 4254, 5.1: 1 is “administratively prohibited”, 2 “connect failed”. */
const PROHIBITED = 1

function openError(error: Error, name: string): AppError {
  const cause = { cause: error }
  if (Reflect.get(error, 'reason') === PROHIBITED) {
    const next =
      'Set AllowTcpForwarding and AllowStreamLocalForwarding to “local” in /etc/ssh/sshd_config there.'
    return new AppError('denied', `The machine’s sshd does not let Skep connect to ${name}.`, { next }, cause)
  }
  if (/No such file/i.test(error.message)) {
    return new AppError('not_found', `There is no socket ${name}.`, {}, cause)
  }
  return new AppError('unreachable', `Nothing listens on ${name}.`, { stderr: error.message }, cause)
}
