'use client'
import { type KeyboardEvent, useState } from 'react'
import { useAttempt } from '../accounts/useAttempt.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { StateMark } from '../ui/State.tsx'

/** Where the key shall be let in. */
export type KeyTarget = { address: string; hostKey: string; publicKeyLine: string | null }

/** Two ways for Skep's own key into authorized_keys: by hand, or by a password that is used once and forgotten. */
export function InstallKey({ target, account }: { target: KeyTarget; account: string }) {
  const api = useConsoleApi()
  const [password, setPassword] = useState('')
  const [isIn, setIsIn] = useState(false)
  const { busy, error, attempt } = useAttempt()
  const { address, hostKey, publicKeyLine } = target

  function install() {
    if (busy || password === '') return
    // Whatever comes of it: it is asked for again rather than kept.
    setPassword('')
    void attempt(async () => {
      await api.hosts.installKey.mutate({ address, hostKey, password })
      setIsIn(true)
    })
  }
  /** Enter belongs to this field, not to the form around it. */
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter') return
    event.preventDefault()
    install()
  }
  return (
    <>
      {publicKeyLine && (
        <>
          <p className="text-muted">Add this line to ~{account}/.ssh/authorized_keys there:</p>
          <CodeBlock label="Public key" text={publicKeyLine} />
        </>
      )}
      <div className="flex flex-wrap items-start gap-2">
        <Field
          className="min-w-48 flex-1"
          label={`Or give the password of ${account}`}
          hint="Used once to add the line, never kept."
        >
          <Input
            type="password"
            autoComplete="off"
            value={password}
            onChange={event => setPassword(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </Field>
        <Button
          className="mt-6"
          busy={busy}
          disabled={password === '' ? 'The password is missing.' : null}
          onClick={install}
        >
          Install key
        </Button>
      </div>
      <div aria-live="polite">
        {isIn && !error && <StateMark tone="ok" word={`Skep’s key is let in as ${account}.`} />}
      </div>
      {error && <ErrorNotice error={error} />}
    </>
  )
}
