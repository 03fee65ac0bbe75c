'use client'
import { useId } from 'react'
import type { Explained } from '../errors.ts'
import { Field, Input, RadioCards, type RadioChoice } from '../ui/Field.tsx'
import { InstallKey, type KeyTarget } from './InstallKey.tsx'
import { accountOf, type SignInDraft } from './signIn.ts'

const IDENTITIES: readonly RadioChoice<SignInDraft['identity']>[] = [
  {
    value: 'own',
    label: 'Skep’s own key',
    hint: 'Made by Skep and kept in its state directory; no other program has it.',
  },
  {
    value: 'agent',
    label: 'The agent',
    hint: 'The keys of the ssh-agent that Skep was started with (SSH_AUTH_SOCK).',
  },
  { value: 'file', label: 'A key file', hint: 'On the machine that Skep runs on, without a passphrase.' },
]

const privileges = (account: string): readonly RadioChoice<SignInDraft['privilege']>[] => [
  { value: 'none', label: 'None', hint: `${account} may do everything itself, as root does.` },
  { value: 'doas', label: 'doas', hint: 'Programs run as “doas -n …”; doas.conf(5) there says which.' },
  { value: 'sudo', label: 'sudo', hint: 'Programs run as “sudo -n …”; sudoers(5) there says which.' },
]

/** How Skep proves who it is at an address of SSH, and how programs get their rights there. */
export function SignInFields(props: {
  target: KeyTarget
  draft: SignInDraft
  onDraft: (draft: SignInDraft) => void
  error: Explained | null
}) {
  const { target, draft, onDraft, error } = props
  const account = accountOf(target.address)
  const heading = useId()
  return (
    <div className="flex flex-col gap-4">
      <RadioCards
        legend={`Sign in as ${account} with`}
        choices={IDENTITIES}
        value={draft.identity}
        onValue={identity => onDraft({ ...draft, identity })}
      />
      {draft.identity === 'file' && (
        <Field label="Key file" error={error?.fields.identity} hint="Its path: /home/skep/.ssh/id_ed25519">
          <Input
            mono
            value={draft.file}
            onChange={event => onDraft({ ...draft, file: event.target.value })}
          />
        </Field>
      )}
      {draft.identity === 'own' && (
        <section aria-labelledby={heading} className="flex flex-col gap-2">
          <h4 id={heading} className="font-medium text-sm">
            Let Skep’s key in
          </h4>
          <InstallKey target={target} account={account} />
        </section>
      )}
      <RadioCards
        legend="Rights of its programs"
        choices={privileges(account)}
        value={draft.privilege}
        onValue={privilege => onDraft({ ...draft, privilege })}
      />
    </div>
  )
}
