import { roleOn } from '../accounts/model.ts'
import type { Context } from '../context.ts'
import { consoleProcedure, router } from '../trpc.ts'
import {
  addHostInput,
  addressInput,
  changeSignInInput,
  hostIdInput,
  installKeyInput,
  renameHostInput,
  tryAddressInput,
  tryHostInput,
} from './input.ts'
import type { HostSummary } from './model.ts'

/** Changes nothing, so it is no task; that somebody had Skep knock at a machine is in the log all the same. */
function noteKnock({ log, caller }: Context & { caller: { account: { name: string } } }, address: string) {
  log.info({ user: caller.account.name, host: address }, 'asked a machine for a trial')
}

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
    .input(tryAddressInput)
    .mutation(({ ctx, input }) => {
      noteKnock(ctx, input.address)
      return ctx.hosts.tryAddress(input.address, input.signIn)
    }),
  tryHost: consoleProcedure('administrator')
    .input(tryHostInput)
    .mutation(({ ctx, input }) => {
      noteKnock(ctx, ctx.fleet.host(input.id).address)
      return ctx.hosts.tryHost(input.id, input.signIn)
    }),
  /** First contact over SSH: the host key to compare, and the line for authorized_keys. */
  contact: consoleProcedure('administrator')
    .input(addressInput)
    .mutation(({ ctx, input }) => {
      noteKnock(ctx, input.address)
      return ctx.hosts.contact(input.address)
    }),
  installKey: consoleProcedure('administrator')
    .input(installKeyInput)
    .mutation(({ ctx, input: { address, hostKey, password } }) =>
      ctx.audit(
        {
          action: 'hosts.installKey',
          title: `Let Skep’s key in at ${ctx.hosts.sshAddress(address)}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.hosts.installKey(address, hostKey, password),
      ),
    ),
  changeSignIn: consoleProcedure('administrator')
    .input(changeSignInInput)
    .mutation(({ ctx, input: { id, was, signIn } }) => {
      const host = ctx.fleet.host(id)
      return ctx.audit(
        {
          action: 'hosts.changeSignIn',
          title: `Change how Skep signs in at ${host.name}`,
          userName: ctx.caller.account.name,
          hostId: id,
        },
        () => ctx.hosts.changeSignIn(id, was, signIn),
      )
    }),
  add: consoleProcedure('administrator')
    .input(addHostInput)
    .mutation(async ({ ctx, input: { name, address, signIn } }) => {
      const userName = ctx.caller.account.name
      const host = ctx.hosts.plan(name, address, signIn)
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
