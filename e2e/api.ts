/** The procedures behind the pages, called from a page as its own scripts call them. */
import type { Page } from '@playwright/test'

export type Answer = { status: number; data: unknown; code: string | null; message: string | null }

/** Calls a procedure with the session of the page, which must be open on the console. */
export async function call(
  page: Page,
  kind: 'query' | 'mutation',
  path: string,
  input?: unknown,
): Promise<Answer> {
  return page.evaluate(
    async ({ kind, path, input }) => {
      const body = input === null ? undefined : JSON.stringify(input)
      const query = kind === 'query' && body ? `?input=${encodeURIComponent(body)}` : ''
      const response = await fetch(`/api/trpc/${path}${query}`, {
        method: kind === 'query' ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(kind === 'mutation' && body ? { body } : {}),
      })
      const answer = await response.json()
      const { error } = answer
      return {
        status: response.status,
        data: answer.result?.data ?? null,
        code: error?.data?.app?.code ?? error?.data?.code ?? null,
        message: error?.message ?? null,
      }
    },
    { kind, path, input: input ?? null },
  )
}

/** Plans an action and sends off exactly that plan; the answer comes when its task has ended. */
export async function act(page: Page, action: string, input: unknown): Promise<Answer> {
  const plan = await call(page, 'query', `${action}.plan`, input)
  if (plan.status !== 200) return plan
  const seen =
    typeof plan.data === 'object' && plan.data !== null && 'digest' in plan.data ? plan.data.digest : ''
  return call(page, 'mutation', `${action}.run`, { input, seen })
}
