import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { CHEAP, fakeClock } from '../testing.ts'
import { clearedCookie, readCookie, sessionCookie } from './cookie.ts'
import { accountName } from './input.ts'
import { mayAct, passwordProblem, ROLES } from './model.ts'
import { hashPassword, PASSWORD_COST, verifyPassword } from './password.ts'
import { addressKey, createThrottle } from './throttle.ts'

describe('passwordProblem', () => {
  it.each([
    ['', 'olga', /at least 12/],
    ['elevenchars', 'olga', /at least 12 characters; this one has 11/],
    ['aaaaaaaaaaaaaaa', 'olga', /five different/],
    ['Olga-olga-OLGA-olga', 'olga', /name of the account/],
    ['x'.repeat(300), 'olga', /at most 256/],
  ])('refuses %j of %s', (password, name, words) => {
    expect(passwordProblem(password, name)).toMatch(words)
  })

  it.each(['correct horse battery', 'olga likes honey', '🐝🐝🍯🍯🌻🌻🌼🌼🏡🏡🪵🪵'])('takes %j', password => {
    expect(passwordProblem(password, 'olga')).toBeNull()
  })
})

describe('accountName', () => {
  it.each(['', '-x', '1x', 'a b', 'a/b', 'a'.repeat(33), 'ä', '__proto__', 'a\n'])('refuses %j', name => {
    expect(z.safeParse(accountName, name).success).toBe(false)
  })
  it.each(['a', 'Olga', 'o.l-g_a9'])('takes %j', name => {
    expect(z.safeParse(accountName, name).success).toBe(true)
  })
})

it('roles are ordered', () => {
  for (const [at, has] of ROLES.entries())
    for (const [below, needs] of ROLES.entries()) expect(mayAct(has, needs)).toBe(at >= below)
})

describe('passwords', () => {
  it('verify against their own hash only, and no two hashes are the same', async () => {
    const [one, two] = await Promise.all([
      hashPassword('honey bees', CHEAP),
      hashPassword('honey bees', CHEAP),
    ])
    expect(one).not.toBe(two)
    expect(await verifyPassword('honey bees', one)).toBe(true)
    expect(await verifyPassword('honey beez', one)).toBe(false)
    expect(await verifyPassword('honey bees', 'argon2$what$ever')).toBe(false)
  })

  it('cost what password.ts promises', async () => {
    expect(await hashPassword('honey bees')).toMatch(/^scrypt\$15\$8\$3\$/)
    expect(PASSWORD_COST).toEqual({ logN: 15, r: 8, p: 3 })
  })
})

describe('throttle', () => {
  it('waits 1, 2, 4 ... seconds and never more than 15 minutes, and forgets after an hour', () => {
    const clock = fakeClock()
    const throttle = createThrottle(clock.now)
    const waits: number[] = []
    for (let at = 0; at < 20; at++) {
      const wait = throttle.attempt(['k'])
      if (wait > 0) {
        waits.push(wait)
        clock.advance(wait)
        expect(throttle.attempt(['k'])).toBe(0)
      }
    }
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
    expect(Math.max(...waits)).toBe(15 * 60_000)
    clock.advance(60 * 60_000 + 1)
    for (let at = 0; at < 4; at++) expect(throttle.attempt(['k'])).toBe(0)
  })

  it('keeps the name that is under attack while made-up ones pour in', () => {
    const throttle = createThrottle(() => 0)
    for (let at = 0; at < 20_000; at++) {
      throttle.attempt([`made-up-${at}`])
      if (at % 1000 === 0) throttle.attempt(['olga'])
    }
    expect(throttle.attempt(['olga'])).toBeGreaterThan(0)
  })

  it.each([
    ['192.0.2.1', 'address:192.0.2.1'],
    ['::ffff:192.0.2.1', 'address:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2::/64'],
    ['2001:db8::6', 'address:2001:db8:0:0::/64'],
    ['::1', 'address:0:0:0:0::/64'],
  ])('takes %s as %s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })
})

describe('cookies', () => {
  it('are for this site and no script', () => {
    expect(sessionCookie('skep-1', 'v', false)).toBe(
      'skep-1=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800',
    )
    expect(sessionCookie('skep-1', 'v', true)).toMatch(/; Secure$/)
    expect(clearedCookie('skep-1', true)).toMatch(/^skep-1=; .*Max-Age=0; Secure$/)
  })

  it('are read from whatever a browser sends', () => {
    expect(readCookie('a=1; skep-1=tok=en; b', 'skep-1')).toBe('tok=en')
    expect(readCookie('skep-10=x; skep-1=', 'skep-1')).toBeNull()
    expect(readCookie(undefined, 'skep-1')).toBeNull()
    fc.assert(fc.property(fc.string(), header => void readCookie(header, 'skep-1')))
  })
})
