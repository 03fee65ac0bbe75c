'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import type { Plan } from '../../server/tasks/model.ts'
import { type Explained, explain, fromApp } from '../errors.ts'
import { useHost } from '../host.tsx'
import { jumpOf } from '../tasks/jump.tsx'
import { taskLine } from '../tasks/words.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { type PlanAction, planDifference } from '../ui/plan.ts'

/** The two procedures of an action, as `useApi()` gives them: `api.snapshots.rollback`. */
export type ActionApi<Input, Result> = {
  plan: { query: (input: Input, options?: { signal?: AbortSignal }) => Promise<Plan> }
  run: {
    mutate: (input: {
      input: Input
      seen: string
    }) => Promise<{ taskId: number; outcome: string; result?: Result }>
  }
}

export type ActionOptions<Result> = {
  /** The task ended well: close the dialog, go somewhere. */
  onDone?: (result: Result | undefined, outcome: string) => void
  /** It begins: what has to happen beside it. What this returns is called when the task has ended, however it did. */
  onBegin?: (plan: Plan) => () => void
}

/** A person types faster than a host plans. */
const TYPING_MS = 250

/**
 * Plans an action for `input` (null while something is missing) and runs exactly the plan that is shown.
 * Give the result to `PlanDialog`.
 */
export function useAction<Input, Result>(
  api: ActionApi<Input, Result>,
  input: Input | null,
  options: ActionOptions<Result> = {},
): PlanAction {
  const trpc = useConsoleTRPC()
  const host = useHost().id
  const mount = useId()
  const settled = useSettled(input, TYPING_MS)
  const [answer, setAnswer] = useState<{
    error: Explained
    plan: Plan | null
    difference: string[] | null
  } | null>(null)
  const [started, setStarted] = useState<{ at: number; plan: Plan } | null>(null)
  const gone = useRef(false)
  useEffect(() => {
    gone.current = false
    return () => {
      gone.current = true
    }
  }, [])

  const planned = useQuery({
    queryKey: ['plan', mount, settled],
    queryFn: ({ signal }) => (settled === null ? null : api.plan.query(settled, { signal })),
    enabled: settled !== null,
    placeholderData: previous => previous,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const asked = JSON.stringify(input)
  // What was answered belongs to what was asked then.
  const [answeredFor, setAnsweredFor] = useState(asked)
  if (answeredFor !== asked) {
    setAnsweredFor(asked)
    setAnswer(null)
  }

  const plan = answer?.plan ?? (input === null ? null : (planned.data ?? null))
  const planning = asked !== JSON.stringify(settled) || planned.isFetching || planned.isPlaceholderData
  const planError = !answer?.plan && planned.error && !planning ? explain(planned.error) : null

  const running = useQuery({
    ...trpc.tasks.list.queryOptions({ host, state: 'running', limit: 50 }),
    enabled: started !== null,
    staleTime: 0,
  })
  const task =
    started &&
    running.data?.rows.find(
      row =>
        row.action === started.plan.action &&
        row.title === started.plan.title &&
        row.startedAt >= started.at - 5000,
    )
  const detail = useQuery({
    ...trpc.tasks.get.queryOptions({ id: task?.id ?? 1 }),
    enabled: Boolean(task),
    staleTime: 0,
  })

  async function run() {
    if (!plan || plan.refused || input === null || started) return
    setStarted({ at: Date.now(), plan })
    setAnswer(now => (now?.plan ? { ...now, difference: null } : null))
    const ended = options.onBegin?.(plan)
    try {
      const done = await api.run.mutate({ input, seen: plan.digest })
      if (!gone.current) options.onDone?.(done.result, done.outcome)
    } catch (thrown) {
      const error = explain(thrown)
      const fresh = error.code === 'changed' ? planOf(error.detail.plan) : null
      if (fresh) setAnswer({ error, plan: fresh, difference: planDifference(plan, fresh) })
      else {
        setAnswer({ error, plan: null, difference: null })
        void planned.refetch()
      }
    } finally {
      ended?.()
      setStarted(null)
    }
  }

  const refusal = plan?.refused ? fromApp({ detail: {}, ...plan.refused }) : null
  const error = answer && !answer.difference ? (answer.plan ? null : answer.error) : null
  return {
    plan,
    planning,
    planError,
    error,
    difference: answer?.difference ?? null,
    fields: { ...planError?.fields, ...refusal?.fields, ...error?.fields },
    running: started !== null,
    progress: started && {
      text: task ? taskLine(task) : null,
      share: task?.fraction ?? null,
      command: detail.data?.commands.at(-1) ?? null,
      jump: task && jumpOf(task),
    },
    run: () => void run(),
  }
}

/** `value` once it has stayed the same for a while; at once at first and when there was none. */
function useSettled<Value>(value: Value | null, ms: number): Value | null {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  const latest = useRef(value)
  latest.current = value
  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are compared by what they say
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    const timer = setTimeout(() => setSettled(latest.current), ms)
    return () => clearTimeout(timer)
  }, [text, ms])
  return settled
}

/** A plan that came inside an error. */
function planOf(value: unknown): Plan | null {
  return isPlan(value) ? value : null
}

function isPlan(value: unknown): value is Plan {
  return (
    typeof value === 'object' && value !== null && 'digest' in value && 'steps' in value && 'victims' in value
  )
}
