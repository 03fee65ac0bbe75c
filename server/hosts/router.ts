import { roleOn } from '../accounts/model.ts'
import { consoleProcedure, router } from '../trpc.ts'
import { addHostInput, addressInput, hostIdInput, renameHostInput } from './input.ts'
import type { HostSummary } from './model.ts'

export const hostsRouter = router({
  /** The hosts that the caller may see, in their order, as they stood at the last look. */
  list: consoleProcedure('viewer').query(({ ctx }): HostSummary[] =>
    ctx.fleet.hosts().flatMap(({ id, name }) => {
      const role = roleOn(ctx.caller.account, id)
      if (role === null) return []
      return { id, name, role, status: ctx.fleet.status(id), glance: ctx.fleet.glance(id) }
    }),
  ),

  /** All hosts with their addresses, also those that are hidden from the caller: an administrator can show them again. */
  configured: consoleProcedure('administrator').query(({ ctx }) => ctx.hosts.list()),
  /** What is found at an address: the system, and what it can do for Skep. */
  tryAddress: consoleProcedure('administrator')
    .input(addressInput)
    .mutation(({ ctx, input }) => ctx.hosts.tryAddress(input.address)),
  tryHost: consoleProcedure('administrator')
    .input(hostIdInput)
    .mutation(({ ctx, input }) => ctx.hosts.tryHost(input.id)),
  add: consoleProcedure('administrator')
    .input(addHostInput)
    .mutation(async ({ ctx, input: { name, address } }) => {
      const userName = ctx.caller.account.name
      const host = ctx.hosts.plan(name, address)
      await ctx.audit(
        { action: 'hosts.add', title: `Add the host ${name} at ${host.address}`, userName, hostId: host.id },
        () => ctx.hosts.add({ ...host, name }, userName),
      )
      return { id: host.id }
    }),
  rename: consoleProcedure('administrator')
    .input(renameHostInput)
    .mutation(({ ctx, input: { id, name } }) => {
      const host = ctx.fleet.host(id)
      return ctx.audit(
        {
          action: 'hosts.rename',
          title: `Rename the host ${host.name} to ${name}`,
          userName: ctx.caller.account.name,
          hostId: id,
        },
        () => ctx.hosts.rename(id, name),
      )
    }),
  remove: consoleProcedure('administrator')
    .input(hostIdInput)
    .mutation(({ ctx, input: { id } }) => {
      const host = ctx.fleet.host(id)
      return ctx.audit(
        {
          action: 'hosts.remove',
          title: `Remove the host ${host.name} at ${host.address}`,
          userName: ctx.caller.account.name,
          hostId: id,
        },
        () => ctx.hosts.remove(id),
      )
    }),
})
