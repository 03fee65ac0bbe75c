import type { VncControl, VncPerson } from '../../../server/console/model.ts'

/** Who looks at a screen, as one of them sees it. */
export type Keyboard = {
  /** Who has the keyboard and the pointer. */
  typist: VncPerson | null
  mine: boolean
  mayType: boolean
  /** Everybody but this browser. */
  others: readonly VncPerson[]
  /** What the others are called here, by their numbers. */
  names: ReadonlyMap<number, string>
  /** Who took the keyboard from this browser and has it still. */
  takenBy: string | null
}

export const ME_ELSEWHERE = 'you in another window'
/** Why a viewer cannot have the keyboard. */
export const VIEWER = 'A viewer can look at the screen, not type on it.'

export function keyboardOf(
  { people, typist: typistId }: Extract<VncControl, { type: 'people' }>,
  myId: number,
  before: Keyboard | null,
): Keyboard {
  const me = people.find(person => person.id === myId)
  const typist = people.find(person => person.id === typistId) ?? null
  const others = people.filter(person => person.id !== myId)
  const names = new Map(others.map(person => [person.id, nameOf(person, me)]))
  const hadIt = before !== null && (before.mine || before.takenBy !== null)
  const lost = typist !== null && typist.id !== myId && hadIt
  return {
    typist,
    mine: typist?.id === myId,
    mayType: me?.mayType ?? false,
    others,
    names,
    takenBy: lost ? (names.get(typist.id) ?? null) : null,
  }
}

/** One person may look from several windows. */
function nameOf(person: VncPerson, me: VncPerson | undefined): string {
  return person.user === me?.user ? ME_ELSEWHERE : person.user
}

/** Who types, in a few words; null when there is nobody else to tell apart. */
export function whoTypes({ typist, mine, others, names }: Keyboard): string | null {
  if (mine) return others.length === 0 ? null : 'You type'
  if (!typist) return 'Nobody types'
  const name = names.get(typist.id) ?? typist.user
  return name === ME_ELSEWHERE ? 'You type in another window' : `${name} types`
}

/** Who else looks on; null for nobody. */
export function whoWatches({ typist, others, names }: Keyboard): string | null {
  const watching = others.filter(person => person.id !== typist?.id)
  if (watching.length === 0) return null
  const list = watching.map(person => names.get(person.id) ?? person.user)
  return `Watching: ${list.join(', ')}`
}

/** Why keys do not reach the guest from here; null when they do. */
export function whyNotTyping({ mine, mayType, typist, names }: Keyboard): string | null {
  if (mine) return null
  if (!mayType) return VIEWER
  if (!typist) return 'Take the keyboard first: nobody has it.'
  return `Take the keyboard first: it is with ${names.get(typist.id) ?? typist.user}.`
}
