'use client'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { passwordProblem } from '../../server/accounts/model.ts'
import { type Explained, explain } from '../errors.ts'
import { paths } from '../shell/paths.ts'
import { useConsoleApi, useConsoleTRPC } from '../trpc.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button, ButtonLink } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { GatePage } from './GatePage.tsx'

/** The first administrator. The token of the one-time link stands behind the #, so it never reaches a log. */
export function SetupPage() {
  const api = useConsoleApi()
  const setupNeeded = useQuery(useConsoleTRPC().accounts.setupNeeded.queryOptions()).data
  const [token, setToken] = useState<string | null>(null)
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Explained | null>(null)
  // The link may be pasted into the tab that shows this page already: then only what stands behind the # changes.
  useEffect(() => {
    const read = () => setToken(tokenOf(window.location.hash))
    read()
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [])

  const weak = passwordProblem(password, name)
  const differs = again !== password ? 'The two passwords differ.' : null
  async function create(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (weak || differs || !token) return
    setBusy(true)
    setError(null)
    try {
      await api.accounts.setup.mutate({ token, name, password })
      window.location.assign(paths.home())
    } catch (thrown) {
      setError(explain(thrown))
      setBusy(false)
    }
  }
  if (setupNeeded === false) {
    return (
      <GatePage title="Already set up">
        <p className="mb-4">This console has an administrator. Sign in with that account.</p>
        <ButtonLink href={paths.login()} look="primary">
          Sign in
        </ButtonLink>
      </GatePage>
    )
  }
  return (
    <GatePage title="Create the first administrator">
      <form method="post" action={paths.setup()} onSubmit={create} className="flex flex-col gap-4">
        {token === '' && (
          <Banner tone="warning" title="The token is missing">
            Open the whole link that the console printed when it started, with everything behind the #.
          </Banner>
        )}
        <Field label="Name" error={error?.fields.name}>
          <Input
            name="name"
            autoComplete="username"
            required
            value={name}
            onChange={event => setName(event.target.value)}
          />
        </Field>
        <Field
          label="Password"
          hint="At least 12 characters. A sentence is easier to remember than signs."
          error={error?.fields.password ?? (tried ? weak : null)}
        >
          <Input
            name="password"
            type="password"
            autoComplete="new-password"
            autoFocus
            required
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </Field>
        <Field label="Password again" error={tried && !weak ? differs : null}>
          <Input
            name="again"
            type="password"
            autoComplete="new-password"
            required
            value={again}
            onChange={event => setAgain(event.target.value)}
          />
        </Field>
        {error && Object.keys(error.fields).length === 0 && <ErrorNotice error={error} />}
        <Button
          type="submit"
          look="primary"
          busy={busy}
          disabled={token ? null : 'The token of the link is missing.'}
        >
          Create administrator
        </Button>
      </form>
    </GatePage>
  )
}

/** `#token=…` or the bare token behind the #. */
function tokenOf(hash: string): string {
  const text = hash.replace(/^#/, '')
  return new URLSearchParams(text).get('token') ?? text
}
