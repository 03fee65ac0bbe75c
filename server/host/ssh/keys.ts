/** Keys: the machine's (its fingerprint), and Skep's own. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ssh2, { type ServerHostKeyAlgorithm } from 'ssh2'
import { AppError } from '../../errors.ts'
import { errorCode } from '../local/errors.ts'

/** How Skep proves who it is: a key file of this machine, the agent of SSH_AUTH_SOCK, or, once, to install a key, a password. */
export type SshIdentity =
  | { kind: 'file'; path: string }
  | { kind: 'agent' }
  | { kind: 'password'; password: string }

/** What `ssh-keygen -l` prints of a public key blob: `SHA256:` and base64 without padding. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The type a public key blob begins with, such as `ssh-ed25519` (RFC 4253, 6.6). */
export function keyTypeOf(blob: Buffer): string {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0
  return blob.subarray(4, 4 + length).toString('latin1')
}

/** Signatures that ssh2 takes of each type of host key, in its order (RFC 8709, 5656, 8332, 4253). */
export const HOST_KEY_ALGORITHMS: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
] as const)

/**
 * A fresh Ed25519 key pair, each half as OpenSSH writes it. ssh2 1.17 drops a leading zero byte of the public key, so that
 * one key in 256 can be read by nobody: those are made again.
 */
export function newKeyPair(comment: string): { private: string; public: string } {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    if (!(ssh2.utils.parseKey(made.private) instanceof Error)) return made
  }
}

export type OwnKey = { path: string; publicKeyLine: string }

/** Skep's own key in its state directory, made at the first need: Ed25519, readable by Skep alone. */
export function ownKey(stateDir: string): OwnKey {
  const directory = path.join(stateDir, 'ssh')
  const file = path.join(directory, 'id_ed25519')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  try {
    // Machines trust the private half: as long as it is there it stays, and tells the other one.
    return { path: file, publicKeyLine: publicLineOf(readIdentity(file), 'skep') }
  } catch (error) {
    if (existsSync(file)) throw error
  }
  const made = newKeyPair('skep')
  writeFileSync(file, made.private, { mode: 0o600, flag: 'wx' })
  writeFileSync(`${file}.pub`, `${made.public}\n`, { mode: 0o644 })
  return { path: file, publicKeyLine: made.public }
}

/** The line of authorized_keys for a private key that can be read. */
function publicLineOf(key: Buffer, comment: string): string {
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) throw parsed
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')} ${comment}`
}

/** Larger than any private key: a device or a log is not read to its end. */
const MOST_KEY_BYTES = 64 * 1024

/** A private key file of this machine. AppError `invalid` where it is none that can be used without asking. */
export function readIdentity(file: string): Buffer {
  let text: Buffer
  try {
    const found = statSync(file)
    // Opening a pipe would wait for somebody to write into it.
    if (!found.isFile() || found.size > MOST_KEY_BYTES)
      throw new AppError('invalid', `${file} is no private key that Skep can read.`, { field: 'identity' })
    text = readFileSync(file)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('invalid', `The key file ${file} cannot be read: ${String(errorCode(error))}.`, {
      field: 'identity',
    })
  }
  const parsed = ssh2.utils.parseKey(text)
  if (parsed instanceof Error) {
    const isLocked = /passphrase|encrypted/i.test(parsed.message)
    throw new AppError(
      'invalid',
      isLocked ? `The key in ${file} has a passphrase.` : `${file} is no private key that Skep can read.`,
      {
        field: 'identity',
        ...(isLocked ? { next: 'Add it to an agent (ssh-add) and choose the agent.' } : {}),
      },
    )
  }
  return text
}
