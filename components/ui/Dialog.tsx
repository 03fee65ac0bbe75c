'use client'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { FormEvent, ReactNode } from 'react'
import { IconButton } from './Button.tsx'
import { cx } from './cx.ts'
import { useFocusBack } from './useFocusBack.ts'

type DialogProps = {
  open: boolean
  onClose: () => void
  title: ReactNode
  /** One line under the title. */
  subtitle?: ReactNode
  children: ReactNode
  /** Buttons, the primary one last. */
  footer?: ReactNode
  /** Words left of the buttons. */
  footnote?: ReactNode
  /** Enter in a field of the dialog does this. The footer's primary button is `type="submit"` then. */
  onSubmit?: () => void
  width?: 'small' | 'normal' | 'wide'
}

const WIDTHS = { small: 'max-w-md', normal: 'max-w-2xl', wide: 'max-w-4xl' }

/**
 * A question in front of the page. Focus stays inside, Escape and Cancel close it, focus goes back to what opened it.
 * A click beside it does not close it: what was typed would be gone.
 */
export function Dialog({
  open,
  onClose,
  title,
  subtitle,
  children,
  footer,
  footnote,
  onSubmit,
  width = 'normal',
}: DialogProps) {
  const focusBack = useFocusBack()
  const body = (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-2 pb-3 sm:px-6">{children}</div>
      {footer && (
        <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-4 py-3 sm:px-6">
          {footnote && <div className="mr-auto min-w-0 text-muted">{footnote}</div>}
          {footer}
        </div>
      )}
    </>
  )
  return (
    <Radix.Root open={open} onOpenChange={next => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 grid grid-cols-[minmax(0,1fr)] place-items-center bg-veil p-2 sm:p-4">
          <Radix.Content
            aria-describedby={undefined}
            onPointerDownOutside={event => event.preventDefault()}
            onInteractOutside={event => event.preventDefault()}
            onOpenAutoFocus={focusFirstField}
            onCloseAutoFocus={focusBack}
            className={cx(
              'flex max-h-[calc(100dvh-1rem)] w-full flex-col rounded-xl border border-line bg-panel shadow-float outline-none sm:max-h-[calc(100dvh-3rem)]',
              WIDTHS[width],
            )}
          >
            <div className="flex items-start gap-3 px-4 pt-4 pb-1 sm:px-6">
              <div className="min-w-0 flex-1">
                <Radix.Title className="font-semibold text-lg tracking-tight break-words">
                  {title}
                </Radix.Title>
                {subtitle && <div className="text-muted break-words">{subtitle}</div>}
              </div>
              <Radix.Close asChild>
                <IconButton label="Close" icon={<X size={16} />} className="-mr-2 sm:-mr-3" />
              </Radix.Close>
            </div>
            {onSubmit ? (
              <form
                noValidate
                className="flex min-h-0 flex-1 flex-col"
                onSubmit={(event: FormEvent) => {
                  event.preventDefault()
                  onSubmit()
                }}
              >
                {body}
              </form>
            ) : (
              body
            )}
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The first field to fill in, else the element that says so, else the dialog itself: never a dangerous button. */
function focusFirstField(event: Event) {
  if (!(event.currentTarget instanceof HTMLElement)) return
  const wanted = event.currentTarget.querySelector<HTMLElement>(
    '[data-autofocus], input:checked, input:not([type=hidden],[type=radio]), textarea, select',
  )
  event.preventDefault()
  ;(wanted ?? event.currentTarget).focus()
}
