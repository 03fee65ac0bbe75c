/** How a look at the host ended. */
export type Finding = {
  /** `absent`: not of this kind of machine; nothing is wrong and nothing mends it. */
  state: 'ok' | 'warning' | 'missing' | 'absent'
  /** Why, in a sentence. */
  reason: string
  /** Shell command that would mend it; null where there is none, or nothing to mend. */
  mend: string | null
}

export function ok(reason: string): Finding {
  return { state: 'ok', reason, mend: null }
}

export function warning(reason: string, mend: string | null = null): Finding {
  return { state: 'warning', reason, mend }
}

export function missing(reason: string, mend: string | null = null): Finding {
  return { state: 'missing', reason, mend }
}

export function absent(reason: string): Finding {
  return { state: 'absent', reason, mend: null }
}
