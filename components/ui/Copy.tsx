'use client'
import { Check, Copy as CopyIcon } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from './Button.tsx'
import { cx } from './cx.ts'
import { ScrollArea } from './ScrollArea.tsx'

/**
 * Puts text on the clipboard. Plain http to another machine has no Clipboard API (not a secure context):
 * there the old command copies from a text area.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // Refused by the browser: try the other way.
  }
  const active = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  const holder = (active instanceof HTMLElement && active.closest('[role=dialog]')) || document.body
  holder.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (active instanceof HTMLElement) active.focus()
  return done
}

/** A button that copies; for two seconds it says that it did. */
export function CopyButton({
  text,
  label = 'Copy',
  iconOnly,
  className,
}: {
  text: string
  label?: string
  iconOnly?: boolean
  className?: string
}) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle')
  const icon = state === 'done' ? <Check size={14} /> : <CopyIcon size={14} />
  const words = state === 'done' ? 'Copied' : state === 'failed' ? 'The browser refused' : label
  async function copy() {
    setState((await copyText(text)) ? 'done' : 'failed')
    setTimeout(() => setState('idle'), 2000)
  }
  if (iconOnly) return <IconButton small label={words} icon={icon} onClick={copy} className={className} />
  return (
    <Button small look="quiet" icon={icon} onClick={copy} className={className} aria-live="polite">
      {words}
    </Button>
  )
}

/** Anything the host would print or accept, in a line. */
export function Code({ children, className }: { children: string; className?: string }) {
  return <code className={cx('font-mono text-[0.92em] break-words', className)}>{children}</code>
}

/** A block of text as the host prints it, with a copy button. */
export function CodeBlock({
  text,
  label = 'Output',
  className,
}: {
  text: string
  label?: string
  className?: string
}) {
  return (
    <div className={cx('relative rounded-md border border-line bg-sunken', className)}>
      <CopyButton
        iconOnly
        text={text}
        label={`Copy ${label.toLowerCase()}`}
        className="absolute top-1 right-1 bg-sunken"
      />
      <ScrollArea label={label} className="max-h-80 overflow-auto py-2 pr-9 pl-3">
        <pre className="font-mono text-xs leading-5">{text}</pre>
      </ScrollArea>
    </div>
  )
}
