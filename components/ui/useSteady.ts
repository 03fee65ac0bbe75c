import { useCallback, useLayoutEffect, useRef } from 'react'

/** The same function at every drawing, which does what the newest one does: a row that gets it need not be drawn anew. */
export function useSteady<Args extends unknown[]>(act: (...args: Args) => void): (...args: Args) => void {
  const newest = useRef(act)
  useLayoutEffect(() => {
    newest.current = act
  })
  return useCallback((...args: Args) => newest.current(...args), [])
}
