/** The procedures behind the pages, called from a page as its own scripts call them. */
import type { Page } from '@playwright/test'

export type Answer = { status: number; data: unknown; code: string | null; message: string | null }

/** Procedures of Skep itself; all others are of a host. */
const OF_CONSOLE = /^(accounts|hosts|live)\.|^tasks\.(list|get)$/

/** Id of the console's own host, which comes first. */
async function firstHost(page: Page): Promise<string> {
  const { data } = await ask(page, 'query', 'hosts.list')
  const id: unknown = Array.isArray(data) ? data[0]?.id : null
  if (typeof id !== 'string') throw new Error(`no hosts: ${JSON.stringify(data)}`)
  return id
}

/** Calls a procedure with the session of the page, which must be open on the console: on `host`, or on the first one. */
export async function call(
  page: Page,
  kind: 'query' | 'mutation',
  path: string,
  input?: unknown,
  host?: string,
): Promise<Answer> {
  if (OF_CONSOLE.test(path)) return ask(page, kind, path, input)
  return ask(page, kind, `${host ?? (await firstHost(page))}/${path}`, input)
}

function ask(page: Page, kind: 'query' | 'mutation', path: string, input?: unknown): Promise<Answer> {
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
export async function act(page: Page, action: string, input: unknown, host?: string): Promise<Answer> {
  const plan = await call(page, 'query', `${action}.plan`, input, host)
  if (plan.status !== 200) return plan
  const seen =
    typeof plan.data === 'object' && plan.data !== null && 'digest' in plan.data ? plan.data.digest : ''
  return call(page, 'mutation', `${action}.run`, { input, seen }, host)
}
