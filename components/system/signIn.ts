import type { SignIn } from '../../server/hosts/model.ts'

/** A way to sign in while it is being chosen. */
export type SignInDraft = {
  identity: 'own' | 'agent' | 'file'
  /** Kept while another identity is chosen. */
  file: string
  privilege: SignIn['privilege']
}

export const FIRST_DRAFT: SignInDraft = { identity: 'own', file: '', privilege: 'none' }

const FILE = 'file:'

export function draftOf({ identity, privilege }: SignIn): SignInDraft {
  return identity === 'own' || identity === 'agent'
    ? { identity, file: '', privilege }
    : { identity: 'file', file: identity.slice(FILE.length), privilege }
}

/** As the console is asked for it. */
export function signInOf({ identity, file, privilege }: SignInDraft, hostKey: string) {
  return { hostKey, privilege, identity: identity === 'file' ? `${FILE}${file.trim()}` : identity }
}

/** Why it cannot be tried yet. */
export function blockedSignIn({ identity, file }: SignInDraft): string | null {
  return identity === 'file' && file.trim() === '' ? 'The path of the key file is missing.' : null
}

/** The account of an address of SSH: `root` of `ssh://root@nas`. */
export function accountOf(address: string): string {
  return address.replace(/^ssh:\/\//, '').replace(/@[^@]*$/, '')
}

/** The usual names of the files of host keys, by the type they begin with. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/^ssh-ed25519/, 'ed25519'],
  [/^ecdsa-/, 'ecdsa'],
  [/^(ssh-rsa|rsa-)/, 'rsa'],
]

/** What a person runs at the machine itself to see the fingerprint of its host key. */
export function fingerprintCommand(type: string): string {
  const [, name = '*'] = FILES.find(([pattern]) => pattern.test(type)) ?? []
  return `ssh-keygen -lf /etc/ssh/ssh_host_${name}_key.pub`
}
