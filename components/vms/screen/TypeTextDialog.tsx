'use client'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field, TextArea } from '../../ui/Field.tsx'
import { typing, untypable } from './keys.ts'
import type { ScreenSession } from './session.ts'

/** A PS/2 keyboard's buffer holds 16 bytes: slower than this and no guest loses a key. */
const KEY_MS = 15

/** bhyve has no clipboard, so a text is typed, key by key. */
export function TypeTextDialog({
  session,
  guest,
  onClose,
}: {
  session: ScreenSession
  guest: string
  onClose: () => void
}) {
  const [text, setText] = useState('')
  const [sent, setSent] = useState<number | null>(null)
  const stop = useRef(false)
  useEffect(
    () => () => {
      stop.current = true
    },
    [],
  )
  const odd = untypable(text)
  const events = typing(text)

  async function type() {
    stop.current = false
    for (const [index, event] of events.entries()) {
      if (stop.current) return setSent(null)
      session.press(event.key, event.down)
      setSent(index + 1)
      await new Promise(resolve => setTimeout(resolve, KEY_MS))
    }
    onClose()
    session.focus()
  }

  const busy = sent !== null
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Type text into ${guest}`}
      subtitle="bhyve has no clipboard: the text is typed as keys of a US keyboard."
      footnote={busy ? `${Math.round((sent / events.length) * 100)} % typed` : undefined}
      footer={
        <>
          <Button onClick={busy ? () => (stop.current = true) : onClose}>{busy ? 'Stop' : 'Cancel'}</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={
              events.length === 0
                ? 'Nothing to type yet.'
                : odd.length > 0
                  ? 'Some characters have no key.'
                  : null
            }
            onClick={type}
          >
            Type it
          </Button>
        </>
      }
    >
      <Field
        label="Text"
        hint="A line break is typed as Enter."
        error={
          odd.length > 0
            ? `No key of a US keyboard makes ${odd
                .slice(0, 8)
                .map(c => `“${c}”`)
                .join(' ')}.`
            : null
        }
      >
        <TextArea mono rows={6} value={text} onChange={event => setText(event.target.value)} />
      </Field>
    </Dialog>
  )
}
