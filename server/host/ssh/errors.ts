/** What ssh2 and the other machine say when they do not work together, as a person's words. */
import { AppError } from '../../errors.ts'
import { formatSshAddress, type SshAddress } from '../ssh-address.ts'

function text(error: unknown, property: 'code' | 'level'): string {
  const value = error instanceof Error ? Reflect.get(error, property) : undefined
  return typeof value === 'string' ? value : ''
}

/** `10.0.0.5:2222`, with the port only where it is another than 22. */
function placeOf(address: SshAddress): string {
  return formatSshAddress(address).replace(/^ssh:\/\/[^/]*@(?=[^@]+$)/, '')
}

/** Why no connection came about. Always `unreachable`: the machine's pages keep what they have, with this reason. */
export function connectError(error: unknown, address: SshAddress, byPassword = false): AppError {
  if (error instanceof AppError) return error
  const cause = { cause: error }
  const place = placeOf(address)
  const words = (message: string, next: string) => new AppError('unreachable', message, { next }, cause)
  if (text(error, 'level') === 'client-authentication' && byPassword) {
    return words(
      `${place} does not take this password of ${address.user}.`,
      'It may be wrong, or sshd there takes no passwords of this account (PermitRootLogin, PasswordAuthentication): then add the line to authorized_keys by hand.',
    )
  }
  if (text(error, 'level') === 'client-authentication') {
    return words(
      `${place} does not let Skep in as ${address.user}.`,
      `Add Skep’s key to ~${address.user}/.ssh/authorized_keys there, or choose another key.`,
    )
  }
  switch (text(error, 'code')) {
    case 'ECONNREFUSED':
      return words(`Nothing listens at ${place}.`, 'Start sshd there: service sshd onestart.')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return words(`The name ${address.host} is not known.`, 'Look at the address, or at this machine’s DNS.')
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return words(
        `There is no way to ${place}.`,
        'See whether the machine is on and the network leads there.',
      )
    default: {
      const said = error instanceof Error ? error.message : String(error)
      if (text(error, 'level') === 'client-timeout' || /timed out/i.test(said)) {
        return words(`${place} does not answer.`, 'See whether the machine is on and not stuck.')
      }
      return words(`The connection to ${place} did not come about: ${said}.`, 'See the log of sshd there.')
    }
  }
}

/** The machine has no host key of the types that it was asked for. */
export function hasNoSuchKey(error: unknown): boolean {
  return error instanceof Error && error.message === 'Handshake failed: no matching host key format'
}

/** The machine asks what is not the password, or asks for it again. Its own words are shown in part. */
export function asksMore(address: SshAddress, prompt: string): AppError {
  const asked = prompt
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 60)
  return new AppError(
    'unreachable',
    `${placeOf(address)} does not take the password of ${address.user} alone: it asks “${asked}”.`,
    {
      next: 'The password may be wrong, or sshd there wants more than it: then add the line to authorized_keys by hand.',
    },
  )
}

/** Another key than the pinned one: somebody else may be answering. */
export function keyChanged(address: SshAddress, pinned: string, shown: string): AppError {
  return new AppError(
    'unreachable',
    `${placeOf(address)} shows another host key than the one it was added with. It may have been installed anew, or somebody else is answering.`,
    {
      refusedKey: { pinned, shown },
      next: 'Compare with “ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub” at the machine itself; only if they are the same, accept the new key in System.',
    },
  )
}

/** The connection went while a program ran: it may have done its work, or be doing it still. */
export function cutOff(argv: readonly string[], address: SshAddress): AppError {
  return new AppError(
    'unreachable',
    `The connection to ${placeOf(address)} was lost while “${argv.slice(0, 2).join(' ')}” ran; how it ended was not heard.`,
    { argv: [...argv], next: 'Skep looks again as soon as the machine answers.' },
  )
}

/** The account's shell ended without coming to Skep's script: nologin(8), most likely. */
export function noShell(address: SshAddress, said: string): AppError {
  return new AppError('failed', `The shell of ${address.user} there does not run commands.`, {
    stderr: said,
    next: `Give the account a shell that does, such as /bin/sh: pw usermod ${address.user} -s /bin/sh`,
  })
}
