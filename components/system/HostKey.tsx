'use client'
import type { RefusedKey } from '../../server/errors.ts'
import type { Contact } from '../../server/hosts/model.ts'
import { Code, CodeBlock, CopyButton } from '../ui/Copy.tsx'
import { Checkbox } from '../ui/Field.tsx'
import { KeyValues } from '../ui/Page.tsx'
import { fingerprintCommand } from './signIn.ts'

/** `SHA256:…`, which breaks anywhere: half of a fingerprint compares nothing. */
function Fingerprint({ text, name }: { text: string; name: string }) {
  return (
    <span className="flex items-start gap-1">
      <Code className="min-w-0 break-all">{text}</Code>
      <CopyButton iconOnly text={text} label={`Copy ${name}`} />
    </span>
  )
}

/** How to see the fingerprint at the machine itself. */
export function HowToCompare({ type }: { type: string }) {
  return (
    <div className="flex flex-col gap-1">
      <p>
        Look at the machine itself, at its console or over a connection that you trust already; it must print
        the same fingerprint:
      </p>
      <CodeBlock label="Command" text={fingerprintCommand(type)} />
    </div>
  )
}

/** First contact: nobody has signed in yet, and nobody will before a person has compared. */
export function FirstHostKey(props: {
  contact: Contact
  isSame: boolean
  onSame: (isSame: boolean) => void
}) {
  const { type, fingerprint } = props.contact
  return (
    <div className="flex flex-col gap-3">
      <KeyValues
        items={[
          ['Type', <Code key="type">{type}</Code>],
          ['Fingerprint', <Fingerprint key="fingerprint" text={fingerprint} name="fingerprint" />],
        ]}
      />
      <HowToCompare type={type} />
      <Checkbox
        label="I compared it: it is the same"
        hint="Skep remembers this key. A machine that shows another one is refused from then on."
        checked={props.isSame}
        onChecked={props.onSame}
      />
    </div>
  )
}

/** The pinned key and the one that is shown in its place. */
export function TwoKeys({ keys }: { keys: RefusedKey }) {
  return (
    <KeyValues
      items={[
        ['Pinned', <Fingerprint key="pinned" text={keys.pinned} name="pinned fingerprint" />],
        ['Shown now', <Fingerprint key="shown" text={keys.shown} name="fingerprint shown now" />],
      ]}
    />
  )
}
