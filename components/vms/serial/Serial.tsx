'use client'
import { Download, Ruler, Speech } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { VmDetail } from '../../../server/vms/model.ts'
import { useHost } from '../../host.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { toastDone } from '../../ui/Toast.tsx'
import { KeyboardBar } from '../screen/KeyboardBar.tsx'
import { whyNotTyping } from '../screen/keyboard.ts'
import { Find } from './Find.tsx'
import { PasteDialog } from './PasteDialog.tsx'
import { Foot, Obstacle } from './Standing.tsx'
import { SerialSession, type SerialStatus } from './session.ts'
import type { SerialTerminal } from './terminal.ts'

/** A guest's serial port: everything it has said, and the keyboard for one at a time. */
export function Serial({
  vm,
  port,
  choice,
  startAction,
}: {
  vm: VmDetail
  port: string
  /** Of a guest with several ports. */
  choice: ReactNode
  startAction: ReactNode
}) {
  const host = useHost().id
  const guest = vm.name
  const target = useRef<HTMLDivElement>(null)
  const toolbar = useRef<HTMLDivElement>(null)
  const parts = useRef<{ terminal: SerialTerminal; session: SerialSession } | null>(null)
  const [status, setStatus] = useState<SerialStatus | null>(null)
  const [reading, setReading] = useState(false)
  const [pasted, setPasted] = useState<string | null>(null)

  useEffect(() => {
    const element = target.current
    if (!element) return
    let ended = false
    void import('./terminal.ts').then(({ openTerminal }) => {
      if (ended) return
      const terminal = openTerminal(element, {
        label: `Serial console of ${guest}`,
        typed: bytes => parts.current?.session.type(bytes),
        pasted: setPasted,
        leave: () => toolbar.current?.focus(),
      })
      const session = new SerialSession({ host, guest, port }, terminal, next => {
        terminal.setTyping(next.connection === 'live' && next.keyboard?.mine === true)
        setStatus(next)
      })
      parts.current = { terminal, session }
    })
    return () => {
      ended = true
      parts.current?.session.end()
      parts.current?.terminal.end()
      parts.current = null
    }
  }, [host, guest, port])

  const live = status?.connection === 'live'
  const keyboard = live ? status.keyboard : null
  const off = keyboard ? whyNotTyping(keyboard) : 'There is no connection to the serial port.'

  function take() {
    parts.current?.session.take()
    parts.current?.terminal.focus()
  }

  function download() {
    const blob = parts.current?.session.heard()
    if (!blob) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${guest}-${port}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`
    link.click()
    URL.revokeObjectURL(link.href)
    toastDone(`Saved ${link.download}`)
  }

  function tellSize() {
    const size = parts.current?.terminal.size()
    if (!size) return
    const line = `stty rows ${size.rows} cols ${size.columns}\r`
    parts.current?.session.type(new TextEncoder().encode(line))
    parts.current?.terminal.focus()
  }

  function closePasted() {
    setPasted(null)
    parts.current?.terminal.focus()
  }

  return (
    <section aria-label={`Serial console of ${guest}`} className="flex min-h-0 flex-1 flex-col">
      <div
        role="toolbar"
        aria-label="Serial console"
        ref={toolbar}
        tabIndex={-1}
        className="mb-2 flex flex-wrap items-center gap-2"
      >
        {choice}
        <Find find={(text, backwards) => parts.current?.terminal.find(text, backwards) ?? false} />
        <Button
          icon={<Ruler size={16} />}
          disabled={off}
          title="A serial line has no size of its own: this types stty(1) with the size of this page."
          onClick={tellSize}
        >
          Type the size
        </Button>
        <div className="ml-auto flex flex-wrap items-center gap-1">
          {keyboard && <KeyboardBar keyboard={keyboard} onTake={take} />}
          <IconButton
            label={reading ? 'Screen reader: on' : 'Screen reader: off'}
            icon={<Speech size={16} />}
            aria-pressed={reading}
            onClick={() => {
              parts.current?.terminal.setScreenReader(!reading)
              setReading(!reading)
            }}
          />
          <IconButton
            label="Download what it said"
            icon={<Download size={16} />}
            disabled={status ? null : 'nothing has come yet'}
            onClick={download}
          />
        </div>
      </div>
      <Obstacle vm={vm} status={status} startAction={startAction} onTake={take} />
      <div
        ref={target}
        data-serial={status?.connection ?? 'connecting'}
        onPointerDown={keyboard?.typist === null && keyboard.mayType ? take : undefined}
        className="min-h-64 flex-1 overflow-hidden rounded-lg border border-line bg-sunken p-2 font-mono"
      />
      <Foot vm={vm} status={status} />
      {pasted !== null && (
        <PasteDialog
          guest={guest}
          text={pasted}
          onClose={closePasted}
          onPaste={() => {
            parts.current?.terminal.paste(pasted)
            closePasted()
          }}
        />
      )}
    </section>
  )
}
