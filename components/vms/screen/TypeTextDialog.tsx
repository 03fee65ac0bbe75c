'use client'
import { useEffect, useRef, useState } from 'react'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field, Select, TextArea } from '../../ui/Field.tsx'
import { typing, untypable } from './keys.ts'
import { isLayout, LAYOUT_NAMES, LAYOUTS } from './layouts.ts'
import type { ScreenSession } from './session.ts'
import { useLayout } from './useLayout.ts'

/** A PS/2 keyboard's buffer holds 16 bytes: slower than this and no guest loses a key. */
const KEY_MS = 15

const LAYOUT_CHOICES = Object.keys(LAYOUTS)
  .filter(isLayout)
  .map(value => ({ value, label: LAYOUT_NAMES[value] }))

/** bhyve has no clipboard, so a text is typed, key by key. */
export default function TypeTextDialog({
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
  const [cutShort, setCutShort] = useState<string | null>(null)
  const stop = useRef(false)
  useEffect(
    () => () => {
      stop.current = true
    },
    [],
  )
  const [layout, setLayout] = useLayout(guest)
  const odd = untypable(text, layout)
  const strokes = typing(text, layout)

  async function type() {
    stop.current = false
    setCutShort(null)
    for (const [index, stroke] of strokes.entries()) {
      if (stop.current) return setSent(null)
      for (const event of stroke) {
        if (!session.press(event.key, event.down)) {
          setSent(null)
          return setCutShort(
            `It ended after ${index} of ${strokes.length} characters: the keyboard is no longer yours, or the screen is gone.`,
          )
        }
        await new Promise(resolve => setTimeout(resolve, KEY_MS))
      }
      setSent(index + 1)
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
      subtitle="bhyve has no clipboard: the text is typed key by key."
      footnote={busy ? `${Math.round((sent / strokes.length) * 100)} % typed` : undefined}
      footer={
        <>
          <Button onClick={busy ? () => (stop.current = true) : onClose}>{busy ? 'Stop' : 'Cancel'}</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={
              strokes.length === 0
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
      {cutShort && (
        <Banner live tone="bad">
          {cutShort}
        </Banner>
      )}
      <Field
        label="Keyboard of the guest"
        hint="As it is set inside the guest: otherwise other characters arrive."
      >
        <Select choices={LAYOUT_CHOICES} value={layout} onValue={setLayout} disabled={busy} />
      </Field>
      <Field
        label="Text"
        hint="A line break is typed as Enter."
        error={
          odd.length > 0
            ? `No key of a ${LAYOUT_NAMES[layout]} keyboard makes ${odd
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
