import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * Cost of one hash: 2^logN blocks of 128·r bytes, p times. 2^15, 8, 3 needs 32 MiB and about a third of a second, one of
 * the sets that OWASP's Password Storage Cheat Sheet holds equal. It is written into every hash, so it may grow later.
 */
export type PasswordCost = { logN: number; r: number; p: number }
export const PASSWORD_COST: PasswordCost = { logN: 15, r: 8, p: 3 }

const KEY_BYTES = 32

function derive(password: string, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** logN
  return new Promise((resolve, reject) => {
    // NFC: the same characters typed on another keyboard are the same password.
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** One hash at a time: a flood of sign-ins may wait for itself, not take every thread and all the memory. */
let last: Promise<unknown> = Promise.resolve()
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work)
  last = turn.catch(() => undefined)
  return turn
}

/** `scrypt$15$8$3$salt$key`, the last two base64url. */
export async function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(16)
  const key = await inTurn(() => derive(password, salt, cost))
  return ['scrypt', cost.logN, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(
    '$',
  )
}

/** Whether `password` gives `hash`; false too for a hash in a form this Skep does not know. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, logN, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64url')
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) }
  const actual = await inTurn(() => derive(password, Buffer.from(salt, 'base64url'), cost))
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
