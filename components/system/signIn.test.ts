import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountOf, blockedSignIn, draftOf, fingerprintCommand, signInOf } from './signIn.ts'

describe('a way to sign in', () => {
  it('that is kept is the same after it was shown in a form', () => {
    const file = fc.string({ minLength: 1 }).map(name => `file:/${name.trim()}` as const)
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('own' as const), fc.constant('agent' as const), file),
        fc.constantFrom('none' as const, 'doas' as const, 'sudo' as const),
        (identity, privilege) => {
          const kept = { hostKey: 'SHA256:x', identity, privilege }
          expect(signInOf(draftOf(kept), kept.hostKey)).toEqual(kept)
        },
      ),
    )
  })

  it('keeps a path for later without sending it', () => {
    const draft = { identity: 'agent', file: '/var/skep/key', privilege: 'doas' } as const
    expect(signInOf(draft, 'SHA256:x')).toEqual({ hostKey: 'SHA256:x', identity: 'agent', privilege: 'doas' })
    expect(signInOf({ ...draft, identity: 'file', file: ' /var/skep/key ' }, 'SHA256:x').identity).toBe(
      'file:/var/skep/key',
    )
  })

  it('cannot be tried with a file that has no path', () => {
    expect(blockedSignIn({ identity: 'file', file: ' ', privilege: 'none' })).toMatch(/path/)
    expect(blockedSignIn({ identity: 'own', file: '', privilege: 'none' })).toBeNull()
  })
})

describe('words about a machine', () => {
  it.each([
    ['ssh://root@nas', 'root'],
    ['ssh://skep@10.0.0.5:2222', 'skep'],
    ['ssh://skep@ad.example@[fe80::1%em0]:22', 'skep@ad.example'],
  ])('the account of %s is %s', (address, account) => expect(accountOf(address)).toBe(account))

  it.each([
    ['ssh-ed25519', 'ed25519'],
    ['ecdsa-sha2-nistp256', 'ecdsa'],
    ['ssh-rsa', 'rsa'],
    ['rsa-sha2-512', 'rsa'],
    ['sk-unheard-of', '*'],
  ])('a key of type %s is looked for in ssh_host_%s_key.pub', (type, name) => {
    expect(fingerprintCommand(type)).toBe(`ssh-keygen -lf /etc/ssh/ssh_host_${name}_key.pub`)
  })
})
