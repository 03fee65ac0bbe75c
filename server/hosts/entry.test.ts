import { describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { checkIdentity, entryOf, privilegeOf } from './entry.ts'

const own = () => ({ path: '/state/ssh/id_ed25519', publicKeyLine: 'ssh-ed25519 AAAA skep' })
const nobodyAsks = () => {
  throw new Error('Skep’s own key was made for a host that does not use it')
}

describe('a way to sign in', () => {
  const rest = { hostKey: 'SHA256:x', privilege: 'doas' } as const

  it('reaches the adapter as a file or the agent; Skep’s own key is made only where it is used', () => {
    expect(entryOf({ ...rest, identity: 'own' }, own).identity).toEqual({
      kind: 'file',
      path: '/state/ssh/id_ed25519',
    })
    expect(entryOf({ ...rest, identity: 'agent' }, nobodyAsks)).toEqual({
      ...rest,
      identity: { kind: 'agent' },
    })
    expect(entryOf({ ...rest, identity: 'file:/keys/my key' }, nobodyAsks).identity).toEqual({
      kind: 'file',
      path: '/keys/my key',
    })
  })

  it.each(['own', 'agent', 'file:/keys/id'])('%s is one', text => {
    expect(checkIdentity(text)).toBe(text)
  })
  it.each(['', 'Own', 'password', 'file:', 'file:key', 'file:~/key', '/keys/id'])('“%s” is none', text => {
    expect(() => checkIdentity(text)).toThrow(AppError)
  })
  it('has one of three ways to rights', () => {
    expect(['none', 'doas', 'sudo'].map(privilegeOf)).toEqual(['none', 'doas', 'sudo'])
    expect(() => privilegeOf('su')).toThrow('none, doas or sudo')
  })
})
