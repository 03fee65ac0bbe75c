'use client'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { type Explained, explain } from '../errors.ts'
import { paths } from '../shell/paths.ts'
import { useConsoleApi, useConsoleTRPC } from '../trpc.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { GatePage } from './GatePage.tsx'
import { safeReturn } from './safeReturn.ts'

/** A wrong password is no matter of roles. */
function notIn(error: Explained): Explained {
  const next = error.detail.next ?? 'Try again. An administrator can give you a new password.'
  return { ...error, title: 'Not signed in', next }
}

/** Sign in, then back to where one wanted to go. */
export function LoginPage() {
  const api = useConsoleApi()
  const setupNeeded = useQuery(useConsoleTRPC().accounts.setupNeeded.queryOptions()).data
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Explained | null>(null)
  // Enter before the page is alive would send the form the browser's way, with the password in the address.
  const [ready, setReady] = useState(false)
  useEffect(() => setReady(true), [])

  async function signIn(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await api.accounts.login.mutate({ name, password })
      window.location.assign(safeReturn(new URLSearchParams(window.location.search).get('to')))
    } catch (thrown) {
      setError(explain(thrown))
      setBusy(false)
    }
  }
  return (
    <GatePage title="Sign in">
      <form method="post" action={paths.login()} onSubmit={signIn} className="flex flex-col gap-4">
        {setupNeeded && (
          <Banner title="Nobody has an account yet">
            Open the one-time link that the console printed when it started. It makes the first administrator.
          </Banner>
        )}
        <Field label="Name">
          <Input
            name="name"
            autoComplete="username"
            autoFocus
            required
            value={name}
            onChange={event => setName(event.target.value)}
          />
        </Field>
        <Field label="Password">
          <Input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </Field>
        {error && <ErrorNotice error={error.code === 'denied' ? notIn(error) : error} />}
        <Button type="submit" look="primary" busy={busy} disabled={ready ? null : 'The page is loading.'}>
          Sign in
        </Button>
      </form>
    </GatePage>
  )
}
