import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { consoleProcedure, publicProcedure, router } from '../trpc.ts'
import type { SignedIn } from './accounts.ts'
import { clearedCookie, sessionCookie } from './cookie.ts'
import {
  changePasswordInput,
  createAccountInput,
  loginInput,
  removeAccountInput,
  resetPasswordInput,
  setDisabledInput,
  setExceptionsInput,
  setRoleInput,
  setupInput,
} from './input.ts'
import type { Account } from './model.ts'

/** Puts the session into the browser; the answer is the account. */
function welcome(ctx: Context, signedIn: SignedIn): Account {
  ctx.setCookie(sessionCookie(ctx.cookieName, signedIn.cookie, ctx.secure))
  return withoutHidden(signedIn.account)
}

/** What is hidden from somebody is not named to them either. */
function withoutHidden(account: Account): Account {
  return { ...account, exceptions: account.exceptions.filter(each => each.role !== 'none') }
}

const browser = (ctx: Context) => ({ address: ctx.address, userAgent: ctx.userAgent })

export const accountsRouter = router({
  /** Nobody has an account yet: the only page is /setup. */
  setupNeeded: publicProcedure.query(({ ctx }) => ctx.accounts.setupNeeded()),
  setup: publicProcedure.input(setupInput).mutation(async ({ ctx, input }) => {
    // Recorded only when it went well: nobody without an account may write into the history.
    const signedIn = await ctx.accounts.setup(input, browser(ctx))
    const { name } = signedIn.account
    const title = `Set Skep up with the administrator ${name}`
    await ctx.audit({ action: 'accounts.setup', title, userName: name }, () => null)
    return welcome(ctx, signedIn)
  }),
  login: publicProcedure.input(loginInput).mutation(async ({ ctx, input }) => {
    try {
      const signedIn = await ctx.accounts.signIn(input, browser(ctx))
      ctx.log.info({ user: signedIn.account.name, address: ctx.address }, 'signed in')
      return welcome(ctx, signedIn)
    } catch (error) {
      // The name is not logged: people type their password into the wrong field.
      if (error instanceof AppError)
        ctx.log.warn({ address: ctx.address, code: error.code }, 'sign-in refused')
      throw error
    }
  }),
  logout: consoleProcedure('viewer').mutation(({ ctx }) => {
    ctx.accounts.signOut(ctx.caller.sessionId)
    ctx.setCookie(clearedCookie(ctx.cookieName, ctx.secure))
    return null
  }),
  me: consoleProcedure('viewer').query(({ ctx }) => withoutHidden(ctx.caller.account)),
  sessions: consoleProcedure('viewer').query(({ ctx }) =>
    ctx.accounts.sessions(ctx.caller.account.id, ctx.caller.sessionId),
  ),
  signOutEverywhere: consoleProcedure('viewer').mutation(async ({ ctx }) => {
    const { name, id } = ctx.caller.account
    await ctx.audit(
      { action: 'accounts.signOutEverywhere', title: `Sign ${name} out everywhere`, userName: name },
      () => ctx.accounts.signOutEverywhere(id),
    )
    ctx.setCookie(clearedCookie(ctx.cookieName, ctx.secure))
    return null
  }),
  changePassword: consoleProcedure('viewer')
    .input(changePasswordInput)
    .mutation(async ({ ctx, input }) => {
      const { account, sessionId } = ctx.caller
      await ctx.audit(
        {
          action: 'accounts.changePassword',
          title: `Change the password of ${account.name}`,
          userName: account.name,
        },
        () => ctx.accounts.changePassword(account, sessionId, input.current, input.password),
      )
      return null
    }),

  list: consoleProcedure('administrator').query(({ ctx }) => ctx.accounts.list()),
  create: consoleProcedure('administrator')
    .input(createAccountInput)
    .mutation(({ ctx, input }) =>
      ctx.audit(
        {
          action: 'accounts.create',
          title: `Create the account ${input.name} as ${input.role}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.create(input),
      ),
    ),
  setRole: consoleProcedure('administrator')
    .input(setRoleInput)
    .mutation(({ ctx, input }) => {
      const { name } = ctx.accounts.get(input.id)
      return ctx.audit(
        {
          action: 'accounts.setRole',
          title: `Make ${name} ${input.role}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.setRole(input.id, input.role),
      )
    }),
  /** Other roles on single hosts. AppError `not_found` for a host that is none. */
  setExceptions: consoleProcedure('administrator')
    .input(setExceptionsInput)
    .mutation(({ ctx, input }) => {
      const { name } = ctx.accounts.get(input.id)
      const words = input.exceptions.map(({ host, role }) => `${role} on ${ctx.fleet.host(host).name}`)
      return ctx.audit(
        {
          action: 'accounts.setExceptions',
          title: `Make ${name} ${words.join(', ') || 'on every host what the account is'}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.setExceptions(input.id, input.exceptions),
      )
    }),
  setDisabled: consoleProcedure('administrator')
    .input(setDisabledInput)
    .mutation(({ ctx, input }) => {
      const { name } = ctx.accounts.get(input.id)
      return ctx.audit(
        {
          action: 'accounts.setDisabled',
          title: `${input.disabled ? 'Disable' : 'Enable'} the account ${name}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.setDisabled(input.id, input.disabled),
      )
    }),
  resetPassword: consoleProcedure('administrator')
    .input(resetPasswordInput)
    .mutation(({ ctx, input }) => {
      const { name } = ctx.accounts.get(input.id)
      return ctx.audit(
        {
          action: 'accounts.resetPassword',
          title: `Give ${name} a new password`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.resetPassword(input.id, input.password),
      )
    }),
  remove: consoleProcedure('administrator')
    .input(removeAccountInput)
    .mutation(({ ctx, input }) => {
      const { name } = ctx.accounts.get(input.id)
      return ctx.audit(
        {
          action: 'accounts.remove',
          title: `Remove the account ${name}`,
          userName: ctx.caller.account.name,
        },
        () => ctx.accounts.remove(input.id),
      )
    }),
})
