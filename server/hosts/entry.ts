import { AppError } from '../errors.ts'
import type { Entry } from '../host/create.ts'
import type { OwnKey } from '../host/ssh.ts'
import type { SignIn } from './model.ts'

const FILE = 'file:'

/** A way to sign in as the adapter takes it. `own` is asked only for Skep's own key. */
export function entryOf({ hostKey, identity, privilege }: SignIn, own: () => OwnKey): Entry {
  if (identity === 'agent') return { hostKey, privilege, identity: { kind: 'agent' } }
  const file = identity === 'own' ? own().path : identity.slice(FILE.length)
  return { hostKey, privilege, identity: { kind: 'file', path: file } }
}

/** `own`, `agent` or `file:/path`, as it is kept and sent. AppError `invalid` for anything else. */
export function checkIdentity(text: string): SignIn['identity'] {
  if (text === 'own' || text === 'agent') return text
  if (text.startsWith(`${FILE}/`)) return `file:${text.slice(FILE.length)}`
  throw new AppError('invalid', 'The path of the key file begins with a slash.', { field: 'identity' })
}

/** As it is kept. AppError `invalid` for anything else. */
export function privilegeOf(text: string): SignIn['privilege'] {
  if (text === 'none' || text === 'doas' || text === 'sudo') return text
  throw new AppError('invalid', `“${text}” is no way to get rights: none, doas or sudo.`, {
    field: 'privilege',
  })
}
