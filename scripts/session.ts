/** Speaks to a running console as its pages do, without a browser: for measures and pictures. */
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { ADMIN, type Console } from '../e2e/console.ts'
import type { ConsoleRouter, HostRouter } from '../server/router.ts'
import type { Plan } from '../server/tasks/model.ts'

export type Session = {
  /** `name=value` of the session. */
  cookie: string
  /** Id of the console's own host, and its procedures. */
  host: string
  api: TRPCClient<HostRouter>
  /** Of the console itself. */
  own: TRPCClient<ConsoleRouter>
  /** Of a host that was added. */
  on: (host: string) => TRPCClient<HostRouter>
}

/** Redeems the console's one-time link: makes the administrator and signs in as it. */
export async function setUp(skep: Console): Promise<Session> {
  const token = /#(\S+)/.exec(skep.welcome)?.[1]
  if (!token) throw new Error(`no set-up link in: ${skep.welcome}`)
  const answer = await fetch(`${skep.url}/api/trpc/accounts.setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: skep.url },
    body: JSON.stringify({ token, ...ADMIN }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`the console refused its own link: ${await answer.text()}`)
  const headers = { cookie, origin: skep.url }
  const url = `${skep.url}/api/trpc`
  const on = (host: string) =>
    createTRPCClient<HostRouter>({ links: [httpLink({ url: `${url}/${host}`, headers })] })
  const own = createTRPCClient<ConsoleRouter>({ links: [httpLink({ url, headers })] })
  const [first] = await own.hosts.list.query()
  if (!first) throw new Error('the console has no host')
  return { cookie, host: first.id, api: on(first.id), own, on }
}

/** An action as a dialog carries it out: plans, then runs exactly that plan. Rejects when it is refused or fails. */
export async function act<Input, Result>(
  action: {
    plan: { query: (input: Input) => Promise<Plan> }
    run: { mutate: (input: { input: Input; seen: string }) => Promise<Result> }
  },
  input: Input,
): Promise<Result> {
  const plan = await action.plan.query(input)
  if (plan.refused) throw new Error(`${plan.title}: ${plan.refused.message}`)
  return action.run.mutate({ input, seen: plan.digest })
}
