'use client'
import type { ReactNode } from 'react'
import type { Explained } from '../errors.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'

/** A small form in front of the page: fields, what went wrong, one verb. */
export function FormDialog(props: {
  title: string
  verb: string
  danger?: boolean
  busy: boolean
  error: Explained | null
  blocked?: string | null
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}) {
  const { error } = props
  const elsewhere = error && Object.keys(error.fields).length === 0
  return (
    <Dialog
      open
      width="small"
      title={props.title}
      onClose={props.onClose}
      onSubmit={() => {
        if (!props.busy && !props.blocked) props.onSubmit()
      }}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            look={props.danger ? 'danger' : 'primary'}
            busy={props.busy}
            disabled={props.blocked ?? null}
          >
            {props.verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {props.children}
        {elsewhere && <ErrorNotice error={error} />}
      </div>
    </Dialog>
  )
}
