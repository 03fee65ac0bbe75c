import { describe, expect, it } from 'vitest'
import { keyboardOf, whoTypes, whoWatches, whyNotTyping } from './keyboard.ts'

const person = (id: number, user: string, mayType = true) => ({ id, user, address: '', since: 0, mayType })
const [olga, paul, vera] = [person(1, 'olga'), person(2, 'paul'), person(3, 'vera', false)]
const people = (typist: number | null, ...list: (typeof olga)[]) =>
  ({ type: 'people', typist, people: list }) as const

describe('the keyboard', () => {
  it('needs no words while somebody is alone with it', () => {
    const alone = keyboardOf(people(1, olga), 1, null)
    expect([whoTypes(alone), whoWatches(alone), whyNotTyping(alone)]).toEqual([null, null, null])
  })

  it('is told apart when others look on', () => {
    const mine = keyboardOf(people(1, olga, paul, vera), 1, null)
    expect([whoTypes(mine), whoWatches(mine)]).toEqual(['You type', 'Watching: paul, vera'])
    const his = keyboardOf(people(1, olga, paul, vera), 2, null)
    expect([whoTypes(his), whoWatches(his)]).toEqual(['olga types', 'Watching: vera'])
    expect(whyNotTyping(his)).toBe('Take the keyboard first: it is with olga.')
    const hers = keyboardOf(people(1, olga, paul, vera), 3, null)
    expect(whyNotTyping(hers)).toBe('A viewer can look at the screen, not type on it.')
  })

  it('that somebody took is told until it is back or free', () => {
    const first = keyboardOf(people(1, olga, paul), 1, null)
    const taken = keyboardOf(people(2, olga, paul), 1, first)
    expect(taken.takenBy).toBe('paul')
    const more = keyboardOf(people(2, olga, paul, vera), 1, taken)
    expect(more.takenBy).toBe('paul')
    expect(keyboardOf(people(1, olga, paul), 1, more).takenBy).toBeNull()
    const free = keyboardOf(people(null, olga, vera), 1, more)
    expect([free.takenBy, whoTypes(free)]).toEqual([null, 'Nobody types'])
    expect(keyboardOf(people(2, olga, paul), 1, null).takenBy).toBeNull()
  })

  it('may be with the same person in another window', () => {
    const again = person(4, 'olga')
    const here = keyboardOf(people(4, olga, again), 1, null)
    expect(whoTypes(here)).toBe('You type in another window')
    expect(whyNotTyping(here)).toBe('Take the keyboard first: it is with you in another window.')
  })
})
