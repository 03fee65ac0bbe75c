'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HostConfig, SignIn } from '../../server/hosts/model.ts'
import { useAttempt } from '../accounts/useAttempt.ts'
import { useWrite } from '../accounts/useWrite.ts'
import { explain } from '../errors.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox } from '../ui/Field.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { StateMark } from '../ui/State.tsx'
import { foundWords } from './found.ts'
import { HowToCompare, TwoKeys } from './HostKey.tsx'
import { SignInFields } from './SignInFields.tsx'
import { blockedSignIn, draftOf, signInOf } from './signIn.ts'

type Props = { host: HostConfig & { signIn: SignIn }; onClose: () => void }

/** Another key or another way to rights; and the new host key of a machine that was installed anew, once compared. */
export default function ChangeSignInDialog({ host, onClose }: Props) {
  const api = useConsoleApi().hosts
  const pinned = host.signIn.hostKey
  const contact = useQuery({
    queryKey: ['contact', host.id],
    queryFn: () => api.contact.mutate({ address: host.address }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const [draft, setDraft] = useState(() => draftOf(host.signIn))
  const [compared, setCompared] = useState<string | null>(null)
  const [found, setFound] = useState<string | null>(null)
  const testing = useAttempt()
  const saving = useWrite(onClose)

  const shown = contact.data?.fingerprint ?? pinned
  const isOther = shown !== pinned
  const isSame = compared === shown
  const signIn = signInOf(draft, isOther && isSame ? shown : pinned)
  const blocked = contact.isPending
    ? 'The machine is being asked for its host key.'
    : isOther && !isSame
      ? 'Compare the fingerprints, then tick the box.'
      : blockedSignIn(draft)
  const busy = testing.busy || saving.busy
  const error = saving.error ?? testing.error

  function test() {
    if (busy || blocked) return
    setFound(null)
    saving.forget()
    void testing.attempt(async () => setFound(foundWords(await api.tryHost.mutate({ id: host.id, signIn }))))
  }
  function save() {
    if (busy || blocked) return
    testing.forget()
    void saving.write(() => api.changeSignIn.mutate({ id: host.id, was: host.signIn, signIn }))
  }
  return (
    <Dialog
      open
      title={`Change the sign-in at ${host.name}`}
      subtitle={host.address}
      onClose={onClose}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button busy={testing.busy} disabled={blocked} onClick={test}>
            Test
          </Button>
          <Button type="submit" look="primary" busy={saving.busy} disabled={blocked}>
            {isOther ? 'Accept key and save' : 'Save'}
          </Button>
        </>
      }
    >
      {contact.isPending ? (
        <Loading what="the host key" lines={6} />
      ) : (
        <div className="flex flex-col gap-4">
          {contact.error && <ErrorNotice error={explain(contact.error)} />}
          {contact.data && isOther && (
            <>
              <Banner tone="bad" title="It shows another host key than the pinned one.">
                It may have been installed anew, or somebody else is answering at its address: until you know,
                accept nothing.
              </Banner>
              <TwoKeys keys={{ pinned, shown }} />
              <HowToCompare type={contact.data.type} />
              <Checkbox
                label="I compared it: the machine prints the one that is shown now"
                hint="It is pinned in place of the old one."
                checked={isSame}
                onChecked={checked => setCompared(checked ? shown : null)}
              />
            </>
          )}
          {contact.data && !isOther && <StateMark tone="ok" word="It shows the pinned host key." />}
          <SignInFields
            target={{
              address: host.address,
              hostKey: signIn.hostKey,
              publicKeyLine: contact.data?.publicKeyLine ?? null,
            }}
            draft={draft}
            onDraft={setDraft}
            error={error}
          />
          <div aria-live="polite">{found && <StateMark tone="ok" word={found} />}</div>
          {error && !(draft.identity === 'file' && 'identity' in error.fields) && (
            <ErrorNotice error={error} />
          )}
        </div>
      )}
    </Dialog>
  )
}
