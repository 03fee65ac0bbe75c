'use client'
import { bytes, exactBytes } from './format.ts'

/** A size: three figures in binary units; exact on hover, and exact when it alone is copied. */
export function Bytes({ value, className }: { value: number; className?: string }) {
  const text = bytes(value)
  return (
    <data
      value={value}
      title={exactBytes(value)}
      className={className ?? 'whitespace-nowrap'}
      onCopy={event => {
        if (document.getSelection()?.toString().trim() !== text) return
        event.clipboardData.setData('text/plain', String(value))
        event.preventDefault()
      }}
    >
      {text}
    </data>
  )
}
