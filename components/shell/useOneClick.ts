'use client'
import { useState } from 'react'
import { explain, fromApp } from '../errors.ts'
import { toastError } from '../ui/Toast.tsx'
import type { ActionApi } from './useAction.ts'

/**
 * For verbs that need no question (start, scrub, take a snapshot with a given name): plans and runs exactly that plan.
 * A plan that would destroy something is never run this way. Errors come as a toast; progress is in the task line.
 */
export function useOneClick(): {
  busy: boolean
  act: <Input, Result>(api: ActionApi<Input, Result>, input: Input) => Promise<Result | null>
} {
  const [busy, setBusy] = useState(0)
  return {
    busy: busy > 0,
    async act(api, input) {
      setBusy(number => number + 1)
      try {
        const plan = await api.plan.query(input)
        if (plan.refused) {
          toastError(fromApp({ detail: {}, ...plan.refused }))
          return null
        }
        if (plan.victims.length > 0) {
          toastError(
            fromApp({
              code: 'refused',
              message: `${plan.title} would destroy something, so it needs a look at its plan first.`,
              detail: {},
            }),
          )
          return null
        }
        return (await api.run.mutate({ input, seen: plan.digest })).result ?? null
      } catch (error) {
        toastError(explain(error))
        return null
      } finally {
        setBusy(number => number - 1)
      }
    },
  }
}
