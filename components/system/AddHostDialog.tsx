'use client'
import { useEffect, useRef, useState } from 'react'
import { useAttempt } from '../accounts/useAttempt.ts'
import { useWrite } from '../accounts/useWrite.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { Code } from '../ui/Copy.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { Checklist } from './Checklist.tsx'
import { foundWords } from './found.ts'
import { FirstHostKey } from './HostKey.tsx'
import { SignInFields } from './SignInFields.tsx'
import { blockedSignIn, FIRST_DRAFT, type SignInDraft, signInOf } from './signIn.ts'

type Step = 'address' | 'hostKey' | 'signIn' | 'name'
type Api = ReturnType<typeof useConsoleApi>['hosts']
type Contact = Awaited<ReturnType<Api['contact']['mutate']>>
/** What was found, and the way to sign in that found it: no other is added. */
type Trial = { found: Awaited<ReturnType<Api['tryAddress']['mutate']>>; signIn: ReturnType<typeof signInOf> }

const STEPS: Record<Step, { title: string; verb: string }> = {
  address: { title: 'Where it is', verb: 'Continue' },
  hostKey: { title: 'Whether it is the right machine', verb: 'Continue' },
  signIn: { title: 'How Skep signs in', verb: 'Test' },
  name: { title: 'What was found', verb: 'Add host' },
}
const OVER_SSH: readonly Step[] = ['address', 'hostKey', 'signIn', 'name']
/** A practice machine is made where there is none: there is nothing to compare, to prove or to test. */
const OTHERS: readonly Step[] = ['address', 'name']

/** One more host: over SSH nobody signs in before the host key was compared, and nothing is added before it was tried. */
export default function AddHostDialog({ onClose }: { onClose: () => void }) {
  const api = useConsoleApi().hosts
  const [step, setStep] = useState<Step>('address')
  const [moved, setMoved] = useState(false)
  const [address, setAddress] = useState('')
  const [contact, setContact] = useState<Contact | null>(null)
  const [isSame, setIsSame] = useState(false)
  const [draft, setDraft] = useState(FIRST_DRAFT)
  const [trial, setTrial] = useState<Trial | null>(null)
  const [name, setName] = useState('')
  const asking = useAttempt()
  const adding = useWrite(onClose)

  const isOverSsh = /^\s*ssh:/.test(address)
  const steps = isOverSsh ? OVER_SSH : OTHERS
  const busy = asking.busy || adding.busy
  const error = step === 'name' ? adding.error : asking.error
  const wrongAddress = adding.error?.fields.address ?? asking.error?.fields.address ?? null

  const blocked: Record<Step, string | null> = {
    address: address.trim() === '' ? 'The address is missing.' : null,
    hostKey: isSame ? null : 'Compare the fingerprints, then tick the box.',
    signIn: blockedSignIn(draft),
    name: name.trim() === '' ? 'The name is missing.' : null,
  }

  function go(to: Step) {
    setStep(to)
    setMoved(true)
  }

  function changeAddress(text: string) {
    setAddress(text)
    asking.forget()
    adding.forget()
  }

  function next() {
    if (busy || blocked[step]) return
    if (step === 'hostKey') go('signIn')
    else if (step === 'address' && !isOverSsh) go('name')
    else if (step === 'name') {
      void adding.write(() =>
        api.add.mutate({ name, address, signIn: isOverSsh && trial ? trial.signIn : null }),
      )
    } else if (step === 'address') void asking.attempt(meet)
    else if (contact) void asking.attempt(() => tryOut(signInOf(draft, contact.fingerprint)))
  }

  async function meet() {
    const seen = await api.contact.mutate({ address })
    setContact(seen)
    setIsSame(false)
    go('hostKey')
  }

  async function tryOut(signIn: Trial['signIn']) {
    const found = await api.tryAddress.mutate({ address, signIn })
    setTrial({ found, signIn })
    if (name === '') setName(found.facts.hostname.split('.')[0] ?? '')
    go('name')
  }

  const at = steps.indexOf(step)
  const before = steps[at - 1]
  const title = step === 'name' && !isOverSsh ? 'Its name' : STEPS[step].title
  return (
    <Dialog
      open
      title="Add a host"
      onClose={onClose}
      onSubmit={next}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {before && (
            <Button disabled={busy ? 'The machine is being asked.' : null} onClick={() => go(before)}>
              Back
            </Button>
          )}
          <Button type="submit" look="primary" busy={busy} disabled={blocked[step]}>
            {STEPS[step].verb}
          </Button>
        </>
      }
    >
      <StepHeading key={step} takesFocus={moved}>
        {`Step ${at + 1} of ${steps.length}: ${title}`}
      </StepHeading>
      <div className="flex flex-col gap-4">
        {step === 'address' && (
          <Field
            label="Address"
            hint={
              <>
                <Code>ssh://user@host</Code> or <Code>ssh://user@host:port</Code> is a machine over SSH;{' '}
                <Code>sandbox:/directory</Code> a practice machine, made where there is none yet.
              </>
            }
            error={wrongAddress}
          >
            <Input
              mono
              readOnly={busy}
              value={address}
              onChange={event => changeAddress(event.target.value)}
            />
          </Field>
        )}
        {step === 'hostKey' && contact && (
          <FirstHostKey contact={contact} isSame={isSame} onSame={setIsSame} />
        )}
        {step === 'signIn' && contact && (
          <SignInFields
            target={{ address, hostKey: contact.fingerprint, publicKeyLine: contact.publicKeyLine }}
            draft={draft}
            onDraft={setDraft}
            error={asking.error}
          />
        )}
        {step === 'name' && (
          <>
            {trial && isOverSsh && <p>{foundWords(trial.found)}</p>}
            <Field
              label="Name"
              hint="It stands in the tree and, in plain letters, in addresses."
              error={adding.error?.fields.name}
            >
              <Input value={name} onChange={event => setName(event.target.value)} />
            </Field>
            {trial && isOverSsh && <Checklist capabilities={trial.found.capabilities} />}
          </>
        )}
        {error && !isBeside(step, draft, error.fields) && <ErrorNotice error={error} />}
      </div>
    </Dialog>
  )
}

/** The field that the error belongs to is on the screen, and says it. */
function isBeside(step: Step, draft: SignInDraft, fields: Record<string, string>): boolean {
  if (step === 'signIn') return draft.identity === 'file' && 'identity' in fields
  if (step === 'address') return 'address' in fields
  return step === 'name' && 'name' in fields
}

/** The focus follows to the new step, so that it is read out; in a dialog that opens it is in the first field. */
function StepHeading({ takesFocus, children }: { takesFocus: boolean; children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <h3 ref={heading} tabIndex={-1} className="mb-3 rounded text-muted outline-none">
      {children}
    </h3>
  )
}
